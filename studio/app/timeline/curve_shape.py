"""The curve of a track as segments with Bezier handles: where they lie, and which ease a dragged handle makes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from studio.timeline.easing import MAXIMUM_REACH, Ease
from studio.timeline.model import KeyRef, PromptTrack, Timeline, TrackRef
from studio.timeline.track import Keyframe, Track

STUB: Final = 18.0
"""Least pixels between a key and its handle on screen: one that lies on its key could not be taken."""

_FIT = 2.0  # handles further out than this do not make the whole curve small

T = TypeVar("T")

End = Literal[1, 2]
"""Which handle of a segment: 1 belongs to the key at its left, 2 to the one at its right."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The course from a key to the next one.

    Attributes:
        key: the key at its left, whose ease it is.
        following: the key at its right.
        start: the frame of the former.
        stop: the frame of the latter; beyond the end when the timeline loops and this leads to the first key.
        low: the value at its left; 0 on a prompt track, whose segments run from one prompt (0) to the next (1).
        high: the value at its right; 1 on a prompt track.
        ease: the course.
    """

    key: KeyRef
    following: KeyRef
    start: int
    stop: int
    low: float
    high: float
    ease: Ease

    @property
    def flat(self) -> bool:
        """Whether both values are equal: handles then move in time alone."""
        return self.low == self.high

    @property
    def handles(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2. Those of a straight line lie on it at its thirds, where they can be taken."""
        if self.ease.linear:
            return 1 / 3, 1 / 3, 2 / 3, 2 / 3
        return self.ease.x1, self.ease.y1, self.ease.x2, self.ease.y2

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The frame and value of a point of the unit square."""
        return self.start + x * (self.stop - self.start), self.low + y * (self.high - self.low)

    def within(self, frame: float, value: float) -> tuple[float, float]:
        """The point of the unit square at a frame and value; y is 0 when the segment is flat."""
        x = (frame - self.start) / (self.stop - self.start)
        return x, 0.0 if self.flat else (value - self.low) / (self.high - self.low)

    def eased(self, end: End, frame: float, value: float) -> Ease:
        """The ease with one handle at a frame and value, as near as it may be: time never runs back."""
        x, y = self.within(frame, value)
        x, y = round(min(max(x, 0.0), 1.0), 3), round(min(max(y, -MAXIMUM_REACH), MAXIMUM_REACH), 3)
        x1, y1, x2, y2 = self.handles
        if end == 1:
            return Ease.bezier(x, y1 if self.flat else y, x2, y2)
        return Ease.bezier(x1, y1, x, y2 if self.flat else y)


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle as it is drawn.

    Attributes:
        segment: whose it is.
        end: which of the two.
        shift: frames by which it is drawn elsewhere: the second handle of a segment that leads round to the first key.
    """

    segment: Segment
    end: End
    shift: int = 0

    @property
    def place(self) -> tuple[float, float]:
        """Its frame and value."""
        x1, y1, x2, y2 = self.segment.handles
        frame, value = self.segment.at(*((x1, y1) if self.end == 1 else (x2, y2)))
        return frame + self.shift, value

    @property
    def anchor(self) -> tuple[float, float]:
        """The frame and value of its key."""
        frame, value = self.segment.at(*((0, 0) if self.end == 1 else (1, 1)))
        return frame + self.shift, value

    @property
    def other(self) -> tuple[float, float]:
        """The frame and value at which the curve aims from here: of the other handle, or else of the other key."""
        x1, y1, x2, y2 = self.segment.handles
        toward = (x2, y2) if self.end == 1 else (x1, y1)
        here = (0.0, 0.0) if self.end == 1 else (1.0, 1.0)
        if toward == here:
            toward = (1.0, 1.0) if self.end == 1 else (0.0, 0.0)
        frame, value = self.segment.at(*toward)
        return frame + self.shift, value


def segments(timeline: Timeline, ref: TrackRef) -> tuple[Segment, ...]:
    """All segments of a track, in order; in a loop the last leads round to the first key."""
    track = timeline.find(ref)
    if isinstance(track, PromptTrack):
        return tuple(Segment(*each, 0.0, 1.0, before.ease) for before, _, each in _pairs(timeline, ref, track.track))
    return tuple(
        Segment(*each, before.value, after.value, before.ease)
        for before, after, each in _pairs(timeline, ref, track.track)
    )


def _pairs(
    timeline: Timeline, ref: TrackRef, track: Track[T]
) -> Iterator[tuple[Keyframe[T], Keyframe[T], tuple[KeyRef, KeyRef, int, int]]]:
    keys = track.keys
    for before, after in itertools.pairwise(keys):
        places = KeyRef(ref, before.frame), KeyRef(ref, after.frame), before.frame, after.frame
        yield before, after, places
    inside = [key for key in keys if key.frame < timeline.length]
    if timeline.loop and len(inside) > 1:
        before, after = inside[-1], inside[0]
        stop = after.frame + timeline.length
        yield before, after, (KeyRef(ref, before.frame), KeyRef(ref, after.frame), before.frame, stop)


def handles(parts: Iterable[Segment], chosen: frozenset[KeyRef], length: int) -> tuple[Handle, ...]:
    """The handles of the eases next to chosen keys. A hold has none."""
    found: list[Handle] = []
    for part in parts:
        if part.ease.hold or not {part.key, part.following} & chosen:
            continue
        wraps = part.following.frame <= part.key.frame
        found += (Handle(part, 1), Handle(part, 2, -length if wraps else 0))
    return tuple(found)


def reach(parts: Iterable[Segment]) -> Iterator[float]:
    """Values that the curve and its handles come to, for fitting the axis."""
    for part in parts:
        yield from (part.low, part.high)
        if not part.ease.hold:
            for y in (part.ease.y1, part.ease.y2):
                yield part.at(0, min(max(y, 1 - _FIT), _FIT))[1]


def grip(anchor: tuple[float, float], place: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Where a handle is drawn and taken, in pixels: where it lies, but not nearer to its key than `STUB`.

    Args:
        anchor: the key, in pixels.
        place: where the handle lies.
        other: where the curve aims, for a handle that lies on its key.
    """
    for aim in (place, other):
        dx, dy = aim[0] - anchor[0], aim[1] - anchor[1]
        far = math.hypot(dx, dy)
        if aim is place and far >= STUB:
            return place
        if far > 1:
            return anchor[0] + dx / far * STUB, anchor[1] + dy / far * STUB
    return anchor[0] + STUB, anchor[1]
