"""A key's frame and value as numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.app.timeline.key_editor import KeyEditor
from studio.timeline.model import KeyRef


@pytest.fixture
def popup(hand, qtbot):
    def popup(ref, frame):
        hand.double(hand.key(ref, frame))
        (made,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, KeyEditor) and each.isVisible()]
        qtbot.addWidget(made)
        return made

    return popup


def test_a_double_click_on_a_diamond_shows_its_numbers(popup, hand):
    made = popup(hand.zoom, 32)
    assert (made.frame_box.value(), made.value_box.value()) == (32, 1.04)
    assert "× a frame" in made.value_box.text()
    assert (made.value_box.minimum(), made.value_box.maximum()) == (0.5, 2.0)


def test_enter_takes_both_as_one_edit(popup, hand, qtbot, context):
    made = popup(hand.zoom, 32)
    made.frame_box.setValue(40)
    made.value_box.setValue(1.2)
    qtbot.keyClick(made.value_box, Qt.Key.Key_Return)
    track = context.document.timeline.parameter("zoom").track
    assert track.frames == (0, 40, 96)
    assert track.key(40).value == 1.2
    assert context.document.labels == ("Change zoom",)
    assert context.choice.keys == {KeyRef(hand.zoom, 40)}


def test_a_move_is_called_one(popup, hand, qtbot, context):
    made = popup(hand.zoom, 32)
    made.frame_box.setValue(40)
    qtbot.keyClick(made.value_box, Qt.Key.Key_Return)
    assert context.document.labels == ("Move key",)


def test_a_frame_that_is_taken_is_not_reached(popup, hand, qtbot, frames_of):
    made = popup(hand.zoom, 32)
    made.frame_box.setValue(96)
    qtbot.keyClick(made.value_box, Qt.Key.Key_Return)
    assert frames_of(hand.zoom) == (0, 95, 96)


def test_escape_leaves_the_key(popup, hand, qtbot, context):
    made = popup(hand.zoom, 32)
    made.value_box.setValue(1.5)
    qtbot.keyClick(made.value_box, Qt.Key.Key_Escape)
    assert context.document.labels == ()


def test_what_is_unchanged_is_no_edit(popup, hand, qtbot, context):
    qtbot.keyClick(popup(hand.rotate, 64).value_box, Qt.Key.Key_Return)
    assert context.document.labels == ()


def wheel(widget):
    middle = QPointF(widget.rect().center())
    none, plain, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    there = widget.mapToGlobal(middle)
    QApplication.sendEvent(widget, QWheelEvent(middle, there, QPoint(), QPoint(0, 120), none, plain, phase, False))


def test_the_wheel_turns_only_the_number_that_has_the_focus(popup, hand, qtbot):
    made = popup(hand.zoom, 32)
    made.activateWindow()
    made.frame_box.setFocus()
    qtbot.waitUntil(made.frame_box.hasFocus)
    before = made.value_box.value()
    wheel(made.value_box)
    assert made.value_box.value() == before
    assert made.frame_box.hasFocus()
    wheel(made.frame_box)
    assert made.frame_box.value() == 33
