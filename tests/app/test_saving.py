from __future__ import annotations

import errno
import os
from collections import namedtuple
from pathlib import Path

import pytest

from studio.app.saving import room_for, save
from studio.base.atomic import explain
from studio.base.errors import FileError
from studio.project import store
from studio.project.model import Asset, Project
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

PROJECT = Project("walk", Timeline(FrameRate(24), 10), assets=(Asset("cat", "cat.png"),))


def test_a_project_is_written_with_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"cat")
    path = tmp_path / "new" / "walk.keydream"
    saved = save(PROJECT, (PROJECT,), tmp_path, path)
    assert store.load(path) == PROJECT
    assert (path.parent / "cat.png").read_bytes() == b"cat"
    assert saved.renamed == {}
    assert saved.stamp is not None
    assert not saved.stamp.differs(path)


def test_a_full_disk_is_told_with_the_room_that_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: namedtuple("Usage", "free")(1_500_000))
    cause = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    error = explain(cause, tmp_path / "walk.keydream")
    error.__cause__ = cause
    told = room_for(error, tmp_path / "walk.keydream")
    assert isinstance(told, FileError)
    assert told.why == "The disk is full: 1.5 MB are free there"
    other = FileError("x", "y", "z")
    assert room_for(other, tmp_path) is other
