"""Where a track's curve lies: points in frames and values, handles, and the axis of values. No painting."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.timeline.easing import MAXIMUM_REACH, Ease
from studio.timeline.model import Timeline, TrackRef

_THIRD = 1 / 3
_MARGIN = 0.15
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Knot:
    """A key of the curve.

    Attributes:
        frame: where it stands.
        value: its value; of a prompt, 0 for the one that is left and 1 for the one that is reached.
        ease: the course to the next knot.
    """

    frame: int
    value: float
    ease: Ease


@dataclass(frozen=True, slots=True)
class Handle:
    """A Bezier handle.

    Attributes:
        frame: the key at the left of its segment: the one whose ease it belongs to.
        second: whether it belongs to the right end of the segment.
        x: in frames.
        y: in values.
    """

    frame: int
    second: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The knots of a track, in order, and whether their values can be changed."""

    ref: TrackRef
    knots: tuple[Knot, ...]
    values: bool = True

    @property
    def segments(self) -> Iterator[tuple[Knot, Knot]]:
        """Each knot with the next one."""
        return zip(self.knots, self.knots[1:], strict=False)

    def handles(self, frames: Sequence[int] | frozenset[int]) -> Iterator[Handle]:
        """The handles beside the knots on these frames.

        A straight line and a hold have theirs at a third of the way, where they can be taken hold of.
        """
        for before, after in self.segments:
            ease = before.ease
            x1, y1, x2, y2 = ease.x1, ease.y1, ease.x2, ease.y2
            if ease.hold or ease.linear:
                x1, y1, x2, y2 = _THIRD, _THIRD, 1 - _THIRD, 1 - _THIRD
            span, rise = after.frame - before.frame, after.value - before.value
            if before.frame in frames:
                yield Handle(before.frame, False, before.frame + x1 * span, before.value + y1 * rise)
            if after.frame in frames:
                yield Handle(before.frame, True, before.frame + x2 * span, before.value + y2 * rise)

    def moved(self, handle: Handle, x: float, y: float) -> Ease:
        """The ease of the handle's segment with the handle at another place (frames, values).

        Time stays within the segment; where both ends have one value, the level cannot be told and stays.
        """
        before, after = next(pair for pair in self.segments if pair[0].frame == handle.frame)
        span, rise = after.frame - before.frame, after.value - before.value
        time = min(max((x - before.frame) / span, 0.0), 1.0)
        old = before.ease
        if old.hold or old.linear:
            old = Ease.bezier(_THIRD, _THIRD, 1 - _THIRD, 1 - _THIRD)
        level = old.y2 if handle.second else old.y1
        if rise:
            level = min(max((y - before.value) / rise, -MAXIMUM_REACH), MAXIMUM_REACH)
        if handle.second:
            return Ease.bezier(old.x1, old.y1, time, level)
        return Ease.bezier(time, level, old.x2, old.y2)


@dataclass(frozen=True, slots=True)
class Axis:
    """The values from the bottom of the plot to its top."""

    low: float
    high: float
    height: float

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return self.height * (self.high - value) / (self.high - self.low)

    def value(self, y: float) -> float:
        """The value at so many pixels from the top."""
        return self.high - y / self.height * (self.high - self.low)

    def zoomed(self, factor: float, y: float) -> Axis:
        """Fewer values (factor above 1) or more, those at y staying where they are."""
        fixed = self.value(y)
        low, high = fixed - (fixed - self.low) / factor, fixed + (self.high - fixed) / factor
        return Axis(low, high, self.height) if high - low > 1e-9 else self

    def ticks(self) -> tuple[float, ...]:
        """Round values to write beside the plot, three to seven."""
        step = (self.high - self.low) / 5
        power = 10 ** math.floor(math.log10(step))
        step = next((each * power for each in _STEPS if each * power >= step), 10 * power)
        first = math.ceil(self.low / step)
        last = math.floor(self.high / step)
        return tuple(number * step for number in range(first, last + 1))


def curve_of(timeline: Timeline, ref: TrackRef) -> Curve:
    """A track as a curve; a prompt track goes from 0 to 1 and back, which shows how its prompts mix.

    Raises:
        InputError: there is no such track.
    """
    if ref.kind == "parameter":
        track = timeline.parameter(ref.name).track
        return Curve(ref, tuple(Knot(key.frame, key.value, key.ease) for key in track.keys))
    prompts = timeline.prompt(ref.name).track
    return Curve(ref, tuple(Knot(k.frame, float(n % 2), k.ease) for n, k in enumerate(prompts.keys)), values=False)


def fitted(curve: Curve, height: float) -> Axis:
    """The axis that shows all of a curve, its overshoot too, with some room around it."""
    levels = [knot.value for knot in curve.knots] or [0.0, 1.0]
    for before, after in curve.segments:
        rise = after.value - before.value
        if not before.ease.hold and rise:
            levels += [before.value + rise * before.ease.at(step / 16) for step in range(1, 16)]
    low, high = min(levels), max(levels)
    if high - low < 1e-9:
        room = max(abs(high) * 0.1, 0.5)
        low, high = low - room, high + room
    room = (high - low) * _MARGIN
    return Axis(low - room, high + room, max(height, 1.0))
