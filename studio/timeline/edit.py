"""What an edit is: a label for the menu and a pure function from one timeline to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from studio.base.errors import InputError
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.track import Track

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit:
    """A named change.

    Attributes:
        label: what the undo menu shows ("Move 3 keys").
        apply: the changed timeline; raises `InputError` and changes nothing when the edit cannot be made.
    """

    label: str
    apply: Callable[[Timeline], Timeline]


class TrackChange(Protocol):
    """A change to a track of either kind."""

    def __call__(self, ref: TrackRef, track: Track[T]) -> Track[T]:
        """The changed track."""
        ...


def change_tracks(timeline: Timeline, change: TrackChange, refs: Iterable[TrackRef] | None = None) -> Timeline:
    """The timeline with the change made to the named tracks, or to all.

    Raises:
        InputError: a track does not exist; or what the change raises.
    """
    wanted = {track.ref for track in timeline.tracks} if refs is None else {timeline.find(ref).ref for ref in refs}
    return replace(
        timeline,
        prompts=tuple(
            replace(each, track=change(each.ref, each.track)) if each.ref in wanted else each
            for each in timeline.prompts
        ),
        parameters=tuple(
            replace(each, track=change(each.ref, each.track)) if each.ref in wanted else each
            for each in timeline.parameters
        ),
    )


def by_track(keys: Iterable[KeyRef]) -> Mapping[TrackRef, tuple[int, ...]]:
    """The frames of the keys, rising, for each track that has some.

    Raises:
        InputError: no key is given.
    """
    frames: dict[TrackRef, set[int]] = {}
    for key in keys:
        frames.setdefault(key.track, set()).add(key.frame)
    if not frames:
        raise InputError("No key is selected", fix="Select at least one key")
    return {ref: tuple(sorted(each)) for ref, each in frames.items()}


def require(timeline: Timeline, keys: Iterable[KeyRef]) -> None:
    """Nothing, when all keys exist; else `InputError`."""
    for key in keys:
        timeline.key(key)


def inside(timeline: Timeline, frame: int) -> int:
    """The frame itself, when it is in 0..length-1; else `InputError`."""
    if not 0 <= frame < timeline.length:
        raise InputError(
            f"Frame {frame} is outside the timeline",
            f"It has {timeline.length} frames, 0 to {timeline.length - 1}",
            "Choose a frame inside, or make the timeline longer",
        )
    return frame


def count(number: int, noun: str) -> str:
    """The noun with its number: "1 key", "3 keys"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def some(number: int, noun: str) -> str:
    """The noun as a label has it: "key" for one, "3 keys" for three."""
    return noun if number == 1 else count(number, noun)
