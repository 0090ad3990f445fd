from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import InputError
from studio.dream.ladder import Stage
from studio.dream.settings import DreamSettings


@settings(deadline=None)
@given(steps=st.integers(2, 300))
def test_the_rate_falls_steadily_from_all_to_a_fifth(steps: int) -> None:
    rates = [DreamSettings(steps=steps).decay(step) for step in range(steps)]
    assert rates[0] == 1
    assert rates[-1] == pytest.approx(0.2)
    assert all(later < earlier for earlier, later in pairwise(rates))


def test_the_rate_is_half_way_down_at_half_time() -> None:
    assert DreamSettings(steps=101).decay(50) == pytest.approx(0.6)


def test_a_single_step_goes_at_the_full_rate() -> None:
    assert DreamSettings(steps=1).decay(0) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", -1),
        ("step_size", -0.1),
        ("step_size", float("nan")),
        ("step_size", float("inf")),
        ("noise", -1.0),
        ("noise", float("nan")),
        ("average", 1.0),
        ("average", -0.1),
        ("average", float("nan")),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(InputError) as caught:
        DreamSettings(**{name: value})
    assert name in caught.value.what
    assert name in caught.value.fix


def test_a_crooked_ladder_is_refused() -> None:
    with pytest.raises(InputError, match="full size"):
        DreamSettings(ladder=(Stage(1, 0.5),))
