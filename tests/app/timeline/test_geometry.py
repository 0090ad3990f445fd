"""What lies where, and under the pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.app.timeline.geometry import (
    BAND,
    CURVE_MARGIN,
    HEIGHTS,
    LABELS,
    Heights,
    Part,
    covering,
    hit,
    lay_out,
    nearest,
    seen,
)
from studio.app.timeline.scale import Scale
from studio.timeline.model import KeyRef, Marker, ParameterTrack, TrackRef
from studio.timeline.time import FrameRange
from studio.timeline.track import Keyframe, Track

PROMPTS, ZOOM = TrackRef("prompt", "Prompt"), TrackRef("parameter", "zoom")


@pytest.fixture
def timeline(project):
    return project.timeline


@pytest.fixture
def scale(qapp, timeline):
    made = Scale()
    made.resize(1000, timeline.length)
    made.fit()
    return made


@pytest.fixture
def at(timeline, scale):
    def at(frame, ref, inside=24.0, timeline=timeline, scrolled=0.0):
        layout = lay_out(timeline)
        row = layout.of(ref)
        return hit(timeline, layout, scale, scale.x(frame), layout.ruler + row.top + inside - scrolled, scrolled)

    return at


def test_rows_follow_each_other(timeline):
    layout = lay_out(timeline)
    assert [row.ref and row.ref.name for row in layout.rows] == [None, "Prompt", "zoom", "rotate"]
    assert all(a.bottom == b.top for a, b in zip(layout.rows, layout.rows[1:], strict=False))
    assert layout.height == layout.rows[-1].bottom
    assert layout.at(layout.rows[2].top).ref == ZOOM
    assert layout.at(layout.height) is None
    assert layout.at(-1) is None


def test_markers_take_a_band_only_where_there_are_some(timeline):
    marked = replace(timeline, markers=(Marker(3, "a"),))
    assert lay_out(marked).ruler - lay_out(timeline).ruler == BAND


def test_a_key_is_hit_near_its_diamond_and_its_card_elsewhere(at):
    assert at(32, PROMPTS).part is Part.KEY
    assert at(32.5, PROMPTS).key == KeyRef(PROMPTS, 32)
    found = at(50, PROMPTS)
    assert (found.part, found.key, found.frame) == (Part.CARD, KeyRef(PROMPTS, 32), 50)
    assert at(96.9, PROMPTS).key == KeyRef(PROMPTS, 64)


def test_between_cards_above_and_below_there_is_the_lane(at):
    assert at(50, PROMPTS, inside=2).part is Part.LANE
    assert at(50, PROMPTS, inside=46).part is Part.LANE


def test_before_the_first_card_there_is_the_lane(at, timeline):
    later = replace(timeline, prompts=(replace(timeline.prompts[0], track=Track(timeline.prompts[0].track.keys[1:])),))
    assert at(10, PROMPTS, timeline=later).part is Part.LANE


def test_a_parameter_key_is_hit_where_it_is_drawn(at, timeline):
    high = Heights.of(timeline.parameter("zoom")).y(1.04)
    assert at(32, ZOOM, inside=high).key == KeyRef(ZOOM, 32)
    assert at(32, ZOOM, inside=HEIGHTS["parameter"] - 4).part is Part.LANE


def test_scrolled_rows_are_hit_where_they_are(at, timeline):
    low = Heights.of(timeline.parameter("zoom")).y(1.0)
    assert at(0, ZOOM, inside=low, scrolled=40).key == KeyRef(ZOOM, 0)


def test_curves_fill_their_row_from_the_greatest_to_the_least(timeline):
    heights = Heights.of(timeline.parameter("zoom"))
    assert heights.y(1.04) == CURVE_MARGIN
    assert heights.y(1.0) == HEIGHTS["parameter"] - CURVE_MARGIN
    level = Heights.of(ParameterTrack("x", Track((Keyframe(0, 5.0), Keyframe(9, 5.0)))))
    assert level.y(5.0) == HEIGHTS["parameter"] / 2


def test_the_ruler_has_numbers_markers_and_handles(timeline, scale):
    timeline = replace(timeline, markers=(Marker(10, "wind"), Marker(12, "")), range=FrameRange(20, 40))
    layout = lay_out(timeline)

    def there(frame, y):
        return hit(timeline, layout, scale, scale.x(frame), y)

    assert there(10, 5).part is Part.RULER
    assert (there(10, LABELS + 4).part, there(10, LABELS + 4).frame) == (Part.MARKER, 10)
    assert there(12.2, LABELS + 4).frame == 12
    assert there(30, LABELS + 4).part is Part.RULER
    bar = layout.ruler - 4
    assert there(20, bar).part is Part.IN
    assert there(40, bar).part is Part.OUT
    assert there(30, bar).part is Part.RULER


def test_without_a_range_its_handles_are_at_the_ends(timeline, scale):
    layout = lay_out(timeline)
    assert hit(timeline, layout, scale, scale.x(0), layout.ruler - 4).part is Part.IN
    assert hit(timeline, layout, scale, scale.x(timeline.length), layout.ruler - 4).part is Part.OUT


def test_the_strip_and_what_is_below_all_rows(timeline, scale):
    layout = lay_out(timeline)
    assert hit(timeline, layout, scale, 100, layout.ruler + 5).part is Part.STRIP
    assert hit(timeline, layout, scale, 100, layout.ruler + layout.height + 5).part is Part.EMPTY


def test_the_nearest_of_two_keys_is_taken(scale):
    track = Track((Keyframe(10, 0.0), Keyframe(11, 1.0)))
    assert nearest(track, scale, scale.x(10.4)) == 10
    assert nearest(track, scale, scale.x(10.6)) == 11
    assert nearest(track, scale, scale.x(20)) is None
    assert nearest(Track(), scale, 100) is None


def test_covering():
    track = Track((Keyframe(10, 0.0), Keyframe(20, 1.0)))
    assert [covering(track, place) for place in (9.9, 10, 19.9, 20, 99)] == [None, 10, 10, 20, 20]


def test_only_keys_that_show_are_seen_and_their_neighbours():
    track = Track(tuple(Keyframe(frame, 0.0) for frame in range(0, 100, 10)))
    assert list(seen(track, 35, 52)) == [3, 4, 5, 6]
    assert list(seen(track, -5, 500)) == list(range(10))
    assert list(seen(Track(), 0, 10)) == []
