"""Edits of what keyframes begin from: a picture of the project, or what every picture of it begins from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.base.errors import InputError
from studio.timeline.edit import Edit
from studio.timeline.edits_keys import insert_key, set_key
from studio.timeline.model import KeyRef, PromptTrack, Timeline
from studio.timeline.prompt import Prompt
from studio.timeline.track import Track


def begin_from(keys: Iterable[KeyRef], asset: str) -> Edit:
    """Let keys of prompt tracks begin from a picture, by its id; empty for what the project's pictures begin from.

    `InputError` when a key does not exist, `TypeError` when it is no prompt's.
    """
    chosen = sorted(frozenset(keys), key=lambda ref: (ref.track.name, ref.frame))

    def apply(timeline: Timeline) -> Timeline:
        for ref in chosen:
            value = timeline.key(ref).value
            if not isinstance(value, Prompt):
                raise TypeError(f"{ref} is no key of a prompt")
            timeline = set_key(ref.track, ref.frame, replace(value, begin=asset)).apply(timeline)
        return timeline

    return Edit("Begin from picture" if asset else "Begin as usual", apply)


def begin_at(frame: int, asset: str) -> Edit:
    """Let a picture be what the film begins from at a frame.

    A key there begins from it, or else the key that holds there; between two keys a new one is set with the nearer
    prompt. `InputError` when no track that is not muted has a key.
    """

    def apply(timeline: Timeline) -> Timeline:
        ref = key_for(timeline, frame)
        if ref.frame != frame:
            track = timeline.prompt(ref.track.name).track
            before, after, mix = track.segment(frame, timeline.length, timeline.loop)
            if before is not after:
                nearer = after if mix >= 0.5 else before
                return insert_key(ref.track, frame, replace(nearer.value, begin=asset)).apply(timeline)
        return begin_from([ref], asset).apply(timeline)

    return Edit("Begin from picture", apply)


def key_for(timeline: Timeline, frame: int) -> KeyRef:
    """The key at a frame or nearest before it, of all prompt tracks that are not muted; else the first after it.

    Raises:
        InputError: no such track has a key.
    """
    refs = [KeyRef(track.ref, key.frame) for track in timeline.prompts if not track.muted for key in track.track.keys]
    if not refs:
        raise InputError(
            "There is no keyframe to begin", "No prompt track that is not muted has one", "Write a prompt first"
        )
    before = [ref for ref in refs if ref.frame <= frame]
    return max(before, key=lambda ref: ref.frame) if before else min(refs, key=lambda ref: ref.frame)


def put_prompt(prompt: Prompt, frame: int, asset: str) -> Edit:
    """Set a key with a prompt that begins from a picture, on the first prompt track that is not muted.

    Where there is none, one is added. `InputError` when the frame is outside of the timeline.
    """

    def apply(timeline: Timeline) -> Timeline:
        timeline, track = heard_track(timeline)
        return set_key(track.ref, frame, replace(prompt, begin=asset)).apply(timeline)

    return Edit("Set key", apply)


def heard_track(timeline: Timeline) -> tuple[Timeline, PromptTrack]:
    """The first prompt track that is not muted, and the timeline with it: where there is none, one is added."""
    for track in timeline.prompts:
        if not track.muted:
            return timeline, track
    names = {each.name for each in timeline.prompts}
    name = next(name for name in ("Prompt", *(f"Prompt {n}" for n in range(2, len(names) + 3))) if name not in names)
    track = PromptTrack(name, Track())
    return replace(timeline, prompts=(*timeline.prompts, track)), track
