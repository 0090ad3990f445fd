"""Which pictures a walk shows: holds, legs, eases, loops."""

from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.takes.course import Spot, Timing, eased, legs, place, spots
from studio.timeline.easing import Ease


def test_a_walk_holds_goes_and_ends_on_its_last_take():
    timing = Timing(frames=1, hold=2, ease=Ease.LINEAR)
    course = spots(2, timing, [eased(timing)])
    assert course == (Spot(0, 0), Spot(0, 0), Spot(0, 1, 0.5), Spot(1, 1), Spot(1, 1))


def test_a_loop_goes_on_to_its_first_take_and_stops_before_it():
    timing = Timing(frames=3, hold=1, ease=Ease.LINEAR, loop=True)
    course = spots(3, timing, [eased(timing)] * 3)
    assert legs(3, loop=True) == ((0, 1), (1, 2), (2, 0))
    assert len(course) == 3 * (1 + 3)
    assert course[0] == Spot(0, 0)
    assert course[-1] == Spot(2, 0, 0.75)


def test_eases_bend_and_overshoot_is_clamped():
    assert eased(Timing(frames=3, ease=Ease.LINEAR)) == (0.25, 0.5, 0.75)
    both = eased(Timing(frames=3))
    assert both[0] < 0.25
    assert both[2] > 0.75
    assert max(eased(Timing(frames=9, ease=Ease.OVERSHOOT))) == 1
    assert set(eased(Timing(frames=3, ease=Ease.HOLD))) == {0}
    assert eased(Timing(frames=0)) == ()


def test_at_its_ends_a_way_is_on_a_take():
    assert [place(3, 4, mix) for mix in (0, 0.5, 1)] == [Spot(3, 3), Spot(3, 4, 0.5), Spot(4, 4)]


@pytest.mark.parametrize("wrong", [{"frames": -1}, {"hold": 0}, {"frames": 10**9}])
def test_numbers_that_cannot_be(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Timing(**wrong)


def test_a_walk_that_is_too_long():
    timing = Timing(frames=60_000)
    with pytest.raises(InputError, match="too long"):
        spots(3, timing, [eased(timing)] * 2)
