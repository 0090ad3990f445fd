"""Where the frames of a walk lie between its keyframes. No torch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.timeline.model import Timeline

_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Between:
    """A frame of a walk between two keyframes.

    Attributes:
        frame: its number.
        start: the keyframe at or before it.
        end: the next keyframe; equal to `start` on it, and where there is only one.
        mix: how far the frame has come, 0 (looks like `start`) to 1 (like `end`).
    """

    frame: int
    start: int
    end: int
    mix: float


def stations(timeline: Timeline) -> tuple[int, ...]:
    """The frames that a walk is solved at, rising, at least one.

    Those where any prompt track that is not muted has a key. Unless the timeline loops, its first and last frame too.
    """
    found = {
        key.frame
        for track in timeline.prompts
        if not track.muted
        for key in track.track.keys
        if key.frame < timeline.length
    }
    if not timeline.loop:
        found |= {0, timeline.length - 1}
    return tuple(sorted(found or {0}))


def places(timeline: Timeline, frames: Iterable[int]) -> Iterator[Between]:
    """Where each frame lies. On a looping timeline the last station goes on to the first."""
    stops = stations(timeline)
    for frame in frames:
        place = bisect_right(stops, frame)
        start, end = stops[place - 1], stops[place % len(stops)]
        if frame == start or len(stops) == 1:
            yield Between(frame, start, start, 0.0)
        else:
            passed, span = (frame - start) % timeline.length, (end - start) % timeline.length
            yield Between(frame, start, end, _mix(timeline, frame, passed, span))


def _mix(timeline: Timeline, frame: int, passed: int, span: int) -> float:
    """The eased share of the way from one station to the next, `span` frames apart, `passed` frames into it.

    The ease is that of the first prompt track, of those not muted, whose prompt changes on the way; where that track's
    own segment is longer, the part between the stations, stretched to 0 to 1. Where no prompt changes it is linear.
    Overshoot is clamped: beyond a solve there is nothing that latents could show.
    """
    for track in timeline.prompts:
        if track.muted or not track.track.keys:
            continue
        before, after, _ = track.track.segment(frame, timeline.length, timeline.loop)
        if before is after or before.value == after.value:
            continue
        whole = (after.frame - before.frame) % timeline.length if timeline.loop else after.frame - before.frame
        offset = (frame - before.frame) % timeline.length - passed  # of the station into the track's own segment
        low, here, high = (before.ease.at((offset + way) / whole) for way in (0, passed, span))
        if abs(high - low) > _FLAT:
            return min(max((here - low) / (high - low), 0.0), 1.0)
    return passed / span
