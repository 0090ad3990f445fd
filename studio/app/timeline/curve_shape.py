"""The curve of a track as segments with Bezier handles: where they lie, and which ease a dragged handle makes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from studio.timeline.easing import MAXIMUM_REACH, Ease
from studio.timeline.model import KeyRef, PromptTrack, Timeline, TrackRef
from studio.timeline.track import Keyframe, Track

STUB: Final = 18.0
"""Least pixels between a key and its handle on screen: one that lies on its key could not be taken."""

_FIT = 2.0  # handles further out than this do not make the whole curve small

T = TypeVar("T")

Point = tuple[float, float]

End = Literal[1, 2]
"""Which handle of a segment: 1 belongs to the key at its left, 2 to the one at its right."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The course from a key to the next one.

    Attributes:
        ref: the track.
        start: the frame of the key at its left, whose ease it is.
        stop: the frame of the key at its right; beyond the end when the timeline loops and this leads to the first key.
        low: the value at its left; 0 on a prompt track, whose segments run from one prompt (0) to the next (1).
        high: the value at its right; 1 on a prompt track.
        ease: the course.
        shift: where the key at its right stands, counted from `stop`: a length back, where the segment leads round.
    """

    ref: TrackRef
    start: int
    stop: int
    low: float
    high: float
    ease: Ease
    shift: int = 0

    @property
    def key(self) -> KeyRef:
        """The key whose ease it is."""
        return KeyRef(self.ref, self.start)

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

    def at(self, x: float, y: float) -> Point:
        """The frame and value of a point of the unit square."""
        return self.start + x * (self.stop - self.start), self.low + y * (self.high - self.low)

    def within(self, frame: float, value: float) -> Point:
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
    def frame(self) -> int:
        """The key whose ease it belongs to."""
        return self.segment.start

    @property
    def place(self) -> Point:
        """Its frame and value."""
        x1, y1, x2, y2 = self.segment.handles
        frame, value = self.segment.at(*((x1, y1) if self.end == 1 else (x2, y2)))
        return frame + self.shift, value

    @property
    def anchor(self) -> Point:
        """The frame and value of its key."""
        frame, value = self.segment.at(*((0, 0) if self.end == 1 else (1, 1)))
        return frame + self.shift, value

    @property
    def aims(self) -> tuple[Point, Point]:
        """The frames and values at which the curve aims from here: the other handle, and then the other key."""
        x1, y1, x2, y2 = self.segment.handles
        points = ((x2, y2), (1.0, 1.0)) if self.end == 1 else ((x1, y1), (0.0, 0.0))
        handle, key = (self.segment.at(*point) for point in points)
        return (handle[0] + self.shift, handle[1]), (key[0] + self.shift, key[1])


@dataclass(frozen=True, slots=True)
class Knot:
    """A key as it is drawn: its frame, and its value; 0 on a prompt track."""

    frame: int
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A track as a curve.

    Attributes:
        ref: the track.
        knots: its keys, in order.
        segments: what joins them, in order; in a loop the last leads round to the first key.
        values: whether its keys have values that can be changed: not on a prompt track.
    """

    ref: TrackRef
    knots: tuple[Knot, ...]
    segments: tuple[Segment, ...]
    values: bool = True

    def handles(self, frames: Collection[int]) -> tuple[Handle, ...]:
        """The handles of the eases next to the keys on these frames. A hold has none."""
        found: list[Handle] = []
        for part in self.segments:
            if not part.ease.hold and (part.start in frames or part.stop + part.shift in frames):
                second = Handle(part, 2, part.shift)
                # Beside the first key, unless that is before the timeline begins: then at its end.
                found += (Handle(part, 1), second if second.place[0] >= 0 else Handle(part, 2))
        return tuple(found)

    def reach(self) -> Iterator[float]:
        """Values that the curve and its handles come to, for fitting the axis."""
        yield from (knot.value for knot in self.knots)
        for part in self.segments:
            yield part.high
            if not part.ease.hold:
                for y in (part.ease.y1, part.ease.y2):
                    yield part.at(0, min(max(y, 1 - _FIT), _FIT))[1]


def curve_of(timeline: Timeline, ref: TrackRef) -> Curve:
    """A track as a curve; on a prompt track each segment goes from 0, its own prompt, to 1, the next one.

    Raises:
        InputError: there is no such track.
    """
    track = timeline.find(ref)
    if isinstance(track, PromptTrack):
        knots = tuple(Knot(frame, 0.0) for frame in track.track.frames)
        parts = (
            Segment(ref, *ends, 0.0, 1.0, key.ease, shift) for key, _, ends, shift in _pairs(timeline, track.track)
        )
        return Curve(ref, knots, tuple(parts), values=False)
    return Curve(
        ref,
        tuple(Knot(key.frame, key.value) for key in track.track.keys),
        tuple(
            Segment(ref, *ends, key.value, after.value, key.ease, shift)
            for key, after, ends, shift in _pairs(timeline, track.track)
        ),
    )


def _pairs(timeline: Timeline, track: Track[T]) -> Iterator[tuple[Keyframe[T], Keyframe[T], tuple[int, int], int]]:
    """Each key, the next one, the frames of both as if time went on, and how far the latter is then from its own."""
    keys = track.keys
    for before, after in itertools.pairwise(keys):
        yield before, after, (before.frame, after.frame), 0
    if timeline.loop and len(keys) > 1 and keys[-1].frame < timeline.length:
        yield keys[-1], keys[0], (keys[-1].frame, keys[0].frame + timeline.length), -timeline.length


def grip(anchor: Point, place: Point, aims: Iterable[Point]) -> Point:
    """Where a handle is drawn and taken, in pixels: where it lies, but not nearer to its key than `STUB`.

    Args:
        anchor: the key.
        place: where the handle lies.
        aims: where the curve aims, for a handle that lies on its key.
    """
    if math.dist(anchor, place) >= STUB:
        return place
    for x, y in (place, *aims):
        far = math.dist(anchor, (x, y))
        if far > 1:
            return anchor[0] + (x - anchor[0]) / far * STUB, anchor[1] + (y - anchor[1]) / far * STUB
    return anchor[0] + STUB, anchor[1]
