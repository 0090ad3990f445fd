"""Which pictures a walk between takes shows, frame by frame. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.base.errors import InputError
from studio.timeline.easing import Ease

FRAMES_MAX = 100_000
"""Most frames of a walk."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the way.

    Attributes:
        start: the number of the take that is left.
        end: of the one that is neared; equal to `start` on a take.
        mix: how far it is, above 0 and below 1 on the way, 0 on a take.
    """

    start: int
    end: int
    mix: float = 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How a walk moves.

    Attributes:
        frames: between two takes, at least 0; with even speed that many on the average.
        hold: frames for which it stands still on each take, at least 1.
        ease: how it leaves one take and reaches the next; even speed replaces it.
        loop: whether it goes on from the last take to the first, so that the first frame follows the last.
        even: whether the frames are timed so that each changes as much as the others.

    Raises:
        InputError: a number is out of its range.
    """

    frames: int = 24
    hold: int = 6
    ease: Ease = Ease.BOTH
    loop: bool = False
    even: bool = False

    def __post_init__(self) -> None:
        for name, value, least in (("frames", self.frames, 0), ("hold", self.hold, 1)):
            if not least <= value <= FRAMES_MAX:
                raise InputError(
                    f"{name} cannot be {value}", f"It goes from {least} to {FRAMES_MAX}", "Choose another number"
                )


def place(start: int, end: int, mix: float) -> Spot:
    """The spot between two takes; at 0 and 1 it is on one of them."""
    return Spot(start, start) if mix <= 0 else Spot(end, end) if mix >= 1 else Spot(start, end, mix)


def legs(count: int, *, loop: bool) -> tuple[tuple[int, int], ...]:
    """From which take to which a walk goes: (0, 1), (1, 2) and so on; in a loop back to 0."""
    there = tuple((place, place + 1) for place in range(count - 1))
    return (*there, (count - 1, 0)) if loop else there


def eased(timing: Timing) -> tuple[float, ...]:
    """The mixes of the frames between two takes, by the ease alone; overshoot is clamped: beyond a take is nothing."""
    steps = timing.frames + 1
    return tuple(min(max(timing.ease.at(frame / steps), 0.0), 1.0) for frame in range(1, steps))


def spots(count: int, timing: Timing, mixes: Sequence[Sequence[float]]) -> tuple[Spot, ...]:
    """Every frame of a walk.

    Args:
        count: takes, at least 2.
        timing: how it holds and loops.
        mixes: of the frames between, for each of `legs`.

    Raises:
        InputError: these are too many frames.
    """
    found = tuple(_spots(count, timing, mixes))
    if len(found) > FRAMES_MAX:
        raise InputError(
            f"A walk of {len(found)} frames is too long", f"It has at most {FRAMES_MAX}", "Choose fewer frames"
        )
    return found


def _spots(count: int, timing: Timing, mixes: Sequence[Sequence[float]]) -> Iterator[Spot]:
    for (start, end), between in zip(legs(count, loop=timing.loop), mixes, strict=True):
        yield from [Spot(start, start)] * timing.hold
        for mix in between:
            yield place(start, end, mix)
    if not timing.loop:
        yield from [Spot(count - 1, count - 1)] * timing.hold
