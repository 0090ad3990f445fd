from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import studio
from studio.base.errors import FileError
from studio.base.presence import Presence, holder

HOLD = """
import sys, time
from pathlib import Path
from studio.base.presence import Presence
print(Presence.take(Path(sys.argv[1])) is not None, flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "here.lock"


@pytest.fixture
def other(path):
    """Another process that holds the file."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        env=os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "True"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_only_one_holds_a_file(path):
    first = Presence.take(path)
    assert first is not None
    assert Presence.take(path) is None
    assert holder(path).process == os.getpid()
    first.leave()
    first.leave()
    assert not path.exists()
    assert holder(path) is None
    second = Presence.take(path)
    assert second is not None
    second.leave()


def test_another_process_is_noticed_until_it_is_killed(path, other):
    assert Presence.take(path) is None
    assert holder(path).process == other.pid
    other.kill()
    other.wait()
    assert path.exists(), "it had no chance to tidy up"
    assert holder(path) is None
    taken = Presence.take(path)
    assert taken is not None
    assert holder(path).process == os.getpid()
    taken.leave()


def test_another_computer_is_believed_for_a_day(path):
    path.parent.mkdir()
    path.write_text(json.dumps({"process": 7, "computer": "elsewhere", "since": time.time() - 60}))
    assert Presence.take(path) is None
    assert holder(path).computer == "elsewhere"
    path.write_text(json.dumps({"process": 7, "computer": "elsewhere", "since": time.time() - 3 * 86400}))
    assert holder(path) is None
    taken = Presence.take(path)
    assert taken is not None
    taken.leave()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"process": "x"}', b"\xff" * 9000])
def test_what_is_written_in_a_file_that_nobody_holds_does_not_matter(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    assert holder(path) is None
    taken = Presence.take(path)
    assert taken is not None
    taken.leave()


def test_those_who_only_look_are_not_in_each_other_s_way(path):
    """A dead program's file must not seem to be held because somebody else is looking at it."""
    path.parent.mkdir()
    path.write_text(json.dumps({"process": 7, "computer": platform.node(), "since": time.time()}))
    stop = threading.Event()

    def look():
        while not stop.is_set():
            holder(path)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    found = [holder(path) for _ in range(2000)]
    stop.set()
    for looker in lookers:
        looker.join()
    assert found.count(None) == len(found)


def test_where_no_file_can_be_made_it_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="could not be written"):
        Presence.take(tmp_path / "file" / "here.lock")
