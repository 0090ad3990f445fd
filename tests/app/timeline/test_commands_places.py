"""What actions do to time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.timeline.edits import add_marker, set_range
from studio.timeline.model import Marker
from studio.timeline.time import FrameRange


def test_from_key_to_key(editor, context):
    seen = []
    for _ in range(4):
        editor.next_key()
        seen.append(context.player.frame)
    assert seen == [32, 64, 96, 96]
    editor.previous_key()
    assert context.player.frame == 64


def test_there_may_be_no_key_and_that_is_said(editor, context):
    said = []
    editor.hint.connect(said.append)
    editor.previous_key()
    assert said == ["No key before"]


def test_from_marker_to_marker(editor, context):
    for frame in (10, 30):
        context.document.edit(add_marker(Marker(frame, "")))
    editor.next_marker()
    editor.next_marker()
    assert context.player.frame == 30
    editor.next_marker()
    assert context.player.frame == 30
    editor.previous_marker()
    assert context.player.frame == 10


def test_a_marker_is_pinned_and_named(editor, context, qtbot):
    context.player.seek(25)
    editor.add_marker()
    qtbot.keyClicks(editor.lanes.line, "storm")
    qtbot.keyClick(editor.lanes.line, Qt.Key.Key_Return)
    assert context.document.timeline.markers == (Marker(25, "storm"),)
    editor.add_marker()
    assert editor.lanes.line.text() == "storm"
    editor.lanes.line.leave()
    assert len(context.document.timeline.markers) == 1


def test_the_range_begins_and_ends_at_the_playhead(editor, context):
    context.player.seek(20)
    editor.set_in()
    context.player.seek(40)
    editor.set_out()
    assert context.document.timeline.range == FrameRange(20, 41)
    context.player.seek(60)
    editor.set_in()
    assert context.document.timeline.range == FrameRange(60, 97)
    context.player.seek(10)
    editor.set_out()
    assert context.document.timeline.range == FrameRange(0, 11)
    editor.clear_range()
    assert context.document.timeline.range is None


def test_a_range_of_everything_is_none(editor, context):
    context.document.edit(set_range(FrameRange(10, 97)))
    context.player.seek(0)
    editor.set_in()
    assert context.document.timeline.range is None


def test_zooming_keeps_the_playhead_where_it_is(editor, context):
    context.player.seek(60)
    x = editor.scale.x(60)
    editor.zoom_in()
    assert editor.scale.x(60) == pytest.approx(x)
    assert editor.scale.frame_width > editor.scale.least
    editor.zoom_out()
    editor.zoom_out()
    assert editor.scale.frame_width == pytest.approx(editor.scale.least)


def test_fit_shows_everything(editor):
    editor.zoom_in()
    editor.zoom_in()
    editor.fit()
    assert editor.scale.visible == range(0, 97)
