"""Projects on the disk: saving, backups, and what is said when a file cannot be opened."""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import replace

import pytest

from studio.base.errors import FileError, ProjectError
from studio.project.format import dumps
from studio.project.limits import FILE_BYTES
from studio.project.model import Asset, Project
from studio.project.store import load, newest_backup, save
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

PROJECT = Project("one", Timeline(FrameRate(24), 10))
VERSIONS = [replace(PROJECT, name=name) for name in ("one", "two", "three", "four", "five")]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["walk.keydream", "un été 猫 🐈.keydream", "no suffix", "a" * 120 + ".keydream"])
def test_saved_and_loaded_it_is_the_same(tmp_path, name):
    path = tmp_path / "new" / "folders" / name
    save(PROJECT, path)
    assert load(path) == PROJECT
    assert path.read_text(encoding="utf-8") == dumps(PROJECT)
    assert names(path.parent) == [name]


def test_the_last_three_versions_are_kept(tmp_path):
    path = tmp_path / "walk.keydream"
    for version in VERSIONS:
        save(version, path)
    assert names(tmp_path) == ["walk.keydream", "walk.keydream~1", "walk.keydream~2", "walk.keydream~3"]
    assert [load(tmp_path / name).name for name in names(tmp_path)] == ["five", "four", "three", "two"]


def test_saving_the_same_again_leaves_file_and_backups_alone(tmp_path):
    path = tmp_path / "walk.keydream"
    for version in VERSIONS[:2]:
        save(version, path)
    os.utime(path, (1, 1))
    for _ in range(5):
        save(VERSIONS[1], path)
    assert path.stat().st_mtime == 1
    assert [load(tmp_path / name).name for name in names(tmp_path)] == ["two", "one"]


def test_a_project_that_passes_a_limit_leaves_the_file_alone(tmp_path):
    path = tmp_path / "walk.keydream"
    save(PROJECT, path)
    with pytest.raises(ProjectError, match=r"assets\[0\]\.path"):
        save(replace(PROJECT, assets=(Asset("a", "../a.png"),)), path)
    assert load(path) == PROJECT
    assert names(tmp_path) == ["walk.keydream"]


class TestBroken:
    """A file that cannot be opened: the message names the newest backup that can."""

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "walk.keydream"
        for version in VERSIONS:
            save(version, path)
        return path

    @pytest.mark.parametrize("broken", [b"", b"\0" * 100, dumps(VERSIONS[4]).encode()[:150], b"x" * (FILE_BYTES + 1)])
    def test_the_newest_backup_is_named(self, path, broken):
        path.write_bytes(broken)
        with pytest.raises(ProjectError) as caught:
            load(path)
        assert caught.value.what == "walk.keydream cannot be read as a Keydream project"
        assert caught.value.why
        assert re.search(r"backup walk\.keydream~1 .* saved on \d{4}-\d\d-\d\d at \d\d:\d\d", caught.value.fix)
        assert path.read_bytes() == broken

    def test_a_backup_that_is_broken_too_is_passed_over(self, path):
        path.write_bytes(b"{")
        path.with_name("walk.keydream~1").write_bytes(b"{")
        with pytest.raises(ProjectError, match=r"backup walk\.keydream~2"):
            load(path)
        assert newest_backup(path) == path.with_name("walk.keydream~2")

    def test_without_a_backup_none_is_promised(self, path):
        path.write_bytes(b"{")
        for number in (1, 2, 3):
            path.with_name(f"walk.keydream~{number}").unlink()
        with pytest.raises(ProjectError) as caught:
            load(path)
        assert "~" not in caught.value.fix
        assert newest_backup(path) is None

    def test_a_project_that_is_gone_has_its_backup_named(self, path):
        path.unlink()
        with pytest.raises(FileError, match=r"no such file.*backup walk\.keydream~1"):
            load(path)

    def test_a_newer_version_is_not_broken(self, path):
        path.write_text('{"keydream": 99}')
        with pytest.raises(ProjectError) as caught:
            load(path)
        assert "Update Keydream" in caught.value.fix
        assert "~1" not in caught.value.fix

    def test_a_backup_can_be_opened_itself(self, path):
        assert load(path.with_name("walk.keydream~3")).name == "two"


class TestNoFile:
    """What is no readable file is refused at once."""

    def test_missing(self, tmp_path):
        with pytest.raises(FileError, match=r"cannot be opened\. There is no such file\. Check the name"):
            load(tmp_path / "none.keydream")

    def test_a_folder(self, tmp_path):
        with pytest.raises(FileError, match="It is a folder or a device"):
            load(tmp_path)

    def test_a_nul_in_the_name(self, tmp_path):
        with pytest.raises(FileError, match="null"):
            load(tmp_path / "a\0b")

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.keydream")
        with pytest.raises(FileError, match="device"):
            load(tmp_path / "pipe.keydream")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
    def test_denied(self, tmp_path):
        path = tmp_path / "walk.keydream"
        save(PROJECT, path)
        path.chmod(0)
        with pytest.raises(FileError, match="permissions"):
            load(path)


class TestDebris:
    """What a program that was killed while saving left behind is removed, and nothing else."""

    OLD = (".walk.0123abcd.keydream-tmp.keydream", ".walk.keydream.89efcdab.keydream-tmp")
    OTHERS = (
        ".walk.0123abcd.keydream-tmp.mp4",
        ".talk.0123abcd.keydream-tmp.keydream",
        "walk.0123abcd.keydream-tmp.keydream",
        ".walk.keydream-tmp.keydream",
    )

    def make(self, folder, names, age):
        for name in names:
            (folder / name).write_bytes(b"{")
            os.utime(folder / name, (time.time() - age,) * 2)

    @pytest.mark.parametrize("act", [load, lambda path: save(VERSIONS[1], path)])
    def test_old_debris_of_this_project_goes(self, tmp_path, act):
        path = tmp_path / "walk.keydream"
        save(PROJECT, path)
        self.make(tmp_path, (*self.OLD, *self.OTHERS), 3600)
        act(path)
        left = set(names(tmp_path))
        assert not left & set(self.OLD)
        assert left >= set(self.OTHERS)

    def test_a_save_in_progress_elsewhere_is_left_alone(self, tmp_path):
        path = tmp_path / "walk.keydream"
        save(PROJECT, path)
        self.make(tmp_path, self.OLD, 5)
        load(path)
        assert set(names(tmp_path)) >= set(self.OLD)
