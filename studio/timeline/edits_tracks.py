"""Edits of whole tracks: add, remove, rename, mute, weigh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.timeline.edit import Edit
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import Prompt
from studio.timeline.track import Track


def add_prompt_track(name: str, track: Track[Prompt] | None = None, weight: float = 1.0) -> Edit:
    """Add a prompt track below the others, empty unless keys are given. `InputError` when the name is taken."""

    def apply(timeline: Timeline) -> Timeline:
        return replace(timeline, prompts=(*timeline.prompts, PromptTrack(name, track or Track(), weight)))

    return Edit("Add prompt track", apply)


def add_parameter_track(name: str, track: Track[float] | None = None) -> Edit:
    """Add a track for the parameter of that name, empty unless keys are given. `InputError` when the name is taken."""

    def apply(timeline: Timeline) -> Timeline:
        return replace(timeline, parameters=(*timeline.parameters, ParameterTrack(name, track or Track())))

    return Edit("Add parameter track", apply)


def remove_track(ref: TrackRef) -> Edit:
    """Remove a track and its keys. `InputError` when it does not exist."""

    def apply(timeline: Timeline) -> Timeline:
        timeline.find(ref)
        return replace(
            timeline,
            prompts=tuple(each for each in timeline.prompts if each.ref != ref),
            parameters=tuple(each for each in timeline.parameters if each.ref != ref),
        )

    return Edit("Remove track", apply)


def rename_track(ref: TrackRef, name: str) -> Edit:
    """Give a track another name; a parameter track then drives the parameter of that name.

    `InputError` when the track does not exist, or the name is empty or taken.
    """

    def apply(timeline: Timeline) -> Timeline:
        found = timeline.find(ref)
        if isinstance(found, PromptTrack):
            return timeline.with_prompt(replace(found, name=name), ref.name)
        return timeline.with_parameter(replace(found, name=name), ref.name)

    return Edit("Rename track", apply)


def set_muted(refs: Iterable[TrackRef], muted: bool) -> Edit:
    """Let tracks count for nothing, or count again. `InputError` when one does not exist."""
    chosen = frozenset(refs)

    def apply(timeline: Timeline) -> Timeline:
        for ref in chosen:
            found = timeline.find(ref)
            if isinstance(found, PromptTrack):
                timeline = timeline.with_prompt(replace(found, muted=muted))
            else:
                timeline = timeline.with_parameter(replace(found, muted=muted))
        return timeline

    return Edit("Mute" if muted else "Unmute", apply)


def set_weight(name: str, weight: float) -> Edit:
    """Give the prompt track of that name another weight. `InputError` when there is none or it is not finite."""

    def apply(timeline: Timeline) -> Timeline:
        return timeline.with_prompt(replace(timeline.prompt(name), weight=weight))

    return Edit("Change track weight", apply)
