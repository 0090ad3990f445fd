from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.curves import CurveEditor
from studio.app.timeline.scale import Scale
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")


@pytest.fixture
def editor(context: Context, qtbot: QtBot) -> CurveEditor:
    scale = Scale()
    scale.resize(800, 97)
    made = CurveEditor(context, scale)
    qtbot.addWidget(made)
    made.resize(900, 200)
    made.show()
    return made


def test_it_follows_the_selection(editor: CurveEditor, context: Context) -> None:
    assert editor.track == ZOOM
    context.choice.select([KeyRef(ROTATE, 0)])
    assert editor.track == ROTATE
    assert editor.choice.currentText() == "Rotate"
    context.choice.select([KeyRef(PROMPT, 0)])
    assert editor.track == PROMPT
    assert "0 to 1" in editor.note.text()


def test_a_track_that_goes_away_is_let_go(editor: CurveEditor, context: Context) -> None:
    editor.set_track(ROTATE)
    context.document.edit(edits.remove_track(ROTATE))
    assert editor.track == ZOOM
    context.document.edit(edits.remove_track(ZOOM))
    context.document.edit(edits.remove_track(PROMPT))
    assert editor.track is None
    editor.grab()
    assert "Add a parameter track" in editor.note.text()


def test_the_list_chooses(editor: CurveEditor) -> None:
    editor.choice.setCurrentIndex(2)
    editor.choice.activated.emit(2)
    assert editor.track == PROMPT
