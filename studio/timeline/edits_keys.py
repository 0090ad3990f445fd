"""Edits of keys where they stand: set, insert, remove, and their values and eases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from studio.base.errors import InputError
from studio.timeline import curve
from studio.timeline.easing import Ease
from studio.timeline.edit import Edit, by_track, change_tracks, inside, some
from studio.timeline.model import KeyRef, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import Prompt
from studio.timeline.track import Keyframe, Track
from studio.timeline.validate import number

T = TypeVar("T")


def set_key(track: TrackRef, frame: int, value: Prompt | float, ease: Ease | None = None) -> Edit:
    """Give the track this value at the frame: a new key, or the key there changed.

    Args:
        track: the track; it must exist.
        frame: 0..length-1.
        value: a Prompt for a prompt track, a number for a parameter track; `TypeError` for the other.
        ease: the ease of the key; None keeps that of the key there, and gives a new key that of the key before it.
    """

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, frame)
        found = timeline.find(track)
        if isinstance(found, PromptTrack):
            prompt = _prompt(value)
            return timeline.with_prompt(replace(found, track=_set(found.track, frame, prompt, ease)))
        return timeline.with_parameter(replace(found, track=_set(found.track, frame, _number(value), ease)))

    return Edit("Set key", apply)


def insert_key(track: TrackRef, frame: int, prompt: Prompt | None = None) -> Edit:
    """Add a key without changing what is there.

    On a parameter track the curve stays the same at every frame (see `studio.timeline.curve.insert_key`; where it
    overshoots, that may take more than one key); an empty track gets no key this way. On a prompt track the new key
    holds the prompt that is given, or else that of the key before it, with the ease of that key: a mixture of two
    prompts is no prompt. Refused with `InputError`: a frame that has a key already, and a curve whose overshoot passes
    the largest value of a key there.
    """

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, frame)
        found = timeline.find(track)
        if found.track.find(frame) is not None:
            raise InputError(
                f"There is already a key on frame {frame}", "A track has at most one key on a frame", "Change that key"
            )
        if isinstance(found, PromptTrack):
            before = _before(found.track, frame, timeline)
            if prompt is None and before is None:
                raise InputError("The new key has no prompt", f"Track {found.name} has no key yet", "Write a prompt")
            value = prompt if prompt is not None or before is None else before.value
            key = Keyframe(frame, _prompt(value), before.ease if before else Ease.LINEAR)
            return timeline.with_prompt(replace(found, track=found.track.insert(key)))
        if not found.track.keys:
            raise InputError("The new key has no value", f"Track {found.name} has no key yet", "Set a value")
        return timeline.with_parameter(
            replace(found, track=curve.insert_key(found.track, frame, timeline.length, timeline.loop))
        )

    return Edit("Insert key", apply)


def remove_keys(keys: Iterable[KeyRef]) -> Edit:
    """Remove keys; the easing is kept across each gap. A track may end up empty."""
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        frames = by_track(chosen)

        def cut(ref: TrackRef, track: Track[T]) -> Track[T]:
            return curve.remove_keys(track, frames[ref], timeline.length, timeline.loop)

        return change_tracks(timeline, cut, frames)

    return Edit(f"Remove {some(len(chosen), 'key')}", apply)


def set_value(keys: Iterable[KeyRef], value: Prompt | float) -> Edit:
    """Give keys, all of prompt tracks or all of parameter tracks, one value; `TypeError` when the kind does not fit."""
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        for ref, frames in by_track(chosen).items():
            found = timeline.find(ref)
            if isinstance(found, PromptTrack):
                prompts = (replace(found.track.key(frame), value=_prompt(value)) for frame in frames)
                timeline = timeline.with_prompt(replace(found, track=found.track.put(*prompts)))
            else:
                numbers = (replace(found.track.key(frame), value=_number(value)) for frame in frames)
                timeline = timeline.with_parameter(replace(found, track=found.track.put(*numbers)))
        return timeline

    return Edit(f"Change {some(len(chosen), 'key')}", apply)


def set_ease(keys: Iterable[KeyRef], ease: Ease) -> Edit:
    """Give keys one ease: the course from each to the next."""
    chosen = frozenset(keys)

    def apply(timeline: Timeline) -> Timeline:
        frames = by_track(chosen)

        def change(ref: TrackRef, track: Track[T]) -> Track[T]:
            return track.with_ease(frames[ref], ease)

        return change_tracks(timeline, change, frames)

    return Edit(f"Ease {some(len(chosen), 'key')}", apply)


def _set(track: Track[T], frame: int, value: T, ease: Ease | None) -> Track[T]:
    there = track.find(frame)
    if there is not None:
        return track.put(replace(there, value=value, ease=ease or there.ease))
    before = [key for key in track.keys if key.frame < frame]
    return track.insert(Keyframe(frame, value, ease or (before[-1].ease if before else Ease.LINEAR)))


def _before(track: Track[T], frame: int, timeline: Timeline) -> Keyframe[T] | None:
    return track.segment(frame, timeline.length, timeline.loop)[0] if track.keys else None


def _prompt(value: object) -> Prompt:
    if not isinstance(value, Prompt):
        raise TypeError(f"a prompt track takes a Prompt, not {type(value).__name__}")
    return value


def _number(value: Prompt | float) -> float:
    if isinstance(value, Prompt):
        raise TypeError("a parameter track takes a number, not a Prompt")
    return number(value, "the value of a key")
