from __future__ import annotations

import pytest

from studio.app.timeline.curve_geometry import Axis, Curve, Knot, curve_of, fitted
from studio.project.model import Project
from studio.timeline.easing import Ease
from studio.timeline.model import TrackRef

REF = TrackRef("parameter", "zoom")
CURVE = Curve(REF, (Knot(0, 1.0, Ease.BOTH), Knot(10, 3.0, Ease.LINEAR), Knot(20, 3.0, Ease.LINEAR)))


def test_handles_lie_where_the_bezier_has_them() -> None:
    first, second = [each for each in CURVE.handles([0, 10]) if each.frame == 0]
    assert (first.x, first.y, first.second) == pytest.approx((4.2, 1.0, False))
    assert (second.x, second.y, second.second) == pytest.approx((5.8, 3.0, True))
    assert not list(CURVE.handles([]))


def test_moving_a_handle_bends_its_segment_alone() -> None:
    first = next(CURVE.handles([0]))
    ease = CURVE.moved(first, 8, 2.5)
    assert (ease.x1, ease.y1, ease.x2, ease.y2) == pytest.approx((0.8, 0.75, 0.58, 1.0))
    assert CURVE.moved(first, 99, 1).x1 == 1
    assert CURVE.moved(first, -99, 1).x1 == 0


def test_a_straight_segment_bends_from_its_thirds_and_a_flat_one_only_in_time() -> None:
    handle = next(each for each in CURVE.handles([10]) if each.frame == 10)
    assert (handle.x, handle.y) == pytest.approx((10 + 10 / 3, 3.0))
    ease = CURVE.moved(handle, 15, 100)
    assert (ease.x1, ease.y1) == pytest.approx((0.5, 1 / 3))


def test_the_axis_turns_values_into_pixels_and_back() -> None:
    axis = Axis(0, 10, 200)
    assert axis.y(10) == 0
    assert axis.value(axis.y(3.3)) == pytest.approx(3.3)
    closer = axis.zoomed(2, axis.y(5))
    assert (closer.low, closer.high) == pytest.approx((2.5, 7.5))
    assert axis.ticks() == pytest.approx((0, 2, 4, 6, 8, 10))


@pytest.mark.parametrize("span", [1e-3, 0.7, 13, 4e4])
def test_there_are_always_some_ticks(span: float) -> None:
    assert 3 <= len(Axis(-span / 3, span, 100).ticks()) <= 8


def test_everything_fits_even_an_overshoot() -> None:
    axis = fitted(Curve(REF, (Knot(0, 0.0, Ease.OVERSHOOT), Knot(10, 1.0, Ease.LINEAR))), 100)
    assert axis.high > 1.1
    flat = fitted(Curve(REF, (Knot(0, 5.0, Ease.LINEAR),)), 100)
    assert flat.low < 5 < flat.high


def test_a_prompt_track_goes_up_and_down(project: Project) -> None:
    curve = curve_of(project.timeline, TrackRef("prompt", "Prompt"))
    assert [knot.value for knot in curve.knots] == [0, 1, 0]
    assert not curve.values
