"""The timeline editor as a whole."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QScrollBar

from studio.app.timeline.header import WIDTH
from studio.timeline.edits import add_parameter_track


def bars(editor):
    found = {bar.orientation(): bar for bar in editor.findChildren(QScrollBar)}
    return found[Qt.Orientation.Horizontal], found[Qt.Orientation.Vertical]


def test_lanes_begin_where_the_header_ends(editor):
    assert editor.lanes.x() == WIDTH == editor.header.width()
    assert editor.scale.width == editor.lanes.width()


def test_the_scroll_bar_scrolls_in_time_and_follows(editor):
    time, _ = bars(editor)
    assert time.maximum() == 0
    editor.zoom_in()
    editor.zoom_in()
    assert time.maximum() > 0
    time.setValue(50)
    assert editor.scale.start == 50
    editor.scale.scroll(30)
    assert time.value() == 80


def test_tracks_scroll_when_they_do_not_fit(editor, context):
    _, rows = bars(editor)
    assert rows.maximum() == 0
    for name in ("pan_x", "pan_y", "steps", "cutouts", "smoothness"):
        context.document.edit(add_parameter_track(name))
    assert rows.maximum() > 0
    rows.setValue(40)
    assert editor.stage.scrolled == 40
    editor.stage.scroll_to(10)
    assert rows.value() == 10


def test_the_focus_goes_to_the_lanes(editor):
    editor.setFocus()
    assert editor.lanes.hasFocus()


def test_a_right_click_opens_a_menu(editor, hand, qtbot):
    editor.lanes.menu_wanted.emit(editor.stage.hit(*hand.key(hand.prompts, 32).toTuple()), QPoint(300, 200))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_the_add_button_offers_tracks(editor, qtbot):
    menu = QMenu()
    qtbot.addWidget(menu)
    editor.header.adding.emit(menu)
    assert [action.text() for action in menu.actions()] == ["Add Prompt Track", "Add Parameter Track"]


def test_a_double_click_in_a_lane_adds_a_key(editor, hand, frames_of):
    at = hand.key(hand.zoom, 60)
    at.setY(round(editor.stage.top(hand.zoom)) + 3)
    hand.double(at)
    assert frames_of(hand.zoom) == (0, 32, 60, 96)


def test_undo_to_the_start_brings_everything_back(editor, hand, context):
    before = context.document.project
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 44))
    hand.drag(hand.bar(0), hand.bar(10))
    editor.add_key(hand.zoom, 50)
    editor.nudge(3)
    editor.set_ease("hold")
    assert len(context.document.labels) == 5
    context.document.go_to(0)
    assert context.document.project == before
    assert not context.document.dirty
