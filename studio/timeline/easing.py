"""How one keyframe becomes the next: hold, or a cubic Bezier in the unit square that can be cut and joined again."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar, Final

from studio.base.errors import InputError
from studio.timeline.validate import number

MAXIMUM_REACH: Final = 1000.0
"""The largest magnitude of a handle's y."""

_SLACK: Final = 1e-9
_FLAT: Final = 1e-12
_SOLVER_STEPS: Final = 80


class UnsplittableError(ValueError):
    """A part of an ease that no single ease can draw.

    Either the part begins and ends at the same level with a bump between (an overshoot cut where it crosses its end):
    an ease runs from 0 to 1, and no scale takes that to the bump. Or its handles fall outside 0..1 in time (only when
    x1 > x2). `studio.timeline.curve.insert_key` then sets further keys.
    """


@dataclass(frozen=True, slots=True)
class Ease:
    """The course from one key (time 0, level 0) to the next (time 1, level 1).

    A cubic Bezier from (0, 0) to (1, 1) with the handles (x1, y1) and (x2, y2), as CSS `cubic-bezier()` has it: x in
    0..1 so that time never runs back, y free (within ±1000) so that it may overshoot. With `hold` the level stays 0
    until the next key; the handles then do not matter and are stored as those of `LINEAR`.

    Raises `InputError` when a handle is not finite or out of range.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    hold: bool = False

    HOLD: ClassVar[Ease]
    LINEAR: ClassVar[Ease]
    IN: ClassVar[Ease]
    OUT: ClassVar[Ease]
    BOTH: ClassVar[Ease]
    OVERSHOOT: ClassVar[Ease]

    def __post_init__(self) -> None:
        if self.hold:
            handles = (0.0, 0.0, 1.0, 1.0)
        else:
            handles = (
                number(self.x1, "the first handle's time", 0, 1),
                number(self.y1, "the first handle's level", -MAXIMUM_REACH, MAXIMUM_REACH),
                number(self.x2, "the second handle's time", 0, 1),
                number(self.y2, "the second handle's level", -MAXIMUM_REACH, MAXIMUM_REACH),
            )
        for name, value in zip(("x1", "y1", "x2", "y2"), handles, strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def bezier(cls, x1: float, y1: float, x2: float, y2: float) -> Ease:
        """The ease with these handles; see the class."""
        return cls(x1, y1, x2, y2)

    @classmethod
    def parse(cls, text: str) -> Ease:
        """The ease of that `name`: "hold", "linear", "in", "out", "both", "overshoot" or "bezier(x1,y1,x2,y2)".

        Raises:
            InputError: the name is unknown, or a handle is out of range.
        """
        wanted = text.strip().lower()
        if wanted in _PRESETS:
            return _PRESETS[wanted]
        if match := _BEZIER.fullmatch(wanted):
            return cls.bezier(*(float(part) for part in match.groups()))
        raise InputError(
            f"“{text[:60]}” is no easing",
            "It is neither a known name nor bezier(x1,y1,x2,y2)",
            f"Use one of {', '.join(_PRESETS)}, or bezier(0.42,0,0.58,1)",
        )

    @property
    def name(self) -> str:
        """What `parse` reads back to this ease: a preset's name, or "bezier(x1,y1,x2,y2)" in full precision."""
        for name, preset in _PRESETS.items():
            if self == preset:
                return name
        return f"bezier({self.x1!r},{self.y1!r},{self.x2!r},{self.y2!r})"

    @property
    def linear(self) -> bool:
        """Whether the curve is the straight line, however its handles lie on it."""
        return not self.hold and self.x1 == self.y1 and self.x2 == self.y2

    @property
    def reach(self) -> float:
        """The largest magnitude of the handles' levels: how far the curve may at most leave its two keys."""
        return max(abs(self.y1), abs(self.y2))

    def at(self, t: float) -> float:
        """The level at time t. Time outside 0..1 counts as 0 or 1. Exactly 0 at 0 and 1 at 1.

        Raises:
            ValueError: t is NaN.
        """
        if math.isnan(t):
            raise ValueError("an ease has no level at the time NaN")
        if t <= 0:
            return 0.0
        if t >= 1:
            return 1.0
        if self.hold:
            return 0.0
        if self.linear:
            return float(t)
        return _blossom(self.y1, self.y2, *(self._solve(t),) * 3)

    def part(self, start: float, stop: float) -> Ease:
        """The course between two times, stretched to the whole unit square.

        For t in 0..1 its level is (at(start + t * (stop - start)) - at(start)) / (at(stop) - at(start)). The handles
        come from the Bezier's blossom (Ramshaw 1987).

        Raises:
            ValueError: not 0 <= start < stop <= 1.
            UnsplittableError: no ease draws this part.
        """
        if not 0 <= start < stop <= 1:
            raise ValueError(f"0 <= start < stop <= 1 expected, not {start}, {stop}")
        if self.hold or self.linear:
            return self
        a, b = self._solve(start), self._solve(stop)
        x1, x2 = _handles(self.x1, self.x2, a, b)
        y1, y2 = _handles(self.y1, self.y2, a, b)
        for time in (x1, x2):
            if not -_SLACK <= time <= 1 + _SLACK:
                raise UnsplittableError(f"the handle's time {time:g} is outside 0..1")
        if max(abs(y1), abs(y2)) > MAXIMUM_REACH:
            raise UnsplittableError(f"the part from {start:g} to {stop:g} ends where it began, with a bump between")
        return Ease(min(max(x1, 0.0), 1.0), y1, min(max(x2, 0.0), 1.0), y2)

    def split(self, t: float) -> tuple[Ease, Ease]:
        """The two halves at time t, each stretched to the unit square: `part(0, t)` and `part(t, 1)`.

        A key at time t with the level `at(t)`, these eases before and after it, draws the same curve.

        Raises:
            ValueError: t is not strictly between 0 and 1.
            UnsplittableError: no two eases draw this curve with a key at t.
        """
        if not 0 < t < 1:
            raise ValueError(f"a split lies strictly between 0 and 1, not at {t}")
        return self.part(0.0, t), self.part(t, 1.0)

    def reversed(self) -> Ease:
        """The same course run backwards. A hold stays a hold: nothing can hold before its key."""
        if self.hold:
            return self
        # Rounding turns 1 - 0.42 = 0.5800000000000001 into 0.58, so that IN becomes OUT by name.
        return Ease.bezier(*(round(1 - handle, 12) for handle in (self.x2, self.y2, self.x1, self.y1)))

    def _solve(self, t: float) -> float:
        """The Bezier's parameter s with x(s) = t: Newton's method, kept in a bracket that is halved where it fails."""
        if t <= 0 or t >= 1:
            return 0.0 if t <= 0 else 1.0
        low, high, s = 0.0, 1.0, t
        for _ in range(_SOLVER_STEPS):
            error = _blossom(self.x1, self.x2, s, s, s) - t
            if error == 0:
                break
            if error > 0:
                high = s
            else:
                low = s
            slope = 3 * ((1 - s) ** 2 * self.x1 + 2 * s * (1 - s) * (self.x2 - self.x1) + s * s * (1 - self.x2))
            following = s - error / slope if slope > 1e-6 else (low + high) / 2
            if not low < following < high:
                following = (low + high) / 2
            if following in (low, high, s):
                break
            s = following
        return s


def join(first: Ease, second: Ease, share: float, level: float | None = None) -> Ease:
    """The ease across a key that is taken away.

    Two halves of one curve give that curve again, so taking away a key that was inserted changes nothing. Otherwise the
    curve leaves with the first ease's first handle and arrives with the second's second handle. A hold before the key
    holds on; a hold after it is left out.

    Args:
        first: the ease before the key.
        second: the ease after it.
        share: where the key was in time, strictly between 0 and 1.
        level: where its value was between its neighbours' (0 = the former's, 1 = the latter's); None when values have
            no level (prompts, or neighbours that are equal).
    """
    if first.hold or second.hold:
        return first
    if level is not None and (whole := _rejoin(first, second, share, level)) is not None:
        return whole
    return Ease(first.x1, first.y1, second.x2, second.y2)


def _rejoin(first: Ease, second: Ease, share: float, level: float) -> Ease | None:
    """De Casteljau's construction run backwards, when the halves fit together to 1e-6; else None."""
    before, after = share * (1 - first.x2), (1 - share) * second.x1
    if before + after < _SLACK:
        return None
    s = before / (before + after)
    if not _SLACK < s < 1 - _SLACK:
        return None
    x1, y1 = share * first.x1 / s, level * first.y1 / s
    x2, y2 = 1 - (1 - share) * (1 - second.x2) / (1 - s), 1 - (1 - level) * (1 - second.y2) / (1 - s)
    try:
        whole = Ease.bezier(*(round(handle, 12) for handle in (x1, y1, x2, y2)))
        halves = whole.split(share)
    except (InputError, UnsplittableError):
        return None
    same = all(_alike(half, given) for half, given in zip(halves, (first, second), strict=True))
    return whole if same and abs(whole.at(share) - level) < 1e-6 else None


def _alike(a: Ease, b: Ease) -> bool:
    pairs = ((a.x1, b.x1), (a.y1, b.y1), (a.x2, b.x2), (a.y2, b.y2))
    return all(abs(one - other) <= 1e-6 * max(1.0, abs(one)) for one, other in pairs)


def _blossom(c1: float, c2: float, u: float, v: float, w: float) -> float:
    """The symmetric form of the cubic 0, c1, c2, 1: b(s, s, s) is the curve, b(a, a, b) and b(a, b, b) are handles."""
    nu, nv, nw = 1 - u, 1 - v, 1 - w
    return c1 * (u * nv * nw + v * nu * nw + w * nu * nv) + c2 * (u * v * nw + u * w * nv + v * w * nu) + u * v * w


def _handles(c1: float, c2: float, a: float, b: float) -> tuple[float, float]:
    """The handles of the part a..b of a cubic, in units of that part; infinite where it ends as it began."""
    start, stop = _blossom(c1, c2, a, a, a), _blossom(c1, c2, b, b, b)
    leave, arrive = _blossom(c1, c2, a, a, b) - start, _blossom(c1, c2, a, b, b) - start
    height = stop - start
    if abs(height) < _FLAT:
        return (0.0, 1.0) if max(abs(leave), abs(arrive)) < _FLAT else (float("inf"), float("inf"))
    return leave / height, arrive / height


Ease.HOLD = Ease(0, 0, 1, 1, hold=True)
Ease.LINEAR = Ease(0, 0, 1, 1)
Ease.IN = Ease(0.42, 0, 1, 1)  # ease-in, ease-out, ease-in-out: CSS Easing Functions Level 1
Ease.OUT = Ease(0, 0, 0.58, 1)
Ease.BOTH = Ease(0.42, 0, 0.58, 1)
Ease.OVERSHOOT = Ease(0.34, 1.56, 0.64, 1)  # easeOutBack of easings.net: 10 % too far, then back

_PRESETS: Final = {
    "hold": Ease.HOLD,
    "linear": Ease.LINEAR,
    "in": Ease.IN,
    "out": Ease.OUT,
    "both": Ease.BOTH,
    "overshoot": Ease.OVERSHOOT,
}
_NUMBER: Final = r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*"
_BEZIER: Final = re.compile(rf"(?:cubic-)?bezier\s*\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)", re.ASCII)
