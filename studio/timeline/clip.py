"""What copying puts aside: keys of several tracks, counted from the earliest of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from studio.timeline.edit import by_track, require
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline
from studio.timeline.track import Track

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clip:
    """Copied keys. Each track keeps its name; the earliest key of all stands on frame 0."""

    prompts: tuple[PromptTrack, ...]
    parameters: tuple[ParameterTrack, ...]

    @property
    def span(self) -> int:
        """The frame of the latest key: how many frames the clip reaches beyond the one it is pasted at."""
        return max(self._frames)

    @property
    def count(self) -> int:
        """How many keys it holds, at least 1."""
        return len(self._frames)

    @property
    def _frames(self) -> tuple[int, ...]:
        prompts = tuple(frame for track in self.prompts for frame in track.track.frames)
        return prompts + tuple(frame for track in self.parameters for frame in track.track.frames)


def copy(timeline: Timeline, keys: Iterable[KeyRef]) -> Clip:
    """The keys as a clip, tracks in the order of the timeline.

    Raises:
        InputError: no key is given, or one does not exist.
    """
    keys = frozenset(keys)
    frames = by_track(keys)
    require(timeline, keys)
    first = min(each[0] for each in frames.values())
    return Clip(
        tuple(
            replace(each, track=_taken(each.track, frames[each.ref], first))
            for each in timeline.prompts
            if each.ref in frames
        ),
        tuple(
            replace(each, track=_taken(each.track, frames[each.ref], first))
            for each in timeline.parameters
            if each.ref in frames
        ),
    )


def _taken(track: Track[T], frames: Iterable[int], first: int) -> Track[T]:
    return Track(tuple(replace(track.key(frame), frame=frame - first) for frame in frames))
