from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import InputError
from studio.timeline.beginnings import begin_at, begin_from, heard_track, put_prompt
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.sample import sample
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track

A = TrackRef("prompt", "a")


def timeline(**tracks: dict[int, str]) -> Timeline:
    made = tuple(
        PromptTrack(name, Track(tuple(Keyframe(frame, parse_prompt(text), Ease.BOTH) for frame, text in keys.items())))
        for name, keys in tracks.items()
    )
    return Timeline(FrameRate(24), 48, made)


def begun(line: Timeline) -> dict[tuple[str, int], str]:
    return {
        (track.name, key.frame): key.value.begin
        for track in line.prompts
        for key in track.track.keys
        if key.value.begin
    }


def test_a_key_begins_from_a_picture_and_keeps_its_words_and_ease() -> None:
    line = timeline(a={0: "x", 24: "y:2"})
    after = begin_from([KeyRef(A, 24)], "leaf").apply(line)
    key = after.prompt("a").track.key(24)
    assert (key.value, key.ease) == (replace(parse_prompt("y:2"), begin="leaf"), Ease.BOTH)
    assert begun(after) == {("a", 24): "leaf"}
    assert begin_from([KeyRef(A, 24)], "").apply(after) == line


def test_a_key_of_a_parameter_begins_from_nothing() -> None:
    line = replace(timeline(a={0: "x"}), parameters=(ParameterTrack("zoom", Track((Keyframe(0, 1.0),))),))
    with pytest.raises(TypeError):
        begin_from([KeyRef(TrackRef("parameter", "zoom"), 0)], "leaf").apply(line)
    with pytest.raises(InputError):
        begin_from([KeyRef(A, 7)], "leaf").apply(line)


@pytest.mark.parametrize(("frame", "key"), [(24, ("b", 24)), (23, ("b", 23)), (11, ("a", 11)), (47, ("a", 30))])
def test_the_key_there_or_the_one_that_holds_or_a_new_one_begins_from_it(frame: int, key: tuple[str, int]) -> None:
    line = timeline(a={10: "x", 30: "z"}, b={12: "y", 24: "w"})
    assert begun(begin_at(frame, "leaf").apply(line)) == {key: "leaf"}


@pytest.mark.parametrize(("frame", "words"), [(6, "x"), (18, "z")])
def test_a_new_key_has_the_nearer_prompt(frame: int, words: str) -> None:
    line = begin_at(frame, "leaf").apply(timeline(a={0: "x", 24: "z"}))
    assert line.prompt("a").track.key(frame).value == replace(parse_prompt(words), begin="leaf")


def test_where_none_lies_before_it_the_first_one_begins_so() -> None:
    assert begun(begin_at(3, "leaf").apply(timeline(a={10: "x", 30: "z"}))) == {("a", 10): "leaf"}


def test_muted_tracks_are_passed_over() -> None:
    line = timeline(a={0: "x"}, b={0: "y"})
    line = line.with_prompt(replace(line.prompt("a"), muted=True))
    assert begun(begin_at(5, "leaf").apply(line)) == {("b", 0): "leaf"}
    silent = line.with_prompt(replace(line.prompt("b"), muted=True))
    with pytest.raises(InputError, match="no keyframe"):
        begin_at(5, "leaf").apply(silent)


def test_a_prompt_is_set_on_the_first_track_that_is_heard() -> None:
    line = timeline(a={0: "x"}, b={0: "y"})
    line = line.with_prompt(replace(line.prompt("a"), muted=True))
    after = put_prompt(parse_prompt("z"), 9, "leaf").apply(line)
    assert after.prompt("b").track.key(9).value == replace(parse_prompt("z"), begin="leaf")
    assert after.prompt("b").track.key(9).ease == Ease.BOTH
    with pytest.raises(InputError):
        put_prompt(parse_prompt("z"), 48, "leaf").apply(line)


def test_where_no_track_is_heard_one_is_added() -> None:
    line = timeline(Prompt={0: "x"})
    line = line.with_prompt(replace(line.prompt("Prompt"), muted=True))
    after, track = heard_track(line)
    assert track.name == "Prompt 2"
    assert [each.name for each in after.prompts] == ["Prompt", "Prompt 2"]
    assert heard_track(after) == (after, track)


def test_a_frame_begins_from_the_picture_of_the_first_key_on_it_that_is_heard() -> None:
    line = timeline(a={0: "x", 10: "y"}, b={10: "z"})
    line = begin_from([KeyRef(A, 10), KeyRef(TrackRef("prompt", "b"), 10)], "leaf").apply(line)
    line = begin_from([KeyRef(A, 10)], "sea").apply(line)
    assert [sample(line, frame).begin for frame in (0, 9, 10, 11)] == ["", "", "sea", ""]
    muted = line.with_prompt(replace(line.prompt("a"), muted=True))
    assert sample(muted, 10).begin == "leaf"
    assert sample(replace(line, loop=True), 58).begin == "sea"
