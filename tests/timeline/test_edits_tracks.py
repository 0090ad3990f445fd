from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline import edits
from studio.timeline.edits import (
    Edit,
    add_parameter_track,
    add_prompt_track,
    remove_track,
    rename_track,
    set_muted,
    set_weight,
)
from studio.timeline.model import ParameterTrack, PromptTrack, TrackRef
from studio.timeline.track import Keyframe, Track

MAIN, ZOOM = TrackRef("prompt", "main"), TrackRef("parameter", "zoom")


def test_tracks_are_added_below(timeline, say):
    after = add_prompt_track("new").apply(timeline)
    assert after.prompts == (*timeline.prompts, PromptTrack("new", Track()))
    keys = Track((Keyframe(0, say("x")),))
    assert add_prompt_track("new", keys, 2.0).apply(timeline).prompt("new") == PromptTrack("new", keys, 2.0)
    assert add_parameter_track("steps").apply(timeline).parameters[-1] == ParameterTrack("steps", Track())
    for edit in (add_prompt_track("main"), add_parameter_track("zoom"), add_prompt_track(" ")):
        with pytest.raises(InputError):
            edit.apply(timeline)


def test_tracks_are_removed_by_kind_and_name(timeline):
    assert [track.name for track in remove_track(MAIN).apply(timeline).tracks] == ["mood", "zoom", "rotate"]
    assert [track.name for track in remove_track(ZOOM).apply(timeline).tracks] == ["main", "mood", "rotate"]
    with pytest.raises(InputError, match="no prompt track called zoom"):
        remove_track(TrackRef("prompt", "zoom")).apply(timeline)


def test_renaming_keeps_place_and_keys(timeline):
    after = rename_track(MAIN, "first").apply(timeline)
    assert [track.name for track in after.prompts] == ["first", "mood"]
    assert after.prompt("first").track is timeline.prompt("main").track
    assert rename_track(ZOOM, "pan_x").apply(timeline).parameters[0].name == "pan_x"
    for edit in (
        rename_track(MAIN, "mood"),
        rename_track(MAIN, ""),
        rename_track(ZOOM, "rotate"),
        rename_track(TrackRef("parameter", "x"), "y"),
    ):
        with pytest.raises(InputError):
            edit.apply(timeline)


def test_muting_several(timeline):
    after = set_muted([MAIN, ZOOM], True).apply(timeline)
    assert [track.muted for track in after.tracks] == [True, False, True, False]
    assert set_muted([MAIN, ZOOM], False).apply(after) == timeline
    assert (set_muted([MAIN], True).label, set_muted([MAIN], False).label) == ("Mute", "Unmute")
    with pytest.raises(InputError):
        set_muted([MAIN, TrackRef("parameter", "x")], True).apply(timeline)


def test_weight(timeline):
    assert set_weight("main", -0.5).apply(timeline).prompt("main").weight == -0.5
    for name, weight in (("zoom", 1.0), ("main", math.nan)):
        with pytest.raises(InputError):
            set_weight(name, weight).apply(timeline)


def test_the_vocabulary_is_complete():
    assert {name for name in edits.__all__ if name not in ("Edit", "clamp_offset")} == {
        name for name, value in vars(edits).items() if callable(value) and name not in ("Edit", "clamp_offset")
    }
    assert edits.Edit is Edit
