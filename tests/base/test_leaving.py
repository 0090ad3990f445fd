"""Processes that leave: with their status, all of their output, and everything done that is done at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import studio

ROOT = str(Path(studio.__file__).parents[1])

UNENDED = """
class Unended:  # told by Python's own end alone
    def __del__(self):
        os.write(1, b"taken apart\\n")
kept = Unended()
kept.itself = kept
"""

AT_ONCE = """
end = os._exit
os._exit = lambda status: (os.write(1, b"at once"), end(status))
"""


def left(program: str, **more: object) -> subprocess.CompletedProcess[str]:
    """What a process said and how it ended that ran this program after `from studio.base.leaving import leave`."""
    begin = "import atexit, os, sys, threading\nfrom studio.base.leaving import leave\n"
    command = [sys.executable, "-c", begin + textwrap.dedent(program)]
    environment = {**os.environ, "PYTHONPATH": ROOT}
    environment.pop("PYTHONUNBUFFERED", None)
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(command, text=True, check=False, timeout=60, env=environment, **given)


@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_the_status_is_the_one_given(status: int) -> None:
    done = left(f"leave({status})")
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_nothing_is_taken_apart() -> None:
    assert left(UNENDED + "leave(0)").stdout == ""
    assert left(UNENDED + "sys.exit(0)").stdout == "taken apart\n", "the test sees the difference"


def test_all_that_was_said_comes_through_a_pipe() -> None:
    done = left("print('x' * 1_000_000); sys.stderr.write('no end of line'); leave(0)")
    assert done.stdout == "x" * 1_000_000 + "\n"
    assert done.stderr == "no end of line"


def test_what_is_done_at_the_end_is_done(tmp_path: Path) -> None:
    done = left(
        f"""
        import logging, tempfile, weakref
        from concurrent.futures import ThreadPoolExecutor
        from logging.handlers import MemoryHandler
        folder = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})
        open(os.path.join(folder.name, "file"), "w").close()
        logging.getLogger().addHandler(MemoryHandler(100, target=logging.FileHandler({str(tmp_path / "log")!r})))
        logging.warning("logged")
        atexit.register(print, "first", end=" ")
        atexit.register(print, "last", end=" ")
        with ThreadPoolExecutor() as pool:
            print(pool.submit(int, "7").result(), end=" ")
        leave(3)
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "7 last first ", "")
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert (tmp_path / "log").read_text() == "logged\n"


def test_a_fault_at_the_end_is_told_and_changes_nothing_else() -> None:
    done = left("atexit.register(print, 'all the same')\natexit.register(lambda: 1 / 0)\nleave(3)")
    assert (done.returncode, done.stdout) == (3, "all the same\n")
    assert "ZeroDivisionError" in done.stderr


@pytest.mark.parametrize(
    "counting",
    [
        "threading.Thread(target=lambda: (gone.wait(), print('waited for'))).start()",
        "from concurrent.futures import ThreadPoolExecutor as Pool; pool = Pool(); pool.submit(int).result()",
        "sys.modules['PySide6'] = sys",
        "sys.setprofile(lambda *_: None)",
    ],
)
def test_python_ends_it_where_something_counts_on_that(counting: str) -> None:
    waiting = (
        "gone = threading.Event()\n"
        "threading.Thread(target=lambda: threading.main_thread().join() or gone.set(), daemon=True).start()\n"
    )
    done = left(f"{AT_ONCE}{waiting}{counting}\nleave(5)")
    assert (done.returncode, done.stderr) == (5, "")
    assert done.stdout == ("waited for\n" if "waited for" in counting else "")


def test_a_daemon_is_not_waited_for() -> None:
    done = left(AT_ONCE + "threading.Thread(target=threading.Event().wait, daemon=True).start()\nleave(5)")
    assert (done.returncode, done.stdout) == (5, "at once")


def test_streams_that_are_closed_or_none_are_let_be() -> None:
    assert left("sys.stdout.close(); sys.stderr = None; leave(4)").returncode == 4


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_has_gone_is_told_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = left("print('nobody reads this'); leave(0)", stdout=writing)
        usual = left("print('nobody reads this'); sys.exit(0)", stdout=writing)
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == usual.returncode == 120
    assert "BrokenPipeError" in usual.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a device that is always full")
def test_output_that_is_lost_is_told_as_ever() -> None:
    with Path("/dev/full").open("w") as full:
        done = left("atexit.register(os.write, 2, b'once ')\nprint('lost'); leave(0)", stdout=full)
    assert done.returncode == 120
    assert done.stderr.startswith("once Exception ignored")
    assert "No space left" in done.stderr
