"""Pulling a dragged frame onto something near: keys, markers, the range, whole seconds, the ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

from studio.timeline.model import KeyRef, Timeline


class Source(IntEnum):
    """What a frame may snap to; of two equally near, the one first in this list wins."""

    KEY = 0
    MARKER = 1
    PLAYHEAD = 2
    RANGE = 3
    END = 4
    SECOND = 5


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a drag comes to lie.

    Attributes:
        offset: frames to move by: the wish, or the corrected wish.
        frame: the frame snapped to, for the line on screen; None when nothing was near.
        source: what stands there; None when nothing was near.
    """

    offset: int
    frame: int | None = None
    source: Source | None = None


def targets(
    timeline: Timeline,
    *,
    without: Collection[KeyRef] = (),
    playhead: int | None = None,
    sources: Collection[Source] = frozenset(Source),
) -> dict[int, Source]:
    """The frames that attract, save whole seconds (`snap` computes these), with what stands on each.

    Args:
        timeline: where keys, markers, range and ends are taken from. A range attracts with its first and last frame.
        without: keys that do not attract: those that are being dragged.
        playhead: the current frame; None when it is what is being dragged.
        sources: which kinds count.
    """
    found: list[tuple[int, Source]] = [
        (frame, Source.KEY)
        for track in timeline.tracks
        for frame in track.track.frames
        if KeyRef(track.ref, frame) not in without
    ]
    found += [(marker.frame, Source.MARKER) for marker in timeline.markers]
    if playhead is not None:
        found.append((playhead, Source.PLAYHEAD))
    if timeline.range is not None:
        found += [(timeline.range.start, Source.RANGE), (timeline.range.stop - 1, Source.RANGE)]
    found += [(0, Source.END), (timeline.length - 1, Source.END)]
    # Later entries overwrite earlier ones, so the strongest source comes last.
    return dict(sorted((each for each in found if each[1] in sources), key=lambda each: -each[1]))


def snap(
    timeline: Timeline,
    frames: Iterable[int],
    offset: int,
    attracting: dict[int, Source],
    *,
    reach: int,
    seconds: bool = True,
) -> Snap:
    """The offset of a drag, changed by at most `reach` frames so that one of the frames lands on a target.

    Args:
        timeline: for its frame rate.
        frames: the frames being dragged (keys, a marker, or the playhead alone).
        offset: how far the pointer wants to move them.
        attracting: what `targets` found.
        reach: in frames, >= 0; the screen turns a distance in pixels into it.
        seconds: whether the first frame of each second attracts too. It does when a second lasts longer than twice the
            reach: else there would be no frame that does not snap.
    """
    best: tuple[int, Source, int, int] | None = None
    rate = timeline.rate
    dense = rate.fraction <= 2 * reach
    for frame in frames:
        wish = frame + offset
        near = [(place, source) for place, source in attracting.items() if abs(place - wish) <= reach]
        if seconds and not dense:
            second = round(rate.seconds(wish))
            near += [
                (place, Source.SECOND)
                for place in (
                    -(-each * rate.numerator // rate.denominator) for each in (second - 1, second, second + 1)
                )
                if abs(place - wish) <= reach and 0 <= place < timeline.length
            ]
        for place, source in near:
            candidate = (abs(place - wish), source, place - frame, place)
            best = candidate if best is None else min(best, candidate)
    return Snap(offset) if best is None else Snap(best[2], best[3], best[1])
