"""Edits that bring keys elsewhere in time: move, nudge, duplicate, paste, stretch, reverse."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from studio.base.errors import InputError
from studio.timeline.clip import Clip
from studio.timeline.edit import Edit, by_track, change_tracks, inside, require, some
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.prompt import Prompt
from studio.timeline.track import Track

T = TypeVar("T")


def clamp_offset(timeline: Timeline, keys: Iterable[KeyRef], offset: int) -> int:
    """How far the keys can go together towards an offset: for the tooltip of a drag.

    The offset itself, or else the furthest on the way to it at which no key is below 0, past the end, or on a key that
    stays. Keys may pass over others. 0 is always possible.

    Raises:
        InputError: no key is given, or one does not exist.
    """
    keys = tuple(keys)
    require(timeline, keys)
    return _clamp(timeline, by_track(keys), offset, copies=False)


def move_keys(keys: Iterable[KeyRef], offset: int) -> Edit:
    """Move keys of any tracks together by whole frames, as far as `clamp_offset` allows; values and eases go along."""
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        actual = clamp_offset(timeline, chosen, offset)
        frames = by_track(chosen)

        def shift(ref: TrackRef, track: Track[T]) -> Track[T]:
            return track.rearrange({frame: frame + actual for frame in frames[ref]})

        return change_tracks(timeline, shift, frames)

    return Edit(f"Move {some(len(chosen), 'key')}", apply)


def nudge_keys(keys: Iterable[KeyRef], offset: int) -> Edit:
    """`move_keys` by the keyboard: the same, with a label of its own."""
    edit = move_keys(keys, offset)
    return replace(edit, label=edit.label.replace("Move", "Nudge"))


def duplicate_keys(keys: Iterable[KeyRef], offset: int) -> Edit:
    """Set copies of keys at an offset, or the furthest on the way to it where every copy is inside and on no key.

    `InputError` when there is no such place; the offset 0 is none.
    """
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        require(timeline, chosen)
        frames = by_track(chosen)
        actual = _clamp(timeline, frames, offset, copies=True)
        if actual == 0:
            raise InputError(
                f"The {some(len(chosen), 'key')} cannot be duplicated there",
                "The copies would stand on other keys or outside the timeline",
                "Duplicate to a free place",
            )

        def add(ref: TrackRef, track: Track[T]) -> Track[T]:
            return track.put(*(replace(track.key(frame), frame=frame + actual) for frame in frames[ref]))

        return change_tracks(timeline, add, frames)

    return Edit(f"Duplicate {some(len(chosen), 'key')}", apply)


def paste(clip: Clip, frame: int) -> Edit:
    """Set the keys of a clip with its earliest at a frame, into the tracks of the names they were copied from.

    Keys that stand in the way are replaced; a track that is missing is added. `InputError` when a key would be outside.
    """

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, frame)
        inside(timeline, frame + clip.span)
        names = {track.ref for track in timeline.tracks}
        prompts = tuple(replace(each, track=Track[Prompt]()) for each in clip.prompts if each.ref not in names)
        parameters = tuple(replace(each, track=Track[float]()) for each in clip.parameters if each.ref not in names)
        grown = replace(timeline, prompts=timeline.prompts + prompts, parameters=timeline.parameters + parameters)
        for prompt_track in clip.prompts:
            here = grown.prompt(prompt_track.name)
            grown = grown.with_prompt(replace(here, track=_overlaid(here.track, prompt_track.track, frame)))
        for parameter_track in clip.parameters:
            there = grown.parameter(parameter_track.name)
            grown = grown.with_parameter(replace(there, track=_overlaid(there.track, parameter_track.track, frame)))
        return grown

    return Edit(f"Paste {some(clip.count, 'key')}", apply)


def stretch_keys(keys: Iterable[KeyRef], pivot: int, factor: Fraction | int | float) -> Edit:
    """Move keys away from a frame or towards it: their distance is multiplied and rounded (halves away from the pivot).

    A factor of -1 mirrors them. `InputError` when the factor is not finite, or a key would be outside or on another.
    """
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        try:
            exact = Fraction(factor)
        except (ValueError, OverflowError):
            raise InputError(
                f"Keys cannot be stretched by {factor}", "It must be a finite number", "Give a number such as 2 or 0.5"
            ) from None
        frames = by_track(chosen)

        def move(ref: TrackRef, track: Track[T]) -> Track[T]:
            places = {frame: pivot + _rounded((frame - pivot) * exact) for frame in frames[ref]}
            for place in places.values():
                inside(timeline, place)
            return track.rearrange(places)

        return change_tracks(timeline, move, frames)

    return Edit(f"Stretch {some(len(chosen), 'key')}", apply)


def reverse_keys(keys: Iterable[KeyRef]) -> Edit:
    """Run keys backwards between the first and the last of them, the courses between them too.

    `InputError` when a key would land on one that is not among them.
    """
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        frames = by_track(chosen)
        mirror = min(each[0] for each in frames.values()) + max(each[-1] for each in frames.values())

        def turn(ref: TrackRef, track: Track[T]) -> Track[T]:
            mine = frames[ref]
            eases = [track.key(frame).ease for frame in mine]
            # The course from one key to the next now leaves from the latter; the last one's goes on from the new last.
            turned = dict(zip(mine, (eases[-1], *(ease.reversed() for ease in eases[:-1])), strict=True))
            eased = track.put(*(replace(track.key(frame), ease=ease) for frame, ease in turned.items()))
            return eased.rearrange({frame: mirror - frame for frame in mine})

        return change_tracks(timeline, turn, frames)

    return Edit(f"Reverse {some(len(chosen), 'key')}", apply)


def _clamp(timeline: Timeline, frames: Mapping[TrackRef, tuple[int, ...]], offset: int, *, copies: bool) -> int:
    first, last = min(each[0] for each in frames.values()), max(each[-1] for each in frames.values())
    # A key that is already past the end need not go back, but a copy of it would have to.
    room = timeline.length - 1 - last if copies else max(0, timeline.length - 1 - last)
    aim = max(min(offset, room), -first)
    if aim * offset <= 0 or abs(aim) > abs(offset):
        return 0
    standing = {ref: set(timeline.find(ref).track.frames) for ref in frames}
    if not copies:
        standing = {ref: standing[ref].difference(frames[ref]) for ref in frames}
    back = -1 if aim > 0 else 1
    while aim and any(frame + aim in standing[ref] for ref, mine in frames.items() for frame in mine):
        aim += back
    return aim


def _overlaid(track: Track[T], copied: Track[T], frame: int) -> Track[T]:
    return track.put(*(replace(key, frame=key.frame + frame) for key in copied.keys))


def _rounded(value: Fraction) -> int:
    size = math.floor(abs(value) + Fraction(1, 2))
    return size if value > 0 else -size
