"""Where rows, cards, keys, markers and handles lie, and what lies under the pointer. No painting here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, TypeVar

from studio.app.timeline.scale import Scale
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.track import Track

LABELS = 20
"""Pixels of the ruler's numbers."""

HEAD = 7
"""Half the width of the playhead's handle, in pixels."""

BAND = 16
"""Pixels of the markers' band below the numbers; there is none while there are no markers."""

BAR = 12
"""Pixels below, of the bar that shows what is rendered, and of the range's handles."""

HEIGHTS = {"frames": 56, "prompt": 48, "parameter": 48}
"""Pixels of a row, by its kind."""

CARD_MARGIN = 6
"""Pixels above and below a card."""

CURVE_MARGIN = 12
"""Pixels above the highest and below the lowest value of a curve."""

KEY_REACH = 8
"""How near the pointer must come to a key, in pixels."""

_HANDLE_REACH = 7
_MARKER_WIDEST = 120

T = TypeVar("T")


class Part(Enum):
    """What can be under the pointer."""

    RULER = auto()
    MARKER = auto()
    IN = auto()
    OUT = auto()
    STRIP = auto()
    KEY = auto()
    CARD = auto()
    LANE = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One lane, or the strip of frames.

    Attributes:
        kind: "frames", "prompt" or "parameter".
        ref: its track; None for the strip.
        top: pixels from the top of all rows, as if nothing were scrolled.
    """

    kind: Literal["frames", "prompt", "parameter"]
    ref: TrackRef | None
    top: int

    @property
    def height(self) -> int:
        """In pixels."""
        return HEIGHTS[self.kind]

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """All rows, from the top, below a ruler.

    Attributes:
        rows: the strip of frames, prompt tracks, parameter tracks.
        band: pixels that markers take.
    """

    rows: tuple[Row, ...]
    band: int

    @property
    def ruler(self) -> int:
        """Pixels of the ruler: what is below it scrolls."""
        return LABELS + self.band + BAR

    @property
    def height(self) -> int:
        """Pixels of all rows."""
        return self.rows[-1].bottom

    def at(self, y: float) -> Row | None:
        """The row at a height below the top of all rows."""
        return next((row for row in self.rows if row.top <= y < row.bottom), None)

    def of(self, ref: TrackRef) -> Row | None:
        """The row of a track."""
        return next((row for row in self.rows if row.ref == ref), None)


def lay_out(timeline: Timeline) -> Layout:
    """The rows of a timeline."""
    rows = [Row("frames", None, 0)]
    for track in timeline.tracks:
        rows.append(Row("prompt" if isinstance(track, PromptTrack) else "parameter", track.ref, rows[-1].bottom))
    return Layout(tuple(rows), BAND if timeline.markers else 0)


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under the pointer.

    Attributes:
        part: the kind of thing.
        frame: the frame nearest to the pointer; the marker's own for a marker.
        row: the row; None in the ruler and below all rows.
        key: the key, for KEY and CARD.
    """

    part: Part
    frame: int
    row: Row | None = None
    key: KeyRef | None = None


def hit(timeline: Timeline, layout: Layout, scale: Scale, x: float, y: float, scrolled: float = 0) -> Hit:
    """What lies at a point of the lanes.

    Args:
        timeline: what is shown.
        layout: its rows.
        scale: where frames lie.
        x: from the left edge.
        y: from the top edge, that of the ruler.
        scrolled: pixels of the rows that are scrolled away at the top.
    """
    frame = scale.frame(x)
    if y < layout.ruler:
        return _in_ruler(timeline, layout, scale, x, y) or Hit(Part.RULER, frame)
    row = layout.at(y - layout.ruler + scrolled)
    if row is None:
        return Hit(Part.EMPTY, frame)
    if row.ref is None:
        return Hit(Part.STRIP, frame, row)
    track = timeline.find(row.ref)
    inside = y - layout.ruler + scrolled - row.top
    if isinstance(track, PromptTrack):
        return _in_prompts(track, row, scale, x, inside) or Hit(Part.LANE, frame, row)
    near = nearest(track.track, scale, x)
    if near is not None and abs(Heights.of(track).y(track.track.key(near).value) - inside) <= KEY_REACH + 2:
        return Hit(Part.KEY, near, row, KeyRef(row.ref, near))
    return Hit(Part.LANE, frame, row)


def nearest(track: Track[T], scale: Scale, x: float) -> int | None:
    """The frame of the key that is nearest to x, if one is within reach."""
    keys = track.keys
    place = bisect_left(keys, scale.exact(x), key=lambda key: key.frame)
    near = [key.frame for key in keys[max(place - 1, 0) : place + 1] if abs(scale.x(key.frame) - x) <= KEY_REACH]
    return min(near, key=lambda each: abs(scale.x(each) - x), default=None)


def covering(track: Track[T], place: float) -> int | None:
    """The frame of the key whose card covers a place: the last one before it; None before the first."""
    after = bisect_right(track.keys, place, key=lambda key: key.frame)
    return track.keys[after - 1].frame if after else None


def seen(track: Track[T], first: float, last: float) -> range:
    """The places in `track.keys` of those that show between two frames: one more at each end, for what joins them."""
    start = bisect_right(track.keys, first, key=lambda key: key.frame) - 1
    stop = bisect_left(track.keys, last, key=lambda key: key.frame) + 1
    return range(max(start, 0), min(stop, len(track.keys)))


@dataclass(frozen=True, slots=True)
class Heights:
    """How far below the top of its row each value of a curve lies: from the greatest value to the least.

    Attributes:
        low: the least value of a key.
        high: the greatest.
    """

    low: float
    high: float

    @classmethod
    def of(cls, track: ParameterTrack) -> Heights:
        """Those of a track that has keys."""
        values = [key.value for key in track.track.keys]
        return cls(min(values), max(values))

    def y(self, value: float) -> float:
        """In pixels; the middle when all keys have one value."""
        height = HEIGHTS["parameter"]
        if self.low == self.high:
            return height / 2
        return CURVE_MARGIN + (self.high - value) / (self.high - self.low) * (height - 2 * CURVE_MARGIN)


def marker_width(name: str) -> float:
    """Pixels right of its frame in which a marker can be taken; its name is cut to them."""
    return min(12 + 7 * len(name), _MARKER_WIDEST)


def _in_ruler(timeline: Timeline, layout: Layout, scale: Scale, x: float, y: float) -> Hit | None:
    if y >= layout.ruler - BAR:
        frames = timeline.frames
        ends = {Part.IN: scale.x(frames.start), Part.OUT: scale.x(frames.stop)}
        near = {part: abs(place - x) for part, place in ends.items() if abs(place - x) <= _HANDLE_REACH}
        # Of a range of one frame, what lies outside of it takes the handle on its side.
        order = sorted(near, key=lambda part: near[part])
        return Hit(order[0], frames.start if order[0] is Part.IN else frames.stop) if order else None
    if y < LABELS or not layout.band:
        return None
    before = [marker for marker in timeline.markers if scale.x(marker.frame) - _HANDLE_REACH <= x]
    if before and x <= scale.x(before[-1].frame) + marker_width(before[-1].name):
        return Hit(Part.MARKER, before[-1].frame)
    return None


def _in_prompts(track: PromptTrack, row: Row, scale: Scale, x: float, inside: float) -> Hit | None:
    assert row.ref is not None
    if not CARD_MARGIN <= inside < row.height - CARD_MARGIN:
        return None
    near = nearest(track.track, scale, x)
    if near is not None and abs(inside - row.height / 2) <= KEY_REACH + 2:
        return Hit(Part.KEY, near, row, KeyRef(row.ref, near))
    there = covering(track.track, scale.exact(x))
    if there is None or scale.exact(x) > max(scale.length, there + 1):
        return None
    return Hit(Part.CARD, scale.frame(x), row, KeyRef(row.ref, there))
