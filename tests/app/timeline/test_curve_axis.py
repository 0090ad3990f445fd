from __future__ import annotations

from itertools import pairwise

import pytest

from studio.app.timeline.curve_axis import Axis, fit, nudge, round_step
from studio.timeline.parameters import PARAMETERS


def test_values_become_pixels_and_back() -> None:
    axis = Axis(0, 10, 200)
    assert axis.y(10) == 0
    assert axis.y(0) == 200
    assert axis.value(axis.y(3.3)) == pytest.approx(3.3)
    assert axis.value(300) == pytest.approx(-5)


def test_zooming_keeps_what_is_under_the_pointer_and_ends_somewhere() -> None:
    closer = Axis(0, 10, 200).zoomed(2, 50)
    assert closer.value(50) == pytest.approx(7.5)
    assert closer.span == pytest.approx(5)
    for factor in (1e9, 1e-12):
        far = Axis(0, 10, 200)
        for _ in range(10):
            far = far.zoomed(factor, 100)
        assert far.y(far.value(60)) == pytest.approx(60, abs=0.5)


def test_moving_follows_the_hand() -> None:
    moved = Axis(0, 10, 200).moved(20)
    assert (moved.low, moved.high) == pytest.approx((1, 11))
    assert moved.y(5) == pytest.approx(Axis(0, 10, 200).y(5) + 20)


@pytest.mark.parametrize("span", [1e-3, 0.7, 13, 4e4])
@pytest.mark.parametrize("height", [96, 400])
def test_lines_are_round_and_can_be_read(span: float, height: float) -> None:
    axis = Axis(-span / 3, span * 2 / 3, height)
    lines = axis.lines()
    assert 1 <= len(lines) <= height / 30
    assert all(axis.low <= each <= axis.high for each in lines)
    apart = {round((b - a) / span, 9) for a, b in pairwise(lines)}
    assert len(apart) <= 1
    assert all(abs(float(f"{each:.6g}") - each) < 1e-12 for each in lines)


def test_dragged_values_have_few_digits() -> None:
    axis = Axis(0.99, 1.05, 200)
    assert axis.rounded(1.0334567) == 1.0335
    assert Axis(0, 5000, 200).rounded(1234.4) == 1230
    assert 0 < axis.resolution <= axis.span / axis.height


def test_steps_are_one_two_or_five() -> None:
    assert [round_step(each) for each in (1, 1.1, 3, 6, 0.03)] == pytest.approx([1, 2, 5, 10, 0.05])


def test_everything_fits_with_a_margin() -> None:
    axis = fit([0, 1, 1.56], None, 100)
    assert axis.low < -0.1
    assert axis.high > 1.6
    assert axis.height == 100


@pytest.mark.parametrize(("values", "name"), [([1.0], "zoom"), ([], "zoom"), ([5.0, 5.0], None), ([], None)])
def test_equal_values_lie_in_the_middle(values: list[float], name: str | None) -> None:
    axis = fit(values, None if name is None else PARAMETERS[name])
    middle = values[0] if values else (1.0 if name else 0.0)
    assert (axis.low + axis.high) / 2 == pytest.approx(middle)
    assert axis.span > 0.05


def test_a_nudge_suits_the_parameter() -> None:
    assert nudge(PARAMETERS["zoom"], 1.0) == pytest.approx(0.01)
    assert nudge(PARAMETERS["rotate"], 0) == pytest.approx(1)
    assert nudge(PARAMETERS["steps"], 10) == 1
    assert nudge(None, 300) == pytest.approx(10)
