"""Box selection."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from studio.timeline.model import KeyRef


@pytest.fixture
def corner(hand, editor):
    """A point of a lane where there is nothing."""

    def corner(ref, frame, inside=3):
        return QPoint(round(editor.scale.x(frame)), round(editor.stage.top(ref)) + inside)

    return corner


def test_a_box_selects_the_keys_in_it(hand, context, corner, editor):
    hand.press(corner(hand.zoom, 20))
    hand.move(corner(hand.rotate, 90, 44))
    assert editor.stage.overlay.box is not None
    assert editor.stage.overlay.tip == "2 keys"
    hand.release()
    assert context.choice.keys == {KeyRef(hand.zoom, 32), KeyRef(hand.rotate, 64)}
    assert editor.stage.overlay.box is None


def test_a_box_works_in_any_direction(hand, context, corner):
    hand.drag(corner(hand.rotate, 90, 44), corner(hand.zoom, 20))
    assert context.choice.keys == {KeyRef(hand.zoom, 32), KeyRef(hand.rotate, 64)}


def test_lanes_that_the_box_does_not_touch_are_left_out(hand, context, corner):
    hand.drag(corner(hand.zoom, 20), corner(hand.zoom, 97, 40))
    assert context.choice.keys == {KeyRef(hand.zoom, 32), KeyRef(hand.zoom, 96)}


def test_shift_extends_and_ctrl_toggles(hand, context, corner):
    context.choice.select([KeyRef(hand.prompts, 0), KeyRef(hand.zoom, 32)])
    hand.drag(corner(hand.zoom, 20), corner(hand.rotate, 90, 44), hand.shift)
    assert context.choice.keys == {KeyRef(hand.prompts, 0), KeyRef(hand.zoom, 32), KeyRef(hand.rotate, 64)}
    hand.drag(corner(hand.zoom, 20), corner(hand.rotate, 50, 44), hand.ctrl)
    assert context.choice.keys == {KeyRef(hand.prompts, 0), KeyRef(hand.rotate, 64)}


def test_a_click_where_there_is_nothing_clears(hand, context, corner, editor):
    context.choice.select([KeyRef(hand.prompts, 0)])
    hand.click(corner(hand.rotate, 20), hand.shift)
    assert context.choice.keys
    hand.click(corner(hand.rotate, 20))
    assert not context.choice.keys
    assert editor.stage.current == hand.rotate


def test_escape_selects_what_was_selected(hand, context, corner):
    context.choice.select([KeyRef(hand.prompts, 0)])
    hand.press(corner(hand.zoom, 20))
    hand.move(corner(hand.rotate, 90, 44))
    hand.escape()
    assert context.choice.keys == {KeyRef(hand.prompts, 0)}


def test_a_box_between_two_frames_holds_none(hand, context, corner, editor):
    editor.scale.zoom(20, editor.scale.x(32))
    hand.drag(corner(hand.zoom, 32.2), corner(hand.rotate, 32.8, 44))
    assert not context.choice.keys
