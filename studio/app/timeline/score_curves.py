"""Scores as points on screen: as many as can be seen, however many frames there are. No painting here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.app.timeline.scale import Scale
from studio.score.standing import Floats

STEP = 2
"""Pixels from point to point."""

Exact = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of k lines at the same m places.

    Attributes:
        first: the number of the first place, counted in `STEP` pixels from frame 0: dashes that go by it do not creep
            when the timeline is scrolled.
        x: (m,), in pixels of the lanes.
        y: (m, k), the values there; NaN where there is none.
    """

    first: int
    x: Floats
    y: Floats


def points(values: Floats, scale: Scale) -> Points:
    """The part of lines that is on screen.

    Args:
        values: (n, k), of n frames; NaN where there is none.
        scale: where frames lie. Where a frame is wide, what lies between it and the next one is in between too, and a
            value without a next one lasts as long as its frame; where frames share a pixel, it is their mean.
    """
    count, wide = len(values), scale.frame_width
    left = scale.x(0)
    start = max(0, int((0 - left) // STEP))
    stop = min(int(np.ceil(count * wide / STEP)), int((scale.width - left) // STEP) + 2)
    places = np.arange(start, max(start, stop), dtype=np.int64)
    x = (left + places * STEP).astype(np.float32)
    if count == 0 or not len(places):
        return Points(start, x[:0], np.zeros((0, values.shape[1]), np.float32))
    at: Exact = places * np.float64(STEP / wide)
    return Points(start, x, _between(values, at) if wide >= STEP else _means(values, at, STEP / wide))


def at(values: Floats, frame: int) -> Floats:
    """The values of a frame (k,); NaN beyond the end."""
    if not 0 <= frame < len(values):
        return np.full(values.shape[1], np.nan, np.float32)
    made: Floats = values[frame]
    return made


def _between(values: Floats, at: Exact) -> Floats:
    here = np.clip(at.astype(np.int64), 0, len(values) - 1)
    there = np.clip(here + 1, 0, len(values) - 1)
    share = (at - here)[:, None]
    before, after = values[here], values[there]
    after = np.where(np.isnan(after), before, after)
    made: Floats = (before + (after - before) * share).astype(np.float32)
    return made


def _means(values: Floats, at: Exact, wide: float) -> Floats:
    """Of the frames that begin in each step, those that have a value. A step has one frame or more."""
    first = np.ceil(at).astype(np.int64)
    first = first[first < len(values)]
    stop = min(int(np.ceil(at[len(first) - 1] + wide)), len(values))
    part = values[first[0] : stop]
    known = np.isfinite(part)
    sums = np.add.reduceat(np.where(known, part, np.float32(0)), first - first[0], axis=0)
    counts = np.add.reduceat(known, first - first[0], axis=0, dtype=np.float32)
    made = np.full((len(at), values.shape[1]), np.nan, np.float32)
    np.divide(sums, counts, out=made[: len(first)], where=counts > 0)
    return made
