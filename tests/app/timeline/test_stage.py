"""What the parts of the timeline share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.app.timeline.geometry import BAND, Part
from studio.timeline.edits import add_marker, add_parameter_track, remove_track, set_length
from studio.timeline.model import KeyRef, Marker, TrackRef
from studio.timeline.snapping import targets

PROMPTS, ZOOM = TrackRef("prompt", "Prompt"), TrackRef("parameter", "zoom")


@pytest.fixture
def stage(editor):
    return editor.stage


def test_rows_follow_the_document(stage, context, qtbot):
    with qtbot.waitSignal(stage.rows_changed, timeout=100):
        context.document.edit(add_parameter_track("pan_x"))
    assert stage.layout.of(TrackRef("parameter", "pan_x")) is not None
    context.document.undo()
    assert stage.layout.of(TrackRef("parameter", "pan_x")) is None


def test_the_scale_follows_the_length(stage, context):
    context.document.edit(set_length(500))
    assert stage.scale.length == 500


def test_rows_scroll_as_far_as_there_are_some(stage, editor):
    editor.resize(1000, 180)
    assert stage.most > 0
    stage.scroll_to(1e6)
    assert stage.scrolled == stage.most
    stage.scroll_to(-5)
    assert stage.scrolled == 0
    editor.resize(1000, 800)
    assert stage.most == 0


def test_a_row_is_revealed(stage, editor):
    editor.resize(1000, 180)
    rotate = TrackRef("parameter", "rotate")
    stage.reveal_row(rotate)
    assert stage.top(rotate) + 48 == pytest.approx(stage.layout.ruler + stage.room)
    stage.reveal_row(PROMPTS)
    assert stage.top(PROMPTS) == pytest.approx(stage.layout.ruler)


def test_the_markers_band_takes_its_room_from_the_rows(stage, context):
    room = stage.room
    context.document.edit(add_marker(Marker(5, "x")))
    assert stage.room == room - BAND


def test_the_current_track_is_forgotten_with_it(stage, context):
    stage.set_current(ZOOM)
    context.document.edit(remove_track(ZOOM))
    assert stage.current is None
    context.document.undo()
    assert stage.current == ZOOM


def test_a_selection_in_one_track_makes_it_current(stage, context):
    context.choice.select([KeyRef(ZOOM, 0), KeyRef(ZOOM, 32)])
    assert stage.current == ZOOM
    context.choice.select([KeyRef(PROMPTS, 0), KeyRef(ZOOM, 32)])
    assert stage.current == ZOOM


def test_snapping_reaches_as_far_on_screen_at_any_zoom(stage, context):
    context.settings.set("snap", True)
    attracting = targets(stage.timeline)
    stage.scale.fit()
    assert stage.snapped(stage.timeline, [0], 33, attracting).offset == 32
    stage.scale.zoom(50, 0)
    assert stage.snapped(stage.timeline, [0], 33, attracting).offset == 33
    stage.scale.fit()
    assert stage.snapped(stage.timeline, [0], 33, attracting, inverse=True).offset == 33


def test_another_project_is_shown_from_its_beginning(stage, context, tmp_path):
    stage.scale.zoom(5, 0)
    stage.scale.scroll(500)
    stage.set_current(ZOOM)
    project = context.document.project
    other = replace(project, timeline=replace(project.timeline, length=300))
    context.document.open(other, None, tmp_path)
    assert stage.scale.frame_width == stage.scale.least
    assert stage.scale.length == 300
    assert stage.current is None


def test_hints_are_said_once(stage, qtbot):
    said = []
    stage.hint.connect(said.append)
    stage.say("Drag")
    stage.say("Drag")
    stage.say("")
    assert said == ["Drag", ""]


def test_hits_know_of_scrolling(stage, editor):
    editor.resize(1000, 180)
    before = stage.hit(stage.scale.x(50), stage.layout.ruler + 10).part
    stage.scroll_to(56)
    assert (before, stage.hit(stage.scale.x(50), stage.layout.ruler + 10).part) == (Part.STRIP, Part.CARD)
