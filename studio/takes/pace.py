"""Even speed: how much changes from frame to frame, and which frames of a walk change equally much.

The change between two pictures is measured twice: as the angle between their embeddings (the great-circle distance of
the perceptor's sphere, which unlike its square adds up along a way) and as the mean absolute difference of their
pixels. Each is divided by its own mean over the walk, so that neither counts for more than the other, and the two are
averaged.

A way is not a smooth curve to a perceptor: its length depends on how finely it is measured. So frames are not placed
by length along the way, but chosen among many pictures on it by dynamic programming, which compares exactly those
pictures that will follow one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.score.cutouts import views
from studio.score.losses import angle
from studio.score.perceptor import Perceptor
from studio.score.sampling import view

Floats = NDArray[np.float64]

ROUNDS = 8
"""How often frames are chosen anew, each time with the changes' means of the choice before."""

REACH = 96
"""Pictures that one step may go over."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """How much n steps change, each (n,).

    Attributes:
        angle: between the embeddings, in radians.
        pixels: mean absolute difference, 0 to 1.
    """

    angle: Floats
    pixels: Floats

    @property
    def combined(self) -> Floats:
        """Both, each divided by its mean, averaged: 1 on the average. Where nothing changes at all, zeros."""
        return (_by_mean(self.angle) + _by_mean(self.pixels)) / 2

    @property
    def variation(self) -> float:
        """The coefficient of variation of `combined`: 0 is even speed."""
        return variation(self.combined)


def variation(values: Floats) -> float:
    """Standard deviation over mean; 0 where there is nothing, or all are 0."""
    mean = float(values.mean()) if values.size else 0.0
    return float(values.std()) / mean if mean else 0.0


@torch.no_grad()
def embed(perceptor: Perceptor, pictures: Tensor) -> Tensor:
    """Embeddings (n, d) of pictures (n, 3, H, W) in 0 to 1, on the CPU: of squares that cover each, averaged."""
    squares = views(pictures.shape[-2], pictures.shape[-1])
    seen = view(pictures.to(perceptor.device, torch.float32), squares.repeat(len(pictures), 1, 1), perceptor.image_size)
    parts = perceptor.embed_image(seen).reshape(len(pictures), len(squares), -1)
    return torch.nn.functional.normalize(parts.mean(1), dim=-1).cpu()


def difference(a: Tensor, b: Tensor) -> Tensor:
    """The mean absolute difference of pictures (..., 3, H, W): (...)."""
    return (a - b).abs().flatten(-3).mean(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """How much each of n pictures on a leg differs from the next ones: row w holds those between i and i + w + 1.

    Attributes:
        angle: (W, n), in radians; infinite where there is no such picture.
        pixels: (W, n), 0 to 1; likewise.
    """

    angle: Floats
    pixels: Floats

    def weighed(self, means: tuple[float, float]) -> Floats:
        """Both, each divided by its mean (a mean of 0 leaves it out), averaged: (W, n)."""
        parts = [part / mean for part, mean in zip((self.angle, self.pixels), means, strict=True) if mean]
        return sum(parts, np.where(np.isfinite(self.angle), 0.0, np.inf)) / 2

    def steps(self, chosen: Sequence[int]) -> Change:
        """The changes between the pictures with these numbers."""
        start, stop = np.array(chosen[:-1]), np.array(chosen[1:])
        return Change(self.angle[stop - start - 1, start], self.pixels[stop - start - 1, start])


def band(embeddings: Tensor, pictures: Tensor, width: int = REACH) -> Band:
    """Compare the pictures of a leg with those that follow.

    Args:
        embeddings: (n, d).
        pictures: (n, 3, h, w) in 0 to 1.
        width: how many that follow each.
    """
    count = len(pictures)
    angles, pixels = (np.full((min(width, count - 1), count), np.inf) for _ in range(2))
    for row in range(len(angles)):
        there = row + 1
        angles[row, : count - there] = angle(embeddings[:-there].double(), embeddings[there:].double()).numpy()
        pixels[row, : count - there] = difference(pictures[:-there], pictures[there:]).numpy()
    return Band(angles, pixels)


def together(changes: Sequence[Change]) -> Change:
    """The steps of all of them."""
    empty = np.zeros(0)
    return Change(
        np.concatenate([empty, *(change.angle for change in changes)]),
        np.concatenate([empty, *(change.pixels for change in changes)]),
    )


def choose(legs: Sequence[Band], steps: int) -> tuple[tuple[int, ...], ...]:
    """Which pictures of each leg to show so that all steps of all legs change equally much.

    The sum over all steps of (change / mean change - 1)² is least among all choices of as many steps, but for the
    reach of one step: `REACH` pictures.

    Args:
        legs: their pictures, at least two each.
        steps: in all legs together.

    Returns:
        The numbers of each leg's pictures that are shown; the first and the last are.

    Raises:
        ValueError: that many steps cannot be taken on these pictures.
    """
    finest = [tuple(range(leg.angle.shape[1])) for leg in legs]
    if not len(legs) <= steps <= sum(len(each) - 1 for each in finest):
        raise ValueError(f"{steps} steps cannot be taken on {len(legs)} legs of so few pictures")
    means = _means(legs, finest, steps)
    best, least = finest, np.inf
    for _ in range(ROUNDS):
        chosen = _evenest([leg.weighed(means) for leg in legs], steps)
        unevenness = together([leg.steps(each) for leg, each in zip(legs, chosen, strict=True)]).variation
        if unevenness < least - 1e-6:
            best, least = chosen, unevenness
        following = _means(legs, chosen, steps)
        if np.allclose(following, means, rtol=1e-3):
            break
        means = following
    return tuple(best)


def _means(legs: Sequence[Band], chosen: Sequence[tuple[int, ...]], steps: int) -> tuple[float, float]:
    """What a step changes on the average on the way over the chosen pictures."""
    change = together([leg.steps(each) for leg, each in zip(legs, chosen, strict=True)])
    return float(change.angle.sum()) / steps, float(change.pixels.sum()) / steps


def _evenest(legs: Sequence[Floats], steps: int) -> list[tuple[int, ...]]:
    """The choice of `steps` steps whose changes are nearest to 1, each leg's weighed changes being (W, n)."""
    tables = [_leg(leg, steps) for leg in legs]
    total = np.full((len(legs) + 1, steps + 1), np.inf)
    total[0, 0] = 0.0
    taken = np.zeros((len(legs) + 1, steps + 1), dtype=np.int64)
    for number, (costs, _) in enumerate(tables, 1):
        for count in range(1, min(len(costs), steps + 1)):
            with_these = total[number - 1, : steps + 1 - count] + costs[count]
            better = with_these < total[number, count:]
            total[number, count:][better] = with_these[better]
            taken[number, count:][better] = count
    found = []
    left = steps
    for number in range(len(legs), 0, -1):
        count = int(taken[number, left])
        found.append(_way(tables[number - 1][1], count))
        left -= count
    return found[::-1]


def _leg(changes: Floats, steps: int) -> tuple[Floats, NDArray[np.int64]]:
    """For k steps from the first picture to the last: the least cost (k,), and the step before each picture (k, n)."""
    reach, count = changes.shape
    most = min(steps, count - 1)
    # from[w, j]: the cost of coming to picture j from w + 1 before it
    before = np.arange(count)[None] - np.arange(1, reach + 1)[:, None]
    coming = np.where(before >= 0, (np.take_along_axis(changes, before.clip(0), 1) - 1) ** 2, np.inf)
    before = before.clip(0)
    least = np.full(count, np.inf)
    least[0] = 0.0
    costs, steps_before = np.full(most + 1, np.inf), np.zeros((most + 1, count), dtype=np.int64)
    for number in range(1, most + 1):
        ways = least[before] + coming
        steps_before[number] = ways.argmin(0)
        least = np.take_along_axis(ways, steps_before[number][None], 0)[0]
        costs[number] = least[-1]
    return costs, steps_before + 1


def _way(steps_before: NDArray[np.int64], count: int) -> tuple[int, ...]:
    place = steps_before.shape[1] - 1
    way = [place]
    for number in range(count, 0, -1):
        place -= int(steps_before[number, place])
        way.append(place)
    return tuple(way[::-1])


def _by_mean(values: Floats) -> Floats:
    mean = values.mean() if values.size else 0.0
    return values / mean if mean else np.zeros_like(values)
