from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline.easing import Ease, UnsplittableError, join

PRESETS = {
    "hold": Ease.HOLD,
    "linear": Ease.LINEAR,
    "in": Ease.IN,
    "out": Ease.OUT,
    "both": Ease.BOTH,
    "overshoot": Ease.OVERSHOOT,
}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_go_by_their_names(name):
    assert PRESETS[name].name == name
    assert Ease.parse(f" {name.upper()} ") == PRESETS[name]
    assert PRESETS[name].at(0) == 0
    assert PRESETS[name].at(1) == 1
    assert PRESETS[name].at(-5) == 0
    assert PRESETS[name].at(5) == 1


def test_known_levels():
    # CSS ease-in-out and ease-in at a half and a quarter, solved by hand: x(s) = t, then y(s).
    assert Ease.BOTH.at(0.5) == pytest.approx(0.5, abs=1e-12)
    assert Ease.IN.at(0.5) == pytest.approx(0.3153568, abs=1e-6)
    assert Ease.OUT.at(0.5) == pytest.approx(1 - 0.3153568, abs=1e-6)
    assert Ease.LINEAR.at(0.3) == 0.3
    assert Ease.HOLD.at(0.999999) == 0
    assert max(Ease.OVERSHOOT.at(k / 100) for k in range(101)) == pytest.approx(1.1, abs=0.01)


def test_straight_curves_are_linear_wherever_their_handles_are():
    ease = Ease(0.3, 0.3, 0.9, 0.9)
    assert ease.linear
    assert ease.at(0.123) == 0.123
    assert not Ease.HOLD.linear
    assert not Ease.IN.linear


def test_a_custom_curve_has_a_name_that_reads_back():
    ease = Ease.bezier(0.1, -0.5, 1 / 3, 1.25e-7)
    assert Ease.parse(ease.name) == ease
    assert Ease.parse("cubic-bezier( .1, -0.5 , 1, 2 )") == Ease(0.1, -0.5, 1, 2)


@pytest.mark.parametrize(
    "bad", ["", "bounce", "bezier(1,2,3)", "bezier(2,0,1,1)", "bezier(0,nan,1,1)", "bezier(0,1e999,1,1)"]
)
def test_names_that_are_none_are_refused(bad):
    with pytest.raises(InputError) as caught:
        Ease.parse(bad)
    assert caught.value.fix


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e6])
def test_handles_are_finite_and_in_range(place, bad):
    handles = [0.0, 0.0, 1.0, 1.0]
    handles[place] = bad
    with pytest.raises(InputError, match="handle"):
        Ease(*handles)


def test_time_must_not_run_back():
    for x1, x2 in ((-0.1, 1), (0, 1.1)):
        with pytest.raises(InputError, match="between 0 and 1"):
            Ease(x1, 0, x2, 1)


def test_a_hold_is_a_hold_whatever_its_handles():
    assert Ease(9, 9, 9, 9, hold=True) == Ease.HOLD
    assert Ease.HOLD.split(0.3) == (Ease.HOLD, Ease.HOLD)
    assert Ease.HOLD.reversed() == Ease.HOLD


def test_nan_has_no_level():
    with pytest.raises(ValueError, match="NaN"):
        Ease.IN.at(math.nan)


@pytest.mark.parametrize("ease", [Ease.IN, Ease.OUT, Ease.BOTH, Ease.OVERSHOOT, Ease(0.9, -1, 0.95, 3)])
@pytest.mark.parametrize("cut", [0.1, 0.3, 0.77])
def test_two_halves_draw_the_whole(ease, cut):
    first, second = ease.split(cut)
    middle = ease.at(cut)
    for k in range(101):
        t = k / 100
        drawn = middle * first.at(t / cut) if t <= cut else middle + (1 - middle) * second.at((t - cut) / (1 - cut))
        assert drawn == pytest.approx(ease.at(t), abs=1e-9)


def test_linear_splits_into_linear():
    assert Ease.LINEAR.split(0.3) == (Ease.LINEAR, Ease.LINEAR)


def crossing(ease: Ease, low: float, high: float) -> float:
    """Where the curve passes 1, between a time below and a time above."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if ease.at(middle) < 1 else (low, middle)
    return low


def test_a_cut_where_the_overshoot_crosses_its_end_is_refused():
    with pytest.raises(UnsplittableError, match="bump"):
        Ease.OVERSHOOT.split(crossing(Ease.OVERSHOOT, 0.1, 0.7))


def test_a_cut_whose_handles_would_leave_the_square_is_refused():
    with pytest.raises(UnsplittableError, match=r"outside 0\.\.1"):
        Ease(1, 0, 0, 1).split(0.4375)


@pytest.mark.parametrize("bad", [0, 1, -1, math.nan])
def test_a_cut_at_an_end_is_a_mistake(bad):
    with pytest.raises(ValueError, match="strictly between"):
        Ease.IN.split(bad)


def test_a_part_needs_two_times_in_order():
    assert Ease.IN.part(0, 1) == Ease.IN
    with pytest.raises(ValueError, match="expected"):
        Ease.IN.part(0.6, 0.4)


def test_backwards():
    assert Ease.IN.reversed() == Ease.OUT
    assert Ease.BOTH.reversed() == Ease.BOTH
    back = Ease.OVERSHOOT.reversed()
    assert back.reversed() == Ease.OVERSHOOT
    for k in range(11):
        assert back.at(k / 10) == pytest.approx(1 - Ease.OVERSHOOT.at(1 - k / 10), abs=1e-9)


@pytest.mark.parametrize("ease", [Ease.IN, Ease.BOTH, Ease.OVERSHOOT, Ease.LINEAR, Ease.HOLD, Ease(0.2, -1, 0.9, 2)])
def test_joining_halves_gives_the_whole(ease):
    assert join(*ease.split(0.2), 0.2, ease.at(0.2)) == ease


def test_joining_others_keeps_the_outer_handles():
    assert join(Ease.IN, Ease.OUT, 0.5, 0.5) == Ease.BOTH
    assert join(Ease.IN, Ease.IN, 0.5) == Ease.IN
    assert join(Ease.LINEAR, Ease.OUT, 0.5) == Ease.OUT
    assert join(Ease.HOLD, Ease.OUT, 0.5, 0.0) == Ease.HOLD
    assert join(Ease.OUT, Ease.HOLD, 0.5, 0.5) == Ease.OUT


def test_eases_that_only_look_like_halves_are_not_taken_for_them():
    first, second = Ease(0.2, 0.1, 0.8, 0.9), Ease(0.3, 0.1, 0.6, 0.9)
    assert join(first, second, 0.3, 0.4) == Ease(0.2, 0.1, 0.6, 0.9)
    # True halves, but with the key's value changed since the cut.
    assert join(*Ease.BOTH.split(0.3), 0.3, 0.9) != Ease.BOTH


def test_joining_where_nothing_fits_still_gives_an_ease():
    assert join(Ease(0, 5, 1, 5), Ease(0, 1, 1, 1), 0.5, 0.5) == Ease(0, 5, 1, 1)
    assert join(Ease(0.5, 900, 0.5, 900), Ease(0.5, 900, 0.5, 900), 0.5, 900.0) == Ease(0.5, 900, 0.5, 900)
    assert join(Ease(0.1, 0, 0, 1), Ease(0, 0, 0.5, 1), 0.5, 0.5) == Ease(0.1, 0, 0.5, 1)
