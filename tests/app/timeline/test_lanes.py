"""The lanes as a widget: keys, wheel, focus, what is painted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.timeline.geometry import Part
from studio.timeline.edits import set_length
from studio.timeline.model import KeyRef


@pytest.fixture
def wheel(editor):
    def wheel(delta, held=Qt.KeyboardModifier.NoModifier, x=500.0, pixels=None):
        place = QPointF(x, 100)
        event = QWheelEvent(
            place,
            QPointF(editor.lanes.mapToGlobal(place)),
            pixels or QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(editor.lanes, event)

    return wheel


def test_ctrl_wheel_zooms_at_the_pointer(editor, wheel, hand):
    place = editor.scale.exact(700)
    wheel(240, hand.ctrl, x=700.0)
    assert editor.scale.frame_width > editor.scale.least
    assert editor.scale.exact(700) == pytest.approx(place)
    wheel(-1200, hand.ctrl)
    assert editor.scale.frame_width == editor.scale.least


def test_the_wheel_scrolls_in_time_and_with_shift_the_rows(editor, wheel, hand):
    editor.resize(1000, 180)
    editor.scale.zoom(5, 0)
    wheel(-120)
    assert (editor.scale.start > 0, editor.stage.scrolled) == (True, 0)
    wheel(-120, hand.shift)
    assert editor.stage.scrolled > 0


def test_the_wheel_can_be_turned_round(editor, wheel, context, hand):
    context.settings.set("timeline/wheel_rows", True)
    editor.resize(1000, 180)
    editor.scale.zoom(5, 0)
    before = editor.scale.start
    wheel(-120)
    assert editor.stage.scrolled > 0
    assert editor.scale.start == before
    wheel(-120, hand.shift)
    assert editor.scale.start > before


def test_a_touchpad_scrolls_both_ways(editor, wheel):
    editor.resize(1000, 180)
    editor.scale.zoom(5, 0)
    before = editor.scale.start
    wheel(0, pixels=QPoint(-30, -20))
    assert (editor.scale.start, editor.stage.scrolled) == (before + 30, 20)


def test_enter_edits_the_selected_card(editor, context, qtbot, hand):
    context.choice.select([KeyRef(hand.prompts, 64)])
    qtbot.keyClick(editor.lanes, Qt.Key.Key_Return)
    assert editor.lanes.line.text() == "an octopus in the sea"
    editor.lanes.line.leave()


def test_up_and_down_go_from_track_to_track(editor, qtbot, hand):
    keys = [Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up]
    seen = []
    for each in keys:
        qtbot.keyClick(editor.lanes, each)
        seen.append(editor.stage.current.name)
    assert seen == ["Prompt", "zoom", "rotate", "rotate", "zoom"]


def test_tab_reaches_the_lanes_and_the_focus_shows(editor, qtbot):
    editor.lanes.clearFocus()
    plain = editor.lanes.grab().toImage()
    editor.lanes.setFocus(Qt.FocusReason.TabFocusReason)
    assert editor.lanes.grab().toImage() != plain
    assert editor.lanes.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_no_shortcut_is_taken_during_a_drag(editor, hand, context, qtbot):
    used = []
    context.actions.on("edit.delete", lambda: used.append(True))
    editor.addAction(context.actions["edit.delete"])
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 40))
    qtbot.keyClick(editor.lanes, Qt.Key.Key_Delete)
    assert not used
    hand.escape()
    qtbot.keyClick(editor.lanes, Qt.Key.Key_Delete)
    assert used


def test_a_drag_ends_when_the_focus_goes(editor, hand, frames_of):
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 40))
    editor.header.head(hand.prompts).key.setFocus(Qt.FocusReason.OtherFocusReason)
    assert editor.lanes.gesture is None
    assert frames_of(hand.prompts) == (0, 32, 64)


def test_a_drag_beyond_the_edge_scrolls(editor, hand, qtbot, frames_of):
    editor.scale.zoom(6, 0)
    editor.scale.scroll_to(0)
    hand.press(hand.key(hand.prompts, 0))
    hand.move(QPoint(editor.lanes.width() + 30, hand.key(hand.prompts, 0).y()))
    qtbot.waitUntil(lambda: editor.scale.start > 100, timeout=3000)
    hand.escape()
    assert frames_of(hand.prompts) == (0, 32, 64)


def test_what_is_under_the_pointer_lights_up_and_says_what_to_do(editor, hand, qtbot):
    said = []
    editor.hint.connect(said.append)
    QTest.mouseMove(editor.lanes, hand.key(hand.prompts, 32))
    qtbot.waitUntil(lambda: editor.stage.hovered is not None and editor.stage.hovered.part is Part.KEY)
    assert "Drag to move" in said[-1]
    QApplication.sendEvent(editor.lanes, QEvent(QEvent.Type.Leave))
    assert said[-1] == ""
    assert editor.stage.hovered is None


def test_a_screen_reader_follows(editor, context, hand):
    assert editor.lanes.accessibleName() == "Timeline"
    context.player.seek(12)
    assert "frame 12 of 97" in editor.lanes.accessibleDescription()
    context.choice.select([KeyRef(hand.prompts, 32)])
    assert "purple heart" in editor.lanes.accessibleDescription()


def test_the_menu_key_asks_for_the_selected_key(editor, context, hand):
    asked = []
    editor.lanes.menu_wanted.disconnect()
    editor.lanes.menu_wanted.connect(lambda hit, at: asked.append(hit))
    context.choice.select([KeyRef(hand.prompts, 32)])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(editor.lanes, event)
    assert asked[0].key == KeyRef(hand.prompts, 32)


def test_another_project_ends_what_was_begun(editor, hand, context, tmp_path):
    other = replace(context.document.project, timeline=replace(context.document.timeline, prompts=()))
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 40))
    context.document.open(other, None, tmp_path)
    assert editor.lanes.gesture is None
    hand.release()
    assert context.document.project == other
    assert not context.choice.keys


def test_another_project_closes_a_line(editor, hand, context, tmp_path):
    editor.lanes.edit_card(KeyRef(hand.prompts, 32))
    context.document.open(replace(context.document.project, name="other"), None, tmp_path)
    assert editor.lanes.line is None
    assert context.document.labels == ()


def test_scrolling_takes_what_was_typed(editor, hand, context, qtbot, wheel):
    editor.lanes.edit_card(KeyRef(hand.prompts, 32))
    qtbot.keyClicks(editor.lanes.line, "a pear")
    wheel(-120)
    assert editor.lanes.line is None
    assert context.document.labels == ("Write prompt",)


class Paints(QObject):
    """Notes which areas are painted."""

    def __init__(self):
        super().__init__()
        self.area = 0

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.area += sum(rect.width() * rect.height() for rect in event.region())
        return False


def test_a_playhead_that_jumps_paints_two_strips(editor, context, qtbot):
    context.player.seek(1)
    qtbot.wait(50)
    paints = Paints()
    editor.lanes.installEventFilter(paints)
    context.player.seek(80)
    qtbot.waitUntil(lambda: paints.area > 0)
    editor.lanes.removeEventFilter(paints)
    assert paints.area < editor.lanes.width() * editor.lanes.height() / 8


def test_the_playhead_is_kept_in_sight(editor, context):
    context.document.edit(set_length(2000))
    editor.scale.zoom(40, 0)
    editor.scale.scroll_to(0)
    context.player.seek(900)
    assert 0 <= editor.scale.x(900) <= editor.lanes.width()


def test_ten_thousand_frames_are_painted_without_walking_them(editor, context, monkeypatch):
    project = context.document.project
    context.document.open(replace(project, timeline=replace(project.timeline, length=10_000)), None, Path())
    context.frames.wait()
    editor.lanes.grab()
    asked = []
    monkeypatch.setattr(type(context.frames), "status", lambda _self, frame: asked.append(frame))
    editor.scale.zoom(20, 300)
    editor.lanes.grab()
    editor.scale.scroll(400)
    editor.lanes.grab()
    assert len(asked) == 0
