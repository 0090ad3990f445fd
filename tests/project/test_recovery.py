from __future__ import annotations

import json
import os
import time
from dataclasses import replace

import pytest

from studio.base.atomic import TEMPORARY
from studio.base.errors import FileError, ProjectError
from studio.base.presence import Presence
from studio.project import recovery
from studio.project.model import Project
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

PROJECT = Project("First walk", Timeline(FrameRate(24), 10))


def crash(window):
    """What a kill leaves: the file is there, and nobody holds its lock."""
    os.close(window._presence._descriptor)
    window._presence._descriptor = None


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.fixture
def window(home):
    made = recovery.Recovery()
    yield made
    made.close()


def test_a_copy_of_a_window_that_lives_is_never_offered(window, tmp_path):
    window.write(PROJECT, tmp_path / "walk.keydream", tmp_path)
    assert window.file.exists()
    assert recovery.left() == ()


def test_after_a_crash_the_copy_tells_all(window, tmp_path):
    path = tmp_path / "walk.keydream"
    window.write(PROJECT, path, tmp_path)
    window.write(replace(PROJECT, seed=7), path, tmp_path)
    crash(window)
    (copy,) = recovery.left()
    assert (copy.name, copy.origin, copy.folder) == ("First walk", path, tmp_path)
    assert abs(copy.when - time.time()) < 60
    assert copy.read() == replace(PROJECT, seed=7)
    recovery.discard(copy)
    assert recovery.left() == ()
    assert list((window.file.parent).iterdir()) == []


def test_copies_come_newest_first(home, tmp_path):
    for number in (1, 2, 3):
        window = recovery.Recovery()
        window.write(replace(PROJECT, name=f"{number}"), None, tmp_path)
        crash(window)
        time.sleep(0.01)
    assert [copy.name for copy in recovery.left()] == ["3", "2", "1"]


def test_after_an_orderly_close_nothing_is_left(window, tmp_path):
    folder = window.scratch()
    (folder / "cat.png").write_bytes(b"cat")
    window.write(PROJECT, None, folder)
    window.close()
    assert recovery.left() == ()
    assert not folder.exists()
    assert list(window.file.parent.iterdir()) == []


def test_pictures_of_a_project_without_a_file_stay_as_long_as_a_copy_wants_them(window):
    folder = window.scratch()
    (folder / "cat.png").write_bytes(b"cat")
    window.write(PROJECT, None, folder)
    crash(window)
    age(folder, 10 * 86400)
    recovery.sweep()
    (copy,) = recovery.left()
    other = recovery.Recovery()
    other.write(copy.read(), None, copy.folder)
    recovery.discard(copy)
    assert (folder / "cat.png").exists(), "the window that opened it wants them now"
    other.close()
    age(folder, 10 * 86400)
    recovery.sweep()
    assert not folder.exists()


def test_sweeping_leaves_alone_what_is_young_or_held(window, home):
    folder = window.scratch()
    places = home / "data" / "recovery"
    young, old = places / f"a{TEMPORARY}", places / f"b{TEMPORARY}"
    dead = places / "dead.lock"
    for path in (young, old, dead):
        path.write_text("")
    for path in (old, dead, folder):
        age(path, 7200)
    recovery.sweep()
    assert sorted(path.name for path in places.iterdir()) == sorted([young.name, window.file.stem + ".lock"])
    assert folder.exists()


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"keydream-recovery": 2}', b"[" * 5000, b"\xff"])
def test_what_is_no_copy_is_not_offered(home, line):
    folder = home / "data" / "recovery"
    folder.mkdir(parents=True)
    (folder / f"x{recovery.SUFFIX}").write_bytes(line + b"\nrest")
    assert recovery.left() == ()


def test_a_copy_whose_project_is_broken_says_so_when_it_is_read(window, tmp_path):
    window.write(PROJECT, None, tmp_path)
    crash(window)
    data = window.file.read_bytes()
    window.file.write_bytes(data[:-20])
    (copy,) = recovery.left()
    with pytest.raises(ProjectError, match="The recovery copy of First walk"):
        copy.read()
    window.file.unlink()
    with pytest.raises(FileError):
        copy.read()


def test_odd_paths_come_back(window, tmp_path):
    path = tmp_path / "été ✨ %s\n.keydream"
    window.write(PROJECT, path, tmp_path)
    assert json.loads(window.file.read_bytes().splitlines()[0])["origin"] == str(path)
    crash(window)
    assert recovery.left()[0].origin == path


def test_a_file_that_killed_the_program_is_remembered_until_it_opens(home, tmp_path):
    path = tmp_path / "walk.keydream"
    assert not recovery.crashed(path)
    note = recovery.opening(path)
    assert not recovery.crashed(path), "it is being opened"
    os.close(note._descriptor)
    assert recovery.crashed(path)
    assert not recovery.crashed(tmp_path / "other.keydream")
    again = recovery.opening(path)
    again.leave()
    assert not recovery.crashed(path)
    os.close(recovery.opening(path)._descriptor)
    recovery.forgive(path)
    assert not recovery.crashed(path)


def test_where_nothing_can_be_noted_files_still_open(home, tmp_path):
    (home / "data").write_text("")
    assert recovery.opening(tmp_path / "walk.keydream") is None
    assert recovery.left() == ()
    recovery.sweep()
    with pytest.raises(FileError):
        recovery.Recovery().scratch()
    with pytest.raises(FileError):
        recovery.Recovery().write(PROJECT, None, tmp_path)


def test_the_note_that_a_project_is_open_lies_hidden_beside_it(tmp_path):
    path = tmp_path / "walk.keydream"
    note = Presence.take(recovery.lock_note(path))
    assert note is not None
    assert [left.name for left in tmp_path.iterdir()] == [".walk.keydream.lock"]
    note.leave()
