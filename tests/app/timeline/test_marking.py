"""Dragging the ends of the range, and markers."""

from __future__ import annotations

import pytest

from studio.timeline.edits import add_marker, set_range
from studio.timeline.model import Marker
from studio.timeline.time import FrameRange


def test_the_range_begins_where_its_handle_is_dragged(hand, context, editor):
    hand.press(hand.bar(0))
    hand.move(hand.bar(20))
    assert editor.stage.overlay.tip == "20 to 96 · 77 frames"
    hand.release()
    assert context.document.timeline.range == FrameRange(20, 97)
    hand.drag(hand.bar(97), hand.bar(50))
    assert context.document.timeline.range == FrameRange(20, 50)
    assert context.document.labels == ("Set range", "Set range")
    assert context.player.range == FrameRange(20, 50)


def test_a_range_of_everything_is_none(hand, context):
    context.document.edit(set_range(FrameRange(20, 97)))
    hand.drag(hand.bar(20), hand.bar(0))
    assert context.document.timeline.range is None


def test_a_range_keeps_a_frame(hand, context):
    context.document.edit(set_range(FrameRange(20, 40)))
    hand.drag(hand.bar(20), hand.bar(80))
    assert context.document.timeline.range == FrameRange(39, 40)
    hand.press(hand.bar(40))
    hand.move(hand.bar(0))
    assert context.document.timeline.range == FrameRange(39, 40)
    hand.release()


def test_escape_restores_the_range(hand, context):
    context.document.edit(set_range(FrameRange(20, 40)))
    hand.press(hand.bar(40))
    hand.move(hand.bar(60))
    assert context.document.timeline.range == FrameRange(20, 60)
    hand.escape()
    assert context.document.timeline.range == FrameRange(20, 40)


@pytest.fixture
def markers(context, editor):
    for frame in (10, 30):
        context.document.edit(add_marker(Marker(frame, f"at {frame}")))
    return lambda: [(marker.frame, marker.name) for marker in context.document.timeline.markers]


def test_a_marker_is_dragged_with_its_name(hand, context, markers, editor):
    hand.press(hand.band(10))
    hand.move(hand.band(22))
    assert editor.stage.overlay.tip == "at 10 → 22"
    hand.release()
    assert markers() == [(22, "at 10"), (30, "at 30")]
    assert context.document.labels[-1] == "Change marker"
    assert len(context.document.labels) == 3


def test_a_marker_stops_beside_another_and_at_the_ends(hand, markers, context):
    refused = []
    context.document.refused.connect(refused.append)
    hand.drag(hand.band(10), hand.band(30))
    assert markers() == [(29, "at 10"), (30, "at 30")]
    hand.press(hand.band(30))
    hand.move(hand.band(97) * 2)
    assert markers()[-1] == (96, "at 30")
    hand.escape()
    assert markers()[-1] == (30, "at 30")
    assert not refused


def test_a_click_on_a_marker_goes_there(hand, markers, context):
    hand.click(hand.band(30))
    assert context.player.frame == 30


def test_the_hints_say_what_shift_does_now(hand, editor, context):
    context.settings.set("snap", True)
    context.document.edit(add_marker(Marker(20, "wind")))
    said = []
    editor.hint.connect(said.append)
    hand.drag(hand.band(20), hand.band(25))
    assert "Drag to move the marker · Shift: no snapping · Esc to cancel" in said
    hand.drag(hand.bar(0), hand.bar(10))
    assert any("Shift: no snapping" in each for each in said if "rendering begin" in each)
