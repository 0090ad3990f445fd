from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import studio
from studio.app.context import Context
from studio.app.recovering import CALM, CONTINUOUS, Recovering
from studio.base.errors import FileError
from studio.project import recovery
from studio.project.changes import set_seed
from studio.project.format import loads


@pytest.fixture
def recovering(context: Context) -> Iterator[Recovering]:
    made = Recovering(context.document, context.settings)
    yield made
    made.close()


def kept(recovering: Recovering) -> int | None:
    """The seed in the copy; None when there is no copy."""
    file = recovering.recovery.file
    return loads(file.read_bytes().split(b"\n", 1)[1]).seed if file.exists() else None


def edit(context: Context, seed: int) -> None:
    assert context.document.apply(set_seed(seed))


def test_a_copy_is_written_in_another_thread_when_edits_pause(
    recovering: Recovering, context: Context, qtbot: QtBot
) -> None:
    assert (CALM, CONTINUOUS) == (3.0, 15.0), "what is promised"
    context.settings.set("autosave", 0.15)
    threads = []
    write = recovering.recovery.write

    def seen(*args: Any) -> None:
        threads.append(threading.current_thread().name)
        write(*args)

    recovering.recovery.write = seen  # type: ignore[method-assign]
    with qtbot.waitSignal(recovering.written, timeout=3000):
        for seed in (1, 2, 3):
            edit(context, seed)
            qtbot.wait(30)
    assert len(threads) == 1
    assert threads[0].startswith("keydream-autosave")
    assert kept(recovering) == 3
    assert recovering.last is not None
    assert time.monotonic() - recovering.last < 5


def test_edits_that_never_pause_are_kept_too(
    recovering: Recovering, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.app.recovering.CONTINUOUS", 0.3)
    context.settings.set("autosave", 0.25)
    written = []
    recovering.written.connect(lambda: written.append(context.document.project.seed))
    until = time.monotonic() + 1.2
    seed = 0
    while time.monotonic() < until:
        seed += 1
        edit(context, seed)
        qtbot.wait(20)
    assert 2 <= len(written) <= 4


def test_what_was_saved_or_undone_needs_no_copy(recovering: Recovering, context: Context, tmp_path: Path) -> None:
    edit(context, 1)
    recovering.flush()
    assert kept(recovering) == 1
    context.document.undo()
    recovering.flush()
    assert kept(recovering) is None
    context.document.redo()
    recovering.flush()
    assert kept(recovering) == 1
    context.document.saved_as(tmp_path / "walk.keydream")
    recovering.flush()
    assert kept(recovering) is None


def test_another_project_takes_the_place_of_the_one_before(
    recovering: Recovering, context: Context, tmp_path: Path
) -> None:
    edit(context, 1)
    recovering.flush()
    project = context.document.project
    context.document.open(project, None, tmp_path, dirty=True)
    recovering.flush()
    assert kept(recovering) == 1, "what was recovered is kept at once"
    context.document.open(project, None, tmp_path)
    recovering.flush()
    assert kept(recovering) is None
    assert recovering.last is None


def test_a_copy_that_cannot_be_written_is_told_once_and_tried_again(
    recovering: Recovering, context: Context, qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.app.recovering._AGAIN", 0.05)
    told: list[object] = []
    recovering.failed.connect(told.append)
    recovering.flush()
    folder = home / "data" / "recovery"
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    edit(context, 1)
    recovering.now()
    qtbot.waitUntil(lambda: bool(told), timeout=3000)
    qtbot.wait(200)
    assert [type(error) for error in told] == [FileError]
    assert recovering.last is None
    with qtbot.waitSignal(recovering.written, timeout=3000):
        folder.unlink()
    assert kept(recovering) == 1


def test_closing_removes_the_copy_and_may_be_repeated(recovering: Recovering, context: Context) -> None:
    edit(context, 1)
    recovering.flush()
    recovering.close()
    recovering.close()
    assert kept(recovering) is None
    assert recovery.left() == ()
    edit(context, 2)
    context.document.undo()
    context.document.undo()


EDIT = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.app.document import Document
from studio.app.recovering import Recovering
from studio.app.settings import Settings
from studio.project import store
from studio.project.changes import set_seed

application = QApplication(["keydream"])
path = Path(sys.argv[1])
document = Document(store.load(path), path)
recovering = Recovering(document, Settings())
document.apply(set_seed(5))
began = time.monotonic()

def tell():
    print(time.monotonic() - began, flush=True)
    document.apply(set_seed(6))

recovering.written.connect(tell)
application.exec()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_killed_in_the_middle_of_editing_at_most_three_seconds_are_gone(
    tmp_path: Path, context: Context, home: Path
) -> None:
    from studio.project import store

    path = tmp_path / "walk.keydream"
    store.save(context.document.project, path)
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT, str(path)],
        env=os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    waited = float(process.stdout.readline())
    assert recovery.left() == (), "it lives"
    process.kill()
    process.wait()
    process.stdout.close()
    assert waited < CALM + 0.5
    (copy,) = recovery.left()
    assert (copy.origin, copy.read().seed) == (path, 5)
    assert store.load(path).seed == 0, "the file itself is as it was"
