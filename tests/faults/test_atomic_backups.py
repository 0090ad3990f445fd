"""Backups under repeated failure, private files, long names, folders that cannot be read."""

from __future__ import annotations

import errno
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from studio.base.atomic import write_bytes
from studio.base.errors import FileError

SPEC = importlib.util.spec_from_file_location("keydream_faulty_files", Path(__file__).with_name("faulty_files.py"))
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

NEW = b"new!" * 500
VERSIONS = [b"%d" % version * 2000 for version in range(4)]  # 0 is the current one


def prepare(folder):
    for left in folder.iterdir():
        left.unlink()
    for version, data in enumerate(VERSIONS):
        (folder / ("a.txt" if version == 0 else f"a.txt~{version}")).write_bytes(data)


def attempt(path, fail_at):
    faults = FAULTY.FaultyFiles(fail_at, FAULTY.raising(errno.ENOSPC))
    with faults.active():
        try:
            write_bytes(path, NEW, backups=3)
        except FileError:
            return faults, False
    return faults, True


def test_however_often_a_save_fails_no_more_than_the_oldest_backup_is_lost(tmp_path):
    for fail_at in range(1, 1000):
        prepare(tmp_path)
        for _ in range(4):
            faults, saved = attempt(tmp_path / "a.txt", fail_at)
            if saved:
                break
        contents = {left.read_bytes() for left in tmp_path.iterdir()}
        assert contents >= set(VERSIONS[:3])
        if not faults.struck:
            break
    assert saved


def test_a_full_disk_costs_no_backup_at_all(tmp_path):
    writes = 0
    for fail_at in range(1, 1000):
        prepare(tmp_path)
        faults, _ = attempt(tmp_path / "a.txt", fail_at)
        if faults.struck in {"open", "write"}:
            writes += 1
            assert {left.name: left.read_bytes() for left in tmp_path.iterdir()} == {
                "a.txt" if version == 0 else f"a.txt~{version}": data for version, data in enumerate(VERSIONS)
            }
        if not faults.struck:
            break
    assert writes > 10, "the new version and the copy of the old one"


def test_a_gap_is_filled_before_anything_is_pushed_out(tmp_path):
    prepare(tmp_path)
    (tmp_path / "a.txt~1").unlink()
    write_bytes(tmp_path / "a.txt", NEW, backups=3)
    assert [(tmp_path / f"a.txt~{number}").read_bytes() for number in (1, 2, 3)] == [VERSIONS[0], *VERSIONS[2:]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_private_file_stays_private(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_bytes(path, NEW, backups=1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.with_name("a.txt~1").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["🐈" * 60 + ".txt", "猫" * 80 + ".txt", "a" * 245 + ".txt"])
def test_long_names(tmp_path, name):
    for data in (b"old", NEW):
        write_bytes(tmp_path / name, data, backups=1)
    assert {left.name: left.read_bytes() for left in tmp_path.iterdir()} == {name: NEW, f"{name}~1": b"old"}


def test_a_name_that_is_too_long_says_so(tmp_path):
    with pytest.raises(FileError, match="too long") as caught:
        write_bytes(tmp_path / ("a" * 300), NEW)
    assert "shorter" in caught.value.fix


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not flush folders")
def test_a_folder_that_cannot_be_opened_does_not_undo_what_has_happened(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(os, "open", denied)
    write_bytes(tmp_path / "a.txt", NEW)
    monkeypatch.undo()
    assert (tmp_path / "a.txt").read_bytes() == NEW
