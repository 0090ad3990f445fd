"""`studio.base.atomic` on a disk that fails at every possible operation, for every kind of failure."""

from __future__ import annotations

import errno
import importlib.util
import os
from pathlib import Path

import pytest

from studio.base.atomic import TEMPORARY, replacing, write_bytes
from studio.base.errors import FileError

SPEC = importlib.util.spec_from_file_location("keydream_faulty_files", Path(__file__).with_name("faulty_files.py"))
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

OLD, NEW = b"old" * 500, b"new!" * 500


def every_point(strike, act, prepare):
    """Prepare and act with a fault at the first, second, ... operation, until none is struck; yield what happened."""
    for fail_at in range(1, 1000):
        prepare()
        faults = FAULTY.FaultyFiles(fail_at, strike)
        error = None
        with faults.active():
            try:
                act()
            except FileError as caught:
                error = caught
        if not faults.struck:
            assert error is None
            return
        yield faults, error
    raise AssertionError("there is no end to the operations")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("backups", [0, 3])
def test_at_every_point_the_file_is_old_and_whole(tmp_path, number, backups):
    path = tmp_path / "a.txt"

    def prepare():
        for left in tmp_path.iterdir():
            left.unlink()
        path.write_bytes(OLD)
        for version in range(1, backups + 1):
            (tmp_path / f"a.txt~{version}").write_bytes(OLD + b"%d" % version)

    struck = []
    for faults, error in every_point(FAULTY.raising(number), lambda: write_bytes(path, NEW, backups=backups), prepare):
        struck.append(faults.struck)
        folder_is_flushed = faults.struck == "fsync" and "replace" in faults.done[-2:]
        if error is None:
            assert folder_is_flushed, "only after the rename is a failure of no consequence"
            assert path.read_bytes() == NEW
        else:
            assert path.read_bytes() == OLD
            assert error.what == f"{path} could not be written"
            assert error.why
            assert error.fix
        assert not [left.name for left in tmp_path.iterdir() if TEMPORARY in left.name]
        contents = {left.read_bytes() for left in tmp_path.iterdir()}
        earlier = [OLD, *(OLD + b"%d" % version for version in range(1, backups + 1))]
        assert contents <= {NEW, *earlier}, "each is whole"
        assert contents >= set(earlier[:backups]), "no more than the oldest is gone"
    assert {"mkdir", "open", "write", "fsync", "replace"} <= set(struck)
    assert struck.count("write") >= 5
    assert path.read_bytes() == NEW


def test_the_new_version_is_on_the_disk_before_it_gets_the_name(tmp_path):
    faults = FAULTY.FaultyFiles(0, FAULTY.killing)
    with faults.active():
        write_bytes(tmp_path / "a.txt", NEW)
    assert faults.done[0] == "mkdir"
    assert faults.done.index("write") < faults.done.index("fsync") < faults.done.index("replace")


@pytest.mark.parametrize(
    ("number", "why", "fix"),
    [
        (errno.ENOSPC, "disk is full", "Free some space"),
        (errno.EDQUOT, "disk is full", "Free some space"),
        (errno.EACCES, "may not write", "another folder"),
        (errno.EROFS, "may not write", "another folder"),
        (errno.EIO, os.strerror(errno.EIO), "Check the drive"),
    ],
)
def test_the_message_tells_the_cause(tmp_path, number, why, fix):
    faults = FAULTY.FaultyFiles(3, FAULTY.raising(number))
    with faults.active(), pytest.raises(FileError) as caught:
        write_bytes(tmp_path / "a.txt", NEW)
    assert faults.struck == "write"
    assert why in caught.value.why
    assert fix in caught.value.fix
    assert caught.value.__cause__.errno == number
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_block_that_writes_bit_by_bit_is_covered_too(tmp_path, number):
    path = tmp_path / "film.gif"

    def act():
        with replacing(path) as temporary, temporary.open("wb") as file:
            for _ in range(3):
                file.write(NEW)

    outcomes = [
        (error is None, path.exists(), len(list(tmp_path.iterdir())))
        for _, error in every_point(FAULTY.raising(number), act, lambda: path.unlink(missing_ok=True))
    ]
    assert set(outcomes) == {(False, False, 0), (True, True, 1)}


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ValueError, SystemExit])
def test_an_exception_of_the_block_passes_and_leaves_nothing(tmp_path, raised):
    path = tmp_path / "a.txt"
    path.write_bytes(OLD)
    with pytest.raises(raised), replacing(path) as temporary:
        temporary.write_bytes(NEW)
        raise raised
    assert path.read_bytes() == OLD
    assert [left.name for left in tmp_path.iterdir()] == ["a.txt"]


class BusyError(OSError):
    """What Windows says when a virus scanner holds a file; elsewhere the attribute must be put on."""

    def __init__(self, code: int) -> None:
        super().__init__(errno.EACCES, "busy")
        self.winerror = code


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_held_by_another_program_is_tried_again(tmp_path, monkeypatch, code):
    path = tmp_path / "a.txt"
    real, calls = os.replace, []

    def busy_at_first(source, target):
        calls.append(target)
        if len(calls) < 4:
            raise BusyError(code)
        real(source, target)

    monkeypatch.setattr(os, "replace", busy_at_first)
    write_bytes(path, NEW)
    assert path.read_bytes() == NEW
    assert len(calls) == 4


def test_it_gives_up_after_a_while(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(OLD)
    clock = iter(step * 0.5 for step in range(100))
    calls = []

    def busy(source, target):
        calls.append(target)
        raise BusyError(32)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr("studio.base.atomic.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("studio.base.atomic.time.sleep", lambda seconds: None)
    with pytest.raises(FileError, match="may not write"):
        write_bytes(path, NEW)
    assert 2 <= len(calls) <= 10
    assert path.read_bytes() == OLD
    assert [left.name for left in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("code", [None, 3, 112])
def test_another_error_is_told_at_once(tmp_path, monkeypatch, code):
    calls = []

    def broken(source, target):
        calls.append(target)
        raise BusyError(code)

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(FileError):
        write_bytes(tmp_path / "a.txt", NEW)
    assert len(calls) == 1
