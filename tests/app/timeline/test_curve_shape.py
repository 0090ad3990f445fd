from __future__ import annotations

import math
from dataclasses import replace

import pytest

from studio.app.timeline.curve_shape import STUB, Curve, Handle, Segment, curve_of, grip
from studio.project.model import Project
from studio.timeline.easing import Ease
from studio.timeline.model import ParameterTrack, Timeline, TrackRef
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track

ZOOM = TrackRef("parameter", "zoom")


def made(*keys: Keyframe[float], loop: bool = False, length: int = 40) -> Curve:
    return curve_of(Timeline(FrameRate(24), length, (), (ParameterTrack("zoom", Track(keys)),), loop=loop), ZOOM)


CURVE = made(Keyframe(0, 1.0, Ease.BOTH), Keyframe(10, 3.0), Keyframe(20, 3.0, Ease.HOLD), Keyframe(30, 0.0))


def test_handles_lie_where_the_bezier_has_them() -> None:
    first, second = CURVE.handles({0})
    assert (first.frame, first.end, second.frame, second.end) == (0, 1, 0, 2)
    assert first.place == pytest.approx((4.2, 1.0))
    assert second.place == pytest.approx((5.8, 3.0))
    assert (first.anchor, second.anchor) == ((0, 1.0), (10, 3.0))


def test_the_eases_on_both_sides_of_a_key_have_handles_and_a_hold_has_none() -> None:
    assert [(each.frame, each.end) for each in CURVE.handles({10})] == [(0, 1), (0, 2), (10, 1), (10, 2)]
    assert [each.frame for each in CURVE.handles({20})] == [10, 10]
    assert CURVE.handles({30}) == ()
    assert CURVE.handles(set()) == ()


def test_a_dragged_handle_bends_its_segment_and_time_never_runs_back() -> None:
    part = CURVE.segments[0]
    assert part.eased(1, 8, 2.5) == Ease.bezier(0.8, 0.75, 0.58, 1)
    assert part.eased(2, 8, 2.5) == Ease.bezier(0.42, 0, 0.8, 0.75)
    assert part.eased(1, 99, 1).x1 == 1
    assert part.eased(2, -99, 1).x2 == 0
    assert part.eased(1, 5, 1e9).y1 == 1000


def test_a_straight_segment_bends_from_its_thirds_and_a_flat_one_only_in_time() -> None:
    part = CURVE.segments[1]
    assert part.flat
    assert CURVE.handles({20})[0].place == pytest.approx((10 + 10 / 3, 3.0))
    ease = part.eased(1, 15, 100)
    assert (ease.x1, ease.y1, ease.x2) == pytest.approx((0.5, 1 / 3, 2 / 3))


def test_a_loop_leads_round_to_the_first_key() -> None:
    curve = made(Keyframe(4, 1.0, Ease.BOTH), Keyframe(30, 2.0, Ease.BOTH), loop=True)
    round_again = curve.segments[-1]
    assert (round_again.start, round_again.stop, round_again.low, round_again.high) == (30, 44, 2.0, 1.0)
    last = curve.handles({30})[-1]
    assert (last.end, last.shift, last.anchor) == (2, 0, (44, 1.0)), "before the beginning it could not be taken"
    late = made(Keyframe(20, 1.0), Keyframe(30, 2.0, Ease.BOTH), loop=True).handles({20})[-1]
    assert (late.end, late.shift, late.anchor) == (2, -40, (20, 1.0))
    assert {each.frame for each in curve.handles({4})} == {4, 30}
    assert len(made(Keyframe(4, 1.0), Keyframe(50, 2.0), loop=True).segments) == 1
    assert made(Keyframe(4, 1.0), loop=True).segments == ()


def test_prompts_go_from_one_to_the_next(project: Project) -> None:
    curve = curve_of(project.timeline, TrackRef("prompt", "Prompt"))
    assert not curve.values
    assert [(knot.frame, knot.value) for knot in curve.knots] == [(0, 0.0), (32, 0.0), (64, 0.0)]
    assert [(part.start, part.stop, part.low, part.high) for part in curve.segments] == [(0, 32, 0, 1), (32, 64, 0, 1)]
    looped = curve_of(replace(project.timeline, loop=True), curve.ref)
    assert (looped.segments[-1].start, looped.segments[-1].stop) == (64, 97)


def test_what_must_be_seen_includes_an_overshoot_but_no_wild_handle() -> None:
    over = made(Keyframe(0, 0.0, Ease.OVERSHOOT), Keyframe(10, 1.0))
    assert max(over.reach()) == pytest.approx(1.56)
    wild = made(Keyframe(0, 0.0, Ease.bezier(0.5, -400, 0.5, 400)), Keyframe(10, 1.0))
    assert (min(wild.reach()), max(wild.reach())) == (-1, 2)


def test_a_handle_on_its_key_can_be_told_from_it() -> None:
    part = Segment(ZOOM, 0, 10, 0.0, 1.0, Ease.OUT)
    handle = Handle(part, 1)
    assert handle.place == handle.anchor
    assert handle.aims == (pytest.approx((5.8, 1.0)), (10, 1.0))
    assert Handle(part, 2).aims == ((0, 0.0), (0, 0.0))
    at = grip((100, 100), (100, 100), [(158, 0)])
    assert math.dist((100, 100), at) == pytest.approx(STUB)
    assert at[0] > 100 > at[1]
    assert grip((100, 100), (150, 60), [(0, 0)]) == (150, 60)
    assert grip((100, 100), (100, 100), [(100, 100), (60, 100)]) == (100 - STUB, 100)
    assert grip((100, 100), (100, 100), []) == (100 + STUB, 100)
