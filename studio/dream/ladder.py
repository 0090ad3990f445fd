"""Coarse to fine: a dream begins on a small canvas, where shapes are cheap to find, and climbs to the full size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from studio.base.errors import InputError

_SMALLEST = 8  # pixels; below it there is nothing to find


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung as the artist sets it.

    Attributes:
        share: of the steps; shares count in proportion to their sum.
        scale: of the width and height, above 0 and at most 1.
    """

    share: float
    scale: float


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a planned dream: steps `start` to `stop` (half open, from 0) at `size` (width, height) in pixels."""

    start: int
    stop: int
    size: tuple[int, int]


def check(stages: Sequence[Stage]) -> None:
    """Raise InputError unless the stages make a ladder: shares and scales in range, and full size at the end."""
    for stage in stages:
        if not (math.isfinite(stage.share) and stage.share > 0 and 0 < stage.scale <= 1):
            raise InputError(
                f"A ladder cannot have a stage of {stage.share:g} of the steps at {stage.scale:g} of the size",
                "A share is above 0, and a scale above 0 and at most 1",
                "Correct the ladder, or leave it empty",
            )
    if stages and stages[-1].scale != 1:
        raise InputError("A ladder has to end at the full size", "", "Give its last stage the scale 1")


def plan(stages: Sequence[Stage], steps: int, size: tuple[int, int]) -> tuple[Rung, ...]:
    """The rungs of a dream of `steps` steps that ends at `size`. No rung is empty; the last is always of full size.

    Without stages there is one rung.
    """
    stages = stages or (Stage(1.0, 1.0),)
    total = sum(stage.share for stage in stages)
    stops = [
        min(round(steps * share / total), max(0, steps - 1)) for share in accumulate(stage.share for stage in stages)
    ]
    stops[-1] = steps  # at least the last step is at full size
    sizes = [_scaled(size, stage.scale) for stage in stages]
    starts = [0, *stops[:-1]]
    return tuple(Rung(*rung) for rung in zip(starts, stops, sizes, strict=True) if rung[0] < rung[1])


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    width, height = (min(side, max(_SMALLEST, round(side * scale))) for side in size)
    return width, height
