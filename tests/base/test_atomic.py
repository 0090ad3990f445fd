"""Atomic writing when nothing fails: what is where afterwards. (What happens when something fails: tests/faults.)"""

from __future__ import annotations

import errno
import os
import sys
import threading

import pytest

from studio.base.atomic import TEMPORARY, explain, move_folder, replacing, write_bytes
from studio.base.errors import FileError


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_file_and_its_folders_are_made(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    write_bytes(path, b"new")
    assert contents(path.parent) == {"c.txt": b"new"}


def test_an_old_file_is_replaced(tmp_path):
    write_bytes(tmp_path / "c.txt", b"a much longer old version")
    write_bytes(tmp_path / "c.txt", b"new")
    assert contents(tmp_path) == {"c.txt": b"new"}


def test_backups_move_up_and_the_oldest_goes(tmp_path):
    for version in range(6):
        write_bytes(tmp_path / "c.txt", b"%d" % version, backups=3)
    assert contents(tmp_path) == {"c.txt": b"5", "c.txt~1": b"4", "c.txt~2": b"3", "c.txt~3": b"2"}


def test_a_first_version_has_no_backup(tmp_path):
    write_bytes(tmp_path / "c.txt", b"0", backups=3)
    assert contents(tmp_path) == {"c.txt": b"0"}


def test_the_temporary_is_beside_the_target_and_keeps_its_suffix(tmp_path):
    path = tmp_path / "film.mp4"
    with replacing(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == ".mp4"
        assert temporary.name.startswith(".film.")
        assert TEMPORARY in temporary.name
        assert not path.exists()
        temporary.write_bytes(b"film")
        assert not path.exists()
    assert contents(tmp_path) == {"film.mp4": b"film"}


def test_a_block_that_writes_nothing_changes_nothing(tmp_path):
    write_bytes(tmp_path / "c.txt", b"old")
    with pytest.raises(FileError), replacing(tmp_path / "c.txt"):
        pass
    assert contents(tmp_path) == {"c.txt": b"old"}


@pytest.mark.parametrize("name", ["un été.txt", "猫 🐈.txt", "no suffix", ".hidden", "a" * 200 + ".txt", "x.tar.gz"])
def test_names_of_many_kinds(tmp_path, name):
    write_bytes(tmp_path / name, b"0", backups=1)
    write_bytes(tmp_path / name, b"1", backups=1)
    assert contents(tmp_path) == {name: b"1", f"{name}~1": b"0"}


def test_a_reader_never_sees_a_mix(tmp_path):
    path = tmp_path / "c.bin"
    versions = [bytes([number]) * 50_000 for number in range(8)]
    write_bytes(path, versions[0])
    seen = set()
    stop = threading.Event()

    def read():
        while not stop.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for version in versions * 3:
        write_bytes(path, version)
    stop.set()
    reader.join()
    assert seen
    assert seen <= set(versions)


def test_two_writers_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "c.bin"
    with replacing(path) as first, replacing(path) as second:
        assert first != second
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert contents(tmp_path) == {"c.bin": b"first"}, "the outer block ends last"


def test_a_folder_in_the_way_is_refused(tmp_path):
    (tmp_path / "c.txt").mkdir()
    with pytest.raises(FileError, match=r"c\.txt could not be written"):
        write_bytes(tmp_path / "c.txt", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["c.txt"]


def test_a_file_where_a_folder_should_be_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileError) as caught:
        write_bytes(tmp_path / "file" / "c.txt", b"new")
    assert "not a folder" in caught.value.why
    assert "Choose another name" in caught.value.fix
    assert contents(tmp_path) == {"file": b"old"}


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="the superuser may write anywhere",
)
def test_a_folder_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileError, match="may not write there"):
            write_bytes(tmp_path / "c.txt", b"new")
    finally:
        tmp_path.chmod(0o700)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.ENOTDIR, errno.EIO, errno.ENAMETOOLONG])
def test_every_error_is_explained(tmp_path, number):
    error = explain(OSError(number, os.strerror(number)), tmp_path / "c.txt")
    assert isinstance(error, FileError)
    assert str(tmp_path / "c.txt") in error.what
    assert error.why
    assert error.fix


def test_an_error_without_a_number_is_explained(tmp_path):
    assert explain(OSError("out of luck"), tmp_path / "c.txt").why == "out of luck"


def test_a_folder_is_moved_and_never_over_another(tmp_path):
    source, target = tmp_path / "a", tmp_path / "new" / "b"
    source.mkdir()
    (source / "c.txt").write_bytes(b"mine")
    move_folder(source, target)
    assert not source.exists()
    assert contents(target) == {"c.txt": b"mine"}
    source.mkdir()
    with pytest.raises(FileExistsError):
        move_folder(source, target)
    assert contents(target) == {"c.txt": b"mine"}
    with pytest.raises(FileError, match="could not be written"):
        move_folder(tmp_path / "gone", tmp_path / "d")


def test_a_folder_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    source, target = tmp_path / "a", tmp_path / "b"
    source.mkdir()
    target.mkdir()
    (target / "c.txt").write_bytes(b"theirs")
    monkeypatch.setattr(type(target), "exists", lambda path: False)
    with pytest.raises(FileExistsError):
        move_folder(source, target)
    assert (target / "c.txt").read_bytes() == b"theirs"
