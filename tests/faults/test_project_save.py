"""Saving a project on a failing disk, and being killed while saving: the old version or the new one, never a mix."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import studio
from studio.base.atomic import TEMPORARY
from studio.base.errors import FileError
from studio.project.format import dumps
from studio.project.model import Project
from studio.project.store import load, save
from studio.timeline.model import Marker, Timeline
from studio.timeline.time import FrameRate

SPEC = importlib.util.spec_from_file_location("keydream_faulty_files", Path(__file__).with_name("faulty_files.py"))
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

MARKERS = tuple(Marker(frame, f"marker {frame}") for frame in range(30))
OLD = Project("old", Timeline(FrameRate(24), 100, markers=MARKERS))
NEW = replace(OLD, name="new")
EARLIER = [replace(OLD, name=f"earlier {number}") for number in (1, 2, 3)]


def earlier_versions(path):
    for number, project in enumerate(EARLIER, 1):
        path.with_name(f"{path.name}~{number}").write_text(dumps(project), encoding="utf-8")
    path.write_text(dumps(OLD), encoding="utf-8")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_at_every_point_of_a_save_the_project_survives(tmp_path, number):
    struck = []
    for fail_at in range(1, 1000):
        path = tmp_path / str(fail_at) / "walk.keydream"
        path.parent.mkdir()
        earlier_versions(path)
        faults = FAULTY.FaultyFiles(fail_at, FAULTY.raising(number))
        error = None
        with faults.active():
            try:
                save(NEW, path)
            except FileError as caught:
                error = caught
        struck.append(faults.struck)
        assert load(path) == (NEW if error is None else OLD)
        assert not [left.name for left in path.parent.iterdir() if TEMPORARY in left.name]
        versions = [load(left) for left in path.parent.iterdir()]
        assert all(project in versions for project in (OLD, *EARLIER[:2])), "only the oldest may go"
        if error is not None:
            assert "walk.keydream could not be written" in error.what
            assert ("disk is full" if number == errno.ENOSPC else os.strerror(errno.EIO)) in error.why
            assert error.fix
        if not faults.struck:
            break
    assert error is None
    assert {"mkdir", "open", "read", "write", "fsync", "replace"} <= set(struck)
    assert struck.count("write") >= 6, "the project and the backup each take several writes"


def test_after_a_failed_save_the_next_one_succeeds(tmp_path):
    path = tmp_path / "walk.keydream"
    earlier_versions(path)
    faults = FAULTY.FaultyFiles(5, FAULTY.raising(errno.ENOSPC))
    with faults.active(), pytest.raises(FileError):
        save(NEW, path)
    save(NEW, path)
    assert load(path) == NEW
    assert load(path.with_name("walk.keydream~1")) == OLD


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
def test_killed_at_every_point_of_a_save_the_file_is_old_or_new(tmp_path):
    (tmp_path / "old.keydream").write_text(dumps(OLD), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("save_and_die.py")), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    killed = int(run.stdout)
    assert killed >= 12
    found = []
    for number in range(1, killed + 1):
        path = tmp_path / str(number) / "walk.keydream"
        an_hour_ago = time.time() - 3600
        for left in path.parent.iterdir():
            os.utime(left, (an_hour_ago, an_hour_ago))
        project = load(path)
        assert project in (OLD, NEW)
        found.append(project.name)
        assert [load(left).name for left in path.parent.iterdir()].count("old") >= 3, "only the oldest may go"
        assert not [left.name for left in path.parent.iterdir() if TEMPORARY in left.name], "opening tidies up"
    assert found == sorted(found, reverse=True), "old up to the rename, new after it"
    assert set(found) == {"old", "new"}
