"""How long each picture stays, in the whole ticks that a format counts in. Rounding never adds up."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

GIF_UNIT = 100
"""Ticks per second of a GIF."""

_GIF_SHORTEST = 2  # ticks; browsers take anything shorter for a mistake and show it for a tenth of a second


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a file with its own clock: which frame, and for how many ticks."""

    index: int
    ticks: int


def spread(count: int, rate: Fraction, unit: int) -> tuple[int, ...]:
    """Delays of `count` pictures at `rate` per second, in ticks of 1/unit s.

    Each picture starts at the tick nearest its exact time, so that the sum is within half a tick of count/rate.
    """
    return _differences([_nearest(Fraction(index * unit) / rate) for index in range(count + 1)])


def gif_schedule(count: int, rate: Fraction) -> tuple[Shown, ...]:
    """Which frames a GIF shows and for how many hundredths of a second.

    Up to 50 frames per second these are all frames. Above, every picture would be shorter than the two ticks that
    viewers honour, so frames are dropped evenly and the total duration is kept (but is never less than two ticks).
    """
    total = Fraction(count * GIF_UNIT) / rate
    kept = count if rate * _GIF_SHORTEST <= GIF_UNIT else max(1, int(total / _GIF_SHORTEST))
    marks = [_nearest(total * index / kept) for index in range(kept)] + [max(_nearest(total), _GIF_SHORTEST)]
    return tuple(Shown(index * count // kept, ticks) for index, ticks in enumerate(_differences(marks)))


def fine_delay(rate: Fraction, count: int) -> tuple[tuple[int, ...], int]:
    """Delays of an APNG, whose numerators and denominator are 16 bits: (one numerator per picture, denominator).

    Exact for every rate whose own fraction fits; otherwise spread over ticks of 0.1 ms (2 ms for rates under 1).
    """
    if max(rate.numerator, rate.denominator) < 1 << 16:
        return (rate.denominator,) * count, rate.numerator
    unit = 10_000 if rate >= 1 else 500
    return spread(count, rate, unit), unit


def _nearest(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)  # halves up, as round() would not


def _differences(marks: Sequence[int]) -> tuple[int, ...]:
    return tuple(after - before for before, after in itertools.pairwise(marks))
