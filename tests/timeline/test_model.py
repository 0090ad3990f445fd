from __future__ import annotations

import dataclasses
import math

import pytest

from studio.base.errors import InputError
from studio.timeline.model import KeyRef, Marker, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import Prompt, Term, Text
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track

RATE = FrameRate(24)


@pytest.mark.parametrize("length", [0, -1, 1_000_001])
def test_a_timeline_has_at_least_a_frame_and_not_too_many(length):
    with pytest.raises(InputError, match="length of a timeline"):
        Timeline(RATE, length)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e10])
def test_values_that_cannot_be_sampled_are_refused_by_track_and_frame(bad):
    with pytest.raises(InputError, match="The value of zoom at frame 7"):
        ParameterTrack("zoom", Track((Keyframe(7, bad),)))
    with pytest.raises(InputError, match="The weight of track main"):
        PromptTrack("main", Track(), bad)


def test_tracks_hold_what_they_are_for():
    prompt = Prompt((Term(Text("sea")),))
    with pytest.raises(TypeError):
        ParameterTrack("zoom", Track((Keyframe(0, prompt),)))
    with pytest.raises(TypeError):
        ParameterTrack("zoom", Track((Keyframe(0, True),)))
    with pytest.raises(TypeError):
        PromptTrack("main", Track((Keyframe(0, 1.0),)))
    with pytest.raises(TypeError):
        PromptTrack("main", ())


def test_names_are_not_empty_and_not_taken():
    with pytest.raises(InputError, match="name of a track is empty"):
        PromptTrack(" ", Track())
    with pytest.raises(InputError, match="Two prompt tracks are called a"):
        Timeline(RATE, 10, (PromptTrack("a", Track()), PromptTrack(" a", Track())))
    with pytest.raises(InputError, match="Two parameter tracks are called a"):
        Timeline(RATE, 10, (), (ParameterTrack("a", Track()), ParameterTrack("a", Track())))
    Timeline(RATE, 10, (PromptTrack("a", Track()),), (ParameterTrack("a", Track()),))


def test_markers_are_sorted_and_one_to_a_frame():
    timeline = Timeline(RATE, 10, markers=(Marker(5, "b"), Marker(2, "a")))
    assert [marker.frame for marker in timeline.markers] == [2, 5]
    with pytest.raises(InputError, match="Two markers stand on frame 5"):
        Timeline(RATE, 10, markers=(Marker(5, "b"), Marker(5, "a")))
    with pytest.raises(InputError):
        Marker(-1, "a")
    with pytest.raises(TypeError):
        Marker(1, None)


@pytest.mark.parametrize(
    "wrong", [{"prompts": []}, {"parameters": [1]}, {"markers": (1,)}, {"range": (0, 3)}, {"rate": 24}, {"length": 2.0}]
)
def test_other_types_are_mistakes(wrong):
    with pytest.raises(TypeError):
        Timeline(**{"rate": RATE, "length": 10, **wrong})


def test_the_frames_to_render():
    assert Timeline(RATE, 10).frames == FrameRange(0, 10)
    assert Timeline(RATE, 10, range=FrameRange(2, 5)).frames == FrameRange(2, 5)
    assert Timeline(RATE, 10, range=FrameRange(2, 50)).frames == FrameRange(2, 10)
    assert Timeline(RATE, 10, range=FrameRange(20, 50)).frames == FrameRange(0, 10)


def test_tracks_and_keys_are_found_by_reference(timeline):
    assert [track.ref for track in timeline.tracks] == [
        TrackRef("prompt", "main"),
        TrackRef("prompt", "mood"),
        TrackRef("parameter", "zoom"),
        TrackRef("parameter", "rotate"),
    ]
    assert timeline.find(TrackRef("prompt", "mood")) is timeline.prompts[1]
    assert timeline.find(TrackRef("parameter", "zoom")) is timeline.parameters[0]
    assert timeline.key(KeyRef(TrackRef("parameter", "rotate"), 10)).value == 5.0
    with pytest.raises(InputError, match="no key on frame 11"):
        timeline.key(KeyRef(TrackRef("parameter", "rotate"), 11))
    with pytest.raises(InputError, match="no parameter track called main"):
        timeline.find(TrackRef("parameter", "main"))
    with pytest.raises(InputError) as caught:
        timeline.prompt("zoom")
    assert "main, mood" in caught.value.why
    with pytest.raises(InputError, match="has none"):
        Timeline(RATE, 10).prompt("main")


def test_a_timeline_is_a_value(timeline):
    assert timeline == dataclasses.replace(timeline)
    assert hash(timeline) == hash(dataclasses.replace(timeline))
    with pytest.raises(dataclasses.FrozenInstanceError):
        timeline.length = 3


def test_a_track_is_replaced_in_place(timeline):
    renamed = dataclasses.replace(timeline.prompts[0], name="first")
    changed = timeline.with_prompt(renamed, "main")
    assert [track.name for track in changed.prompts] == ["first", "mood"]
    assert changed.parameters is timeline.parameters
    muted = dataclasses.replace(timeline.parameters[1], muted=True)
    assert timeline.with_parameter(muted).parameters == (timeline.parameters[0], muted)
    with pytest.raises(InputError):
        timeline.with_prompt(renamed)
