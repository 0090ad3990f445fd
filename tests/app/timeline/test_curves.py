from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.theme import theme
from studio.app.timeline.curves import CurveEditor
from studio.app.timeline.header import WIDTH
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
    assert editor.choice.currentText() == "Zoom"
    context.choice.select([KeyRef(ROTATE, 0)])
    assert editor.track == ROTATE
    assert editor.choice.currentText() == "Rotate"
    assert "° a frame" in editor.note.text()
    context.choice.select([KeyRef(PROMPT, 0)])
    assert editor.track == PROMPT
    assert editor.choice.currentText() == "Prompt"
    assert "0 to 100" in editor.note.text()


def test_a_track_that_goes_away_is_let_go(editor: CurveEditor, context: Context) -> None:
    editor.set_track(ROTATE)
    context.document.edit(edits.remove_track(ROTATE))
    assert editor.track == ZOOM
    context.document.edit(edits.remove_track(ZOOM))
    assert editor.choice.currentText() == "Prompt"
    context.document.edit(edits.remove_track(PROMPT))
    assert editor.track is None
    editor.grab()
    assert "Add a parameter track" in editor.note.text()
    assert not editor.choice.isEnabled()


def test_the_list_chooses_with_a_line_between_parameters_and_prompts(editor: CurveEditor, qtbot: QtBot) -> None:
    assert [editor.choice.itemText(row) for row in range(editor.choice.count())] == ["Zoom", "Rotate", "", "Prompt"]
    editor.choice.setFocus()
    for _ in range(2):
        qtbot.keyClick(editor.choice, Qt.Key.Key_Down)
    assert editor.track == PROMPT
    editor.choice.setFocus()
    qtbot.keyClick(editor.choice, Qt.Key.Key_Up)
    assert editor.track == ROTATE


def test_the_plot_lies_below_the_lanes(editor: CurveEditor) -> None:
    assert editor.plot.mapTo(editor, QPoint(0, 0)).x() == WIDTH


def test_fit_shows_all_values_again(editor: CurveEditor, qtbot: QtBot) -> None:
    before = editor.board.axis
    editor.board.look(before.zoomed(8, 20))
    qtbot.mouseClick(editor.fit, Qt.MouseButton.LeftButton)
    assert editor.board.axis == before


def test_the_numbers_stand_at_their_heights(editor: CurveEditor) -> None:
    editor.set_track(ZOOM)
    image = editor.grab().toImage()
    ink = theme().colours.muted
    value = editor.board.axis.lines()[1]
    middle = round(editor.plot.y() + editor.board.axis.y(value))
    rows = range(middle - 6, middle + 7)
    near = [image.pixelColor(x, y) for y in rows for x in range(WIDTH - 50, WIDTH - 4)]
    assert any(abs(each.lightness() - ink.lightness()) < 24 for each in near)


def test_fit_can_be_read(editor: CurveEditor) -> None:
    assert editor.fit.text() == "Fit"
    assert editor.fit.width() >= 32
