from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import InputError
from studio.dream.ladder import Stage, check, plan

stages = st.lists(st.builds(Stage, st.floats(0.01, 10), st.floats(0.01, 1)), max_size=4).map(
    lambda lower: (*lower, Stage(1.0, 1.0))
)


@settings(deadline=None)
@given(ladder=stages, steps=st.integers(1, 200), width=st.integers(1, 600), height=st.integers(1, 600))
def test_rungs_cover_every_step_and_end_at_full_size(
    ladder: tuple[Stage, ...], steps: int, width: int, height: int
) -> None:
    check(ladder)
    rungs = plan(ladder, steps, (width, height))
    assert rungs[0].start == 0
    assert rungs[-1].stop == steps
    assert rungs[-1].size == (width, height)
    assert all(rung.start < rung.stop for rung in rungs)
    assert all(later.start == earlier.stop for earlier, later in pairwise(rungs))
    assert all(1 <= rung.size[0] <= width and 1 <= rung.size[1] <= height for rung in rungs)


def test_shares_and_scales_are_those_asked_for() -> None:
    rungs = plan((Stage(1, 0.25), Stage(1, 0.5), Stage(2, 1)), 100, (256, 128))
    assert [(rung.start, rung.stop, rung.size) for rung in rungs] == [
        (0, 25, (64, 32)),
        (25, 50, (128, 64)),
        (50, 100, (256, 128)),
    ]


def test_without_stages_there_is_one_rung() -> None:
    (rung,) = plan((), 5, (30, 20))
    assert (rung.start, rung.stop, rung.size) == (0, 5, (30, 20))


def test_without_steps_there_is_no_rung() -> None:
    assert plan((Stage(1, 0.5), Stage(1, 1)), 0, (30, 20)) == ()


def test_no_rung_is_smaller_than_eight_pixels_unless_the_picture_is() -> None:
    assert plan((Stage(1, 0.01), Stage(1, 1)), 10, (100, 5))[0].size == (8, 5)


@pytest.mark.parametrize(
    ("share", "scale"), [(0, 0.5), (-1, 0.5), (1, 0), (1, 1.5), (float("nan"), 1), (1, float("nan"))]
)
def test_a_stage_out_of_range_is_refused(share: float, scale: float) -> None:
    with pytest.raises(InputError, match="cannot have a stage") as caught:
        check([Stage(share, scale), Stage(1, 1)])
    assert "above 0" in caught.value.why


def test_a_ladder_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(InputError, match="full size") as caught:
        check([Stage(1, 1), Stage(1, 0.5)])
    assert "scale 1" in caught.value.fix
