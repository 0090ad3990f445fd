"""What all gestures have in common."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from studio.app.timeline.gesture import THRESHOLD, Gesture, Pointer


class Noted(Gesture):
    def __init__(self, stage, pointer):
        self.notes = []
        super().__init__(stage, pointer)

    def drag(self):
        self.notes.append("drag")

    def drop(self):
        self.notes.append("drop")

    def click(self):
        self.notes.append("click")

    def restore(self):
        self.notes.append("restore")


class Eager(Noted):
    threshold = 0


@pytest.fixture
def stage(editor):
    return editor.stage


def test_pointers_know_what_is_held():
    held = Qt.KeyboardModifier
    made = Pointer.of(QPointF(3, 4), held.ShiftModifier | held.ControlModifier)
    assert made == Pointer(3, 4, True, True)
    assert Pointer.of(QPointF(0, 0), held.NoModifier) == Pointer(0, 0)


def test_a_pointer_that_hardly_moves_clicks(stage):
    gesture = Noted(stage, Pointer(100, 100))
    gesture.move(Pointer(100 + THRESHOLD - 1, 100))
    gesture.release(Pointer(100, 100))
    assert gesture.notes == ["click"]


def test_a_pointer_that_moves_drags_even_when_it_comes_back(stage):
    gesture = Noted(stage, Pointer(100, 100))
    gesture.move(Pointer(100, 100 + THRESHOLD))
    gesture.move(Pointer(100, 100))
    gesture.release(Pointer(100, 100))
    assert gesture.notes == ["drag", "drag", "drop"]


def test_without_a_threshold_the_press_is_a_drag(stage):
    assert Eager(stage, Pointer(100, 100)).notes == ["drag"]


def test_escape_restores_and_clears_what_was_drawn(stage):
    gesture = Noted(stage, Pointer(100, 100))
    gesture.move(Pointer(200, 100))
    stage.overlay.tip = "x"
    gesture.escape()
    assert gesture.notes == ["drag", "restore"]
    assert stage.overlay.tip == ""


def test_the_offset_counts_what_was_scrolled(stage):
    stage.scale.zoom(5, 0)
    gesture = Noted(stage, Pointer(100, 100))
    stage.scale.scroll(stage.scale.frame_width * 4)
    gesture.move(Pointer(100, 120))
    assert gesture.offset == 4


def test_no_two_gestures_have_one_merge_key(stage):
    assert Noted(stage, Pointer(0, 0)).merge != Noted(stage, Pointer(0, 0)).merge
