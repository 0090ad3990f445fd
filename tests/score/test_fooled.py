"""The warning: the guide rises while the witness falls, by more than noise."""

from __future__ import annotations

import numpy as np
import pytest

from studio.score.fooled import FALL, RISE, WINDOW, fooled
from studio.score.standing import Floats


def line(*points: tuple[int, float], noise: float = 0.0, seed: int = 0) -> Floats:
    """A line through (frame, value), as one prompt's score."""
    frames, values = zip(*points, strict=True)
    made = np.interp(np.arange(frames[-1] + 1), frames, values)
    made = made + noise * np.random.default_rng(seed).normal(size=len(made))
    return made[:, None].astype(np.float32)


def found(guide: Floats, witness: Floats, asked: object = True) -> list[tuple[int, int]]:
    return [(span.start, span.stop) for span in fooled(guide, witness, np.full(guide.shape, asked, np.bool_))]


def test_a_guide_that_rises_while_the_witness_falls_is_fooled() -> None:
    guide = line((0, 0.8), (30, 0.8), (60, 1.2), (90, 1.2))
    witness = line((0, 0.8), (30, 0.8), (60, 0.3), (90, 0.3))
    [span] = fooled(guide, witness, np.ones(guide.shape, np.bool_))
    assert span.prompt == 0
    assert 20 <= span.start <= 32
    assert 58 <= span.stop <= 72
    assert span.rise == pytest.approx(0.4 * WINDOW / 30, abs=0.02)
    assert span.fall == pytest.approx(0.5 * WINDOW / 30, abs=0.02)


@pytest.mark.parametrize(
    ("guide", "witness"),
    [
        ((0.2, 1.0), (0.2, 0.9)),  # both rise: a good dream
        ((1.0, 0.2), (0.9, 0.2)),  # both fall: the prompt goes
        ((0.9, 0.9), (0.9, 0.2)),  # the witness alone falls
        ((0.2, 0.9), (0.5, 0.5)),  # the guide alone rises
        ((0.9, 0.2), (0.2, 0.9)),  # the other way round
    ],
)
def test_nothing_else_is_a_warning(guide: tuple[float, float], witness: tuple[float, float]) -> None:
    assert found(*(line((0, first), (60, last)) for first, last in (guide, witness))) == []


def test_less_than_the_thresholds_is_no_warning() -> None:
    steps = 60 / WINDOW
    less = line((0, 0.5), (60, 0.5 + 0.9 * RISE * steps)), line((0, 0.5), (60, 0.5 - 2 * FALL * steps))
    more = line((0, 0.5), (60, 0.5 + 1.2 * RISE * steps)), less[1]
    assert found(*less) == []
    assert found(*more)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_trend(seed: int) -> None:
    assert (
        found(line((0, 0.8), (200, 0.8), noise=0.08, seed=seed), line((0, 0.8), (200, 0.8), noise=0.08, seed=99 - seed))
        == []
    )


def test_a_trend_in_noise_is_found_still() -> None:
    guide = line((0, 0.4), (60, 1.4), noise=0.03, seed=1)
    assert found(guide, line((0, 1.4), (60, 0.4), noise=0.03, seed=2))


def test_a_prompt_that_is_not_asked_for_is_no_matter() -> None:
    rising, falling = line((0, 0.0), (60, 1.0)), line((0, 1.0), (60, 0.0))
    assert found(rising, falling)
    assert found(rising, falling, asked=False) == []


def test_nothing_is_said_across_a_gap() -> None:
    guide, witness = line((0, 0.5), (20, 0.5)), line((0, 0.9), (20, 0.9))
    guide[10:] += 0.5
    witness[10:] -= 0.5
    assert found(guide, witness)
    guide[10] = np.nan
    assert found(guide, witness) == []


def test_prompts_are_told_apart_and_in_order() -> None:
    still = line((0, 0.5), (90, 0.5))
    late = line((0, 0.5), (60, 0.5), (90, 1.0)), line((0, 0.9), (60, 0.9), (90, 0.2))
    early = line((0, 0.5), (30, 1.0), (90, 1.0)), line((0, 0.9), (30, 0.2), (90, 0.2))
    guide, witness = (np.concatenate([late[side], still, early[side]], 1) for side in (0, 1))
    spans = fooled(guide, witness, np.ones(guide.shape, np.bool_))
    assert [span.prompt for span in spans] == [2, 0]


def test_fewer_frames_than_a_window_say_nothing() -> None:
    assert found(line((0, 0.0), (WINDOW - 1, 1.0)), line((0, 1.0), (WINDOW - 1, 0.0))) == []
    assert fooled(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32), np.zeros((0, 2), np.bool_)) == ()
