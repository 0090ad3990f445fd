"""The column left of the lanes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from studio.app.theme import theme
from studio.timeline.edits import add_marker, add_parameter_track, add_prompt_track, remove_track
from studio.timeline.model import Marker, TrackRef


@pytest.fixture
def head(editor):
    return editor.header.head


def test_rows_have_their_names_and_values_at_the_playhead(head, hand, context):
    assert head(None).name.text() == "Frames"
    assert head(hand.prompts).name.text() == "Prompt"
    context.player.seek(32)
    assert (head(hand.zoom).name.text(), head(hand.zoom).value.text()) == ("Zoom", "1.04")
    context.player.seek(64)
    assert head(hand.rotate).value.text() == "0.6°"


def test_the_key_button_shows_whether_there_is_a_key_and_toggles_it(head, hand, context, qtbot, frames_of):
    button = head(hand.zoom).key
    context.player.seek(32)
    assert button.isChecked()
    assert "Remove" in button.accessibleName()
    context.player.seek(20)
    assert not button.isChecked()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert frames_of(hand.zoom) == (0, 20, 32, 96)
    assert button.isChecked()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert frames_of(hand.zoom) == (0, 32, 96)
    assert not button.isChecked()


def test_a_key_button_that_could_do_nothing_shows_the_truth(head, hand, context, qtbot, editor):
    context.document.edit(add_prompt_track("Style"))
    button = head(TrackRef("prompt", "Style")).key
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked()
    editor.lanes.line.leave()


def test_mute(head, hand, context, qtbot):
    button = head(hand.prompts).mute
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert context.document.timeline.prompt("Prompt").muted
    assert button.isChecked()
    context.document.undo()
    assert not button.isChecked()


def test_a_click_works_on_that_track(head, hand, editor, qtbot):
    qtbot.mouseClick(head(hand.rotate), Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert editor.stage.current == hand.rotate


def test_heads_line_up_with_their_rows_and_scroll_with_them(editor, hand, head):
    editor.resize(1000, 180)
    editor.stage.scroll_to(30)
    for ref in (hand.prompts, hand.zoom):
        assert head(ref).mapTo(editor, QPoint(0, 0)).y() == editor.stage.top(ref)


def test_heads_come_and_go_with_their_tracks(editor, head, context, hand):
    context.document.edit(add_parameter_track("pan_x"))
    assert head(TrackRef("parameter", "pan_x")).name.text() == "Pan X"
    context.document.edit(remove_track(hand.zoom))
    with pytest.raises(KeyError):
        head(hand.zoom)


def test_a_double_click_renames(head, hand, editor, context, qtbot):
    qtbot.mouseDClick(head(hand.prompts), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    line = editor.header.line
    assert line.text() == "Prompt"
    qtbot.keyClicks(line, "Subject")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert context.document.timeline.prompts[0].name == "Subject"
    assert head(TrackRef("prompt", "Subject")).name.text() == "Subject"


def test_a_name_that_is_taken_is_refused_while_it_is_typed(hand, editor, context, qtbot):
    context.document.edit(add_prompt_track("Style"))
    editor.header.edit_name(TrackRef("prompt", "Style"))
    qtbot.keyClicks(editor.header.line, "Prompt")
    assert "called Prompt" in editor.header.line.problem
    qtbot.keyClick(editor.header.line, Qt.Key.Key_Escape)
    assert context.document.timeline.prompts[1].name == "Style"


def test_a_long_name_is_cut(head, context):
    long = "a very long name of a track that nobody could read"
    context.document.edit(add_prompt_track(long))
    made = head(TrackRef("prompt", long))
    assert made.name.text().endswith("…")
    assert long in made.toolTip()


def test_the_menu_is_asked_for(head, hand, editor):
    asked = []
    editor.header.menu_wanted.disconnect()
    editor.header.menu_wanted.connect(lambda ref, at: asked.append(ref))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(head(hand.zoom), event)
    assert asked == [hand.zoom]


def test_buttons_are_reached_by_keyboard_and_have_names(head, hand):
    for ref in (hand.prompts, hand.zoom, hand.rotate):
        for button in head(ref).buttons:
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert button.accessibleName()
            assert button.toolTip()


def test_another_project_has_other_heads(editor, head, context, tmp_path):
    project = context.document.project
    context.document.open(replace(project, timeline=replace(project.timeline, parameters=())), None, tmp_path)
    with pytest.raises(KeyError):
        head(TrackRef("parameter", "zoom"))


def test_the_line_below_the_ruler_moves_with_markers(editor, context, qtbot):
    qtbot.waitUntil(lambda: shown(editor, 31) == theme().colours.border)
    context.document.edit(add_marker(Marker(30, "wind")))
    qtbot.wait(50)
    assert editor.stage.layout.ruler == 48
    assert shown(editor, 47) == theme().colours.border
    assert shown(editor, 31) == theme().colours.panel


def shown(editor, y):
    """The colour on screen, not as painted anew, in the header's middle."""
    screen = editor.screen().grabWindow(editor.winId()).toImage()
    return screen.pixelColor(80, y)


def test_the_diamond_of_prompts_opens_a_line(head, hand, context, qtbot, editor, frames_of):
    context.player.seek(20)
    button = head(hand.prompts).key
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.lanes.line.selectedText() == "a red apple in the grass"
    assert not button.isChecked()
    qtbot.keyClicks(editor.lanes.line, "a pear")
    qtbot.keyClick(editor.lanes.line, Qt.Key.Key_Return)
    assert frames_of(hand.prompts) == (0, 20, 32, 64)
    assert button.isChecked()
    assert context.document.labels == ("Add prompt",)
