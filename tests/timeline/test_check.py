from __future__ import annotations

from dataclasses import replace

import pytest

from studio.timeline.check import Severity, check
from studio.timeline.model import Marker, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track


def codes(timeline: Timeline) -> list[str]:
    return [problem.code for problem in check(timeline)]


def test_all_is_well(timeline):
    assert check(timeline) == ()


def test_a_timeline_without_prompts_is_an_error():
    (problem,) = check(Timeline(FrameRate(24), 10))
    assert problem.code == "no-prompt"
    assert problem.severity is Severity.ERROR
    assert problem.why == "It has no prompt track"
    assert problem.fix


@pytest.mark.parametrize("change", [{"muted": True}, {"weight": 0.0}, {"track": Track()}])
def test_prompts_that_do_not_count_are_none(timeline, change):
    silent = replace(timeline, prompts=tuple(replace(track, **change) for track in timeline.prompts))
    assert codes(silent)[0] == "no-prompt"
    assert codes(silent)[1:] == (["empty-track"] * 2 if "track" in change else [])


def test_only_negative_weights_are_a_warning(timeline):
    track = PromptTrack("main", Track((Keyframe(0, parse_prompt("blur:-1 | noise:-2")),)))
    (problem,) = check(replace(timeline, prompts=(track,)))
    assert (problem.code, problem.severity) == ("only-negative", Severity.WARNING)
    assert codes(replace(timeline, prompts=(replace(track, weight=-1.0),))) == []


def test_what_lies_past_the_end_is_named(timeline):
    short = replace(timeline, length=30, markers=(Marker(5, "a"), Marker(40, "b"), Marker(41, "c")))
    problems = {problem.code: problem for problem in check(short) if problem.track is None}
    assert set(problems) == {"marker-outside", "range-outside"}
    assert problems["marker-outside"].frames == (40, 41)
    assert problems["marker-outside"].what == "The timeline has 2 markers past the end"
    assert "10:50" in problems["range-outside"].what
    keys = {problem.track: problem.frames for problem in check(short) if problem.code == "key-outside"}
    assert keys == {TrackRef("prompt", "main"): (48,), TrackRef("parameter", "zoom"): (30,)}


def test_values_that_sampling_would_clamp(timeline):
    track = ParameterTrack("zoom", Track((Keyframe(0, 3.0), Keyframe(5, 1.0), Keyframe(9, -1.0))))
    (problem,) = check(replace(timeline, parameters=(track,)))
    assert problem.code == "value-outside"
    assert problem.frames == (0, 9)
    assert problem.why == "It goes from 0.5 to 2, and stops there"


def test_an_unknown_parameter_is_pointed_out(timeline):
    (problem,) = check(replace(timeline, parameters=(ParameterTrack("zom", Track((Keyframe(0, 9.0),))),)))
    assert problem.code == "unknown-parameter"
    assert "zoom" in problem.fix


def test_errors_come_first(timeline):
    bad = replace(timeline, prompts=(), length=5, range=FrameRange(0, 50))
    severities = [problem.severity for problem in check(bad)]
    assert severities[0] is Severity.ERROR
    assert Severity.WARNING in severities
    assert severities == sorted(severities, key=lambda severity: severity is not Severity.ERROR)
