"""The recovery copy on a failing disk, and a program that is killed while it writes one or in the middle of editing."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import studio
from studio.base.atomic import TEMPORARY
from studio.base.errors import FileError
from studio.project import recovery
from studio.project.model import Project
from studio.timeline.model import Marker, Timeline
from studio.timeline.time import FrameRate

SPEC = importlib.util.spec_from_file_location("keydream_faulty_files", Path(__file__).with_name("faulty_files.py"))
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

OLD = Project(
    "old", Timeline(FrameRate(24), 100, markers=tuple(Marker(frame, f"marker {frame}") for frame in range(30)))
)
NEW = replace(OLD, name="new")


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])} | more


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_at_every_point_of_a_write_the_copy_before_survives(tmp_path, number):
    for fail_at in range(1, 1000):
        window = recovery.Recovery(tmp_path / str(fail_at))
        window.write(OLD, None, tmp_path)
        faults = FAULTY.FaultyFiles(fail_at, FAULTY.raising(number))
        failed = False
        with faults.active():
            try:
                window.write(NEW, None, tmp_path)
            except FileError:
                failed = True
        assert not [left for left in window.file.parent.iterdir() if TEMPORARY in left.name]
        os.close(window._presence._descriptor)  # as a kill does
        (copy,) = recovery.left(tmp_path / str(fail_at))
        assert copy.read() == (OLD if failed else NEW)
        if not faults.struck:
            break
    assert not failed
    assert fail_at > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
def test_killed_at_every_point_of_a_write_a_whole_copy_is_offered(tmp_path):
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("recover_and_die.py")), str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    killed = int(run.stdout)
    assert killed >= 5
    found = []
    for number in range(1, killed + 1):
        (copy,) = recovery.left(tmp_path / str(number))
        found.append(copy.read().name)
        recovery.discard(copy, tmp_path / str(number))
    assert found == sorted(found, reverse=True), "old up to the rename, new after it"
    assert set(found) == {"old", "new"}
