"""From one collage to another without a ghost: pieces of both move, others leave and enter, the ground dissolves.

At no moment is a place half one thing and half another. What both collages have moves, turns, grows and changes its
colour. What only the first has shrinks and makes way to the left, while what only the second has grows in from the
right: half-way both stand side by side. The backgrounds change along a front that noise has shaped.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.canvas.compositor import ANGLE, BLUE, RED, SIZE, TINT, X
from studio.canvas.resample import resample

_ASIDE = 0.1  # share of the width at which the last of a leaving piece is seen; entering ones come from the other side
_SHRINK = 0.75  # below 1: half-way a piece still has 59 % of its size
_SMALLEST = -7.0  # logarithm of a size that shows nothing
_SOFT = 0.06  # width of the front, as a share of the whole way
_SWEEP = 0.6  # see `front`
_CELLS = 4
_SEED = 20221016


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The pieces half-way.

    Attributes:
        names: their cutouts, the lowest first.
        places: (n, 9).
        a: which piece of the first collage each is; None for none.
        b: which piece of the second.
    """

    names: tuple[str, ...]
    places: Tensor
    a: tuple[int | None, ...]
    b: tuple[int | None, ...]


def cross(names_a: Sequence[str], a: Tensor, names_b: Sequence[str], b: Tensor, t: float) -> Crowd:
    """The pieces at `t`, above 0 and below 1, between two collages.

    Args:
        names_a: the first's cutouts.
        a: their places (n, 9).
        names_b: the second's.
        b: their places (m, 9).
        t: how far.
    """
    pairs = match(names_a, names_b)
    partners_a, partners_b = {i for i, _ in pairs}, {j for _, j in pairs}
    found: list[tuple[str, Tensor, int | None, int | None]] = [
        (names_a[i], between(a[i], b[j], t), i, j) for i, j in pairs
    ]
    found += [(name, _leaving(a[i], t, _ASIDE), i, None) for i, name in enumerate(names_a) if i not in partners_a]
    found += [
        (name, _leaving(b[j], 1 - t, 1 - _ASIDE), None, j) for j, name in enumerate(names_b) if j not in partners_b
    ]
    # each half of the way has the order of its own end; what is not in that end lies lowest
    found.sort(key=lambda each: _rank(each[2] if t < 0.5 else each[3]))
    return Crowd(
        tuple(each[0] for each in found),
        torch.stack([each[1] for each in found]) if found else a.new_zeros(0, a.shape[1]),
        tuple(each[2] for each in found),
        tuple(each[3] for each in found),
    )


def match(names_a: Sequence[str], names_b: Sequence[str]) -> list[tuple[int, int]]:
    """Which pieces are the same in both: equal names, the first with the first, the second with the second."""
    free = list(enumerate(names_b))
    pairs = []
    for i, name in enumerate(names_a):
        partner = next((each for each in free if each[1] == name), None)
        if partner is not None:
            free.remove(partner)
            pairs.append((i, partner[0]))
    return pairs


def between(a: Tensor, b: Tensor, t: float) -> Tensor:
    """A piece between two places (9): the shorter way round, and a tint that fades in has its final colour at once."""
    a, b = a.clone(), b.clone()
    turn = (float(b[ANGLE] - a[ANGLE]) + math.pi) % (2 * math.pi) - math.pi
    b[ANGLE] = a[ANGLE] + turn
    for bare, dyed in ((a, b), (b, a)):
        if bare[TINT] == 0:
            bare[RED : BLUE + 1] = dyed[RED : BLUE + 1]
    return torch.lerp(a, b, t)


def front(width: int, height: int, t: float, sweep: float = _SWEEP) -> Tensor:
    """How much of the second background there is, (1, 1, H, W): 0 or 1 nearly everywhere, a soft front between.

    Args:
        width: in pixels.
        height: in pixels.
        t: how far, 0 to 1.
        sweep: how much of the front goes from right to left, against how much is noise.
    """
    when = _when(width, height, sweep)
    share = ((t * (1 + _SOFT) - when) / _SOFT).clamp(0, 1)
    soft: Tensor = share * share * (3 - 2 * share)
    return soft


@functools.lru_cache(maxsize=1)
def _when(width: int, height: int, sweep: float) -> Tensor:
    """At which moment, 0 to 1, the front comes to each place."""
    generator = torch.Generator().manual_seed(_SEED)
    noise = torch.zeros(1, 1, height, width)
    for octave in range(2):
        cells = _CELLS * 2**octave
        bumps = torch.randn(1, 1, cells, cells, generator=generator)
        noise += resample(bumps, width, height) / 2**octave
    even = torch.special.ndtr((noise - noise.mean()) / noise.std(correction=0).clamp_min(1e-6))  # as much of each level
    when = (1 - sweep) * even + sweep * torch.linspace(1, 0, width)
    whole: Tensor = (when - when.min()) / (when.max() - when.min()).clamp_min(1e-6)
    return whole


def _leaving(place: Tensor, t: float, aside: float) -> Tensor:
    """A piece that is there at 0 and gone at 1, having made way towards `aside`."""
    place = place.clone()
    ease = t * t * (3 - 2 * t)
    place[X] += (aside - float(place[X])) * ease
    place[SIZE] = max(_SMALLEST, float(place[SIZE]) + _SHRINK * math.log(max(1 - t, 1e-9)))
    return place


def _rank(index: int | None) -> int:
    return -1 if index is None else index
