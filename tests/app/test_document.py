from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.base.errors import InputError
from studio.project import changes
from studio.project.model import Project
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef

KEY = KeyRef(TrackRef("prompt", "Prompt"), 32)


@pytest.fixture
def document(qtbot: QtBot, project: Project) -> Document:
    return Document(project)


def test_an_edit_is_told_with_what_was_before(document: Document, qtbot: QtBot, project: Project) -> None:
    with qtbot.waitSignal(document.changed) as told:
        assert document.apply(changes.set_seed(3))
    assert told.args == [project, document.project]
    assert (document.undo_name, document.dirty) == ("Change seed", True)


def test_a_refused_edit_says_why_and_changes_nothing(document: Document, qtbot: QtBot, project: Project) -> None:
    with qtbot.waitSignal(document.refused) as told, qtbot.assertNotEmitted(document.changed):
        assert not document.edit(edits.insert_time(5000, 1))
    assert isinstance(told.args[0], InputError)
    assert document.project is project


def test_a_drag_is_one_entry_and_escape_leaves_no_trace(document: Document, project: Project) -> None:
    for offset in (1, 5, 9):
        document.edit(edits.move_keys([KEY], offset), ("drag", 1), from_start=True)
    assert document.labels == ("Move key",)
    assert 41 in document.timeline.prompt("Prompt").track.frames
    document.cancel(("drag", 1))
    assert (document.labels, document.project) == ((), project)


def test_the_history_goes_to_any_of_its_entries(document: Document) -> None:
    for seed in (1, 2, 3):
        document.apply(changes.set_seed(seed))
    document.go_to(1)
    assert (document.project.seed, document.position, document.redo_name) == (1, 1, "Change seed")
    document.redo()
    document.undo()
    document.go_to(99)
    assert document.project.seed == 3
    document.go_to(-1)
    assert document.project.seed == 0
    document.undo()
    assert document.position == 0


def test_saving_makes_it_clean_and_undo_makes_it_dirty_again(document: Document, tmp_path: Path) -> None:
    document.apply(changes.set_seed(1))
    document.saved_as(tmp_path / "a.keydream")
    assert (document.dirty, document.path, document.folder) == (False, tmp_path / "a.keydream", tmp_path)
    document.undo()
    assert document.dirty


def test_opening_another_forgets_the_history(document: Document, qtbot: QtBot, project: Project) -> None:
    document.apply(changes.set_seed(1))
    with qtbot.waitSignals([document.opened, document.changed]):
        document.open(project, None, Path("/somewhere"), dirty=True)
    assert (document.labels, document.dirty, document.folder) == ((), True, Path("/somewhere"))
