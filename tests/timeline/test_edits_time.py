from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import InputError
from studio.timeline.easing import Ease
from studio.timeline.edits import (
    add_marker,
    change_marker,
    insert_time,
    move_keys,
    remove_marker,
    remove_time,
    set_length,
    set_loop,
    set_range,
    set_rate,
)
from studio.timeline.model import KeyRef, Marker, ParameterTrack, TrackRef
from studio.timeline.sample import sample
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track


def test_rate_and_loop_leave_the_keys(timeline):
    assert set_rate(FrameRate(30)).apply(timeline) == replace(timeline, rate=FrameRate(30))
    assert set_loop(True).apply(timeline) == replace(timeline, loop=True)
    assert (set_loop(True).label, set_loop(False).label) == ("Loop", "Do not loop")


def test_range(timeline):
    assert set_range(FrameRange(0, 60)).apply(timeline).range == FrameRange(0, 60)
    assert set_range(None).apply(timeline).range is None
    with pytest.raises(InputError, match="outside the timeline"):
        set_range(FrameRange(0, 61)).apply(timeline)


def test_a_longer_timeline_keeps_everything(timeline):
    assert set_length(100).apply(timeline) == replace(timeline, length=100)


def test_a_shorter_timeline_refuses_to_lose_keys(timeline):
    with pytest.raises(InputError, match="2 keys and 1 marker would be past the end") as caught:
        set_length(30).apply(timeline)
    assert "trim" in caught.value.fix
    assert set_length(49).apply(timeline).range == FrameRange(10, 49)
    with pytest.raises(InputError, match="length of a timeline"):
        set_length(0).apply(timeline)


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("length", [1, 5, 11, 20, 41, 59])
def test_trimming_keeps_the_frames_that_are_left(timeline, length, loop):
    keys = Track((Keyframe(3, 1.0, Ease.OVERSHOOT), Keyframe(40, 1.5, Ease.BOTH), Keyframe(59, 0.8, Ease.IN)))
    long = replace(timeline, parameters=(ParameterTrack("zoom", keys),), loop=loop)
    short = set_length(length, trim=True).apply(long)
    assert short.length == length
    assert all(frame < length for track in short.tracks for frame in track.track.frames)
    assert all(marker.frame < length for marker in short.markers)
    for frame in range(length):
        assert sample(short, frame).parameter("zoom") == pytest.approx(sample(long, frame).parameter("zoom"), abs=1e-9)


def test_trimming_holds_the_last_prompt(timeline, say):
    short = set_length(36, trim=True).apply(timeline)
    assert short.prompt("main").track.frames == (0, 24)
    assert short.prompt("mood") == timeline.prompt("mood")
    tiny = set_length(5, trim=True).apply(timeline)
    assert tiny.prompt("mood").track.keys == (Keyframe(4, say("calm")),)
    assert tiny.range is None
    assert tiny.parameter("rotate").track.frames == (4,)
    assert sample(tiny, 0).parameter("rotate") == 5.0


def test_trimming_takes_keys_that_were_past_the_end_already(timeline):
    over = replace(timeline, length=40)
    assert set_length(50, trim=True).apply(over) == replace(timeline, length=50)
    same = set_length(40, trim=True).apply(over)
    assert same.prompt("main").track.frames == (0, 24)
    assert same.markers == (Marker(20, "beat", "red"),)


def test_markers(timeline):
    assert [marker.frame for marker in add_marker(Marker(30, "x")).apply(timeline).markers] == [20, 30, 40]
    with pytest.raises(InputError, match="Two markers stand on frame 20"):
        add_marker(Marker(20, "x")).apply(timeline)
    with pytest.raises(InputError, match="outside the timeline"):
        add_marker(Marker(60, "x")).apply(timeline)
    assert change_marker(20, Marker(50, "y")).apply(timeline).markers == (Marker(40, "drop"), Marker(50, "y"))
    for edit in (
        change_marker(20, Marker(40, "y")),
        change_marker(21, Marker(30, "y")),
        change_marker(20, Marker(60, "")),
    ):
        with pytest.raises(InputError):
            edit.apply(timeline)
    assert remove_marker(20).apply(timeline).markers == (Marker(40, "drop"),)
    with pytest.raises(InputError, match="no marker on frame 21"):
        remove_marker(21).apply(timeline)


def test_inserting_time_pushes_everything_later(timeline):
    edit = insert_time(24, 6)
    after = edit.apply(timeline)
    assert edit.label == "Insert 6 frames"
    assert after.length == 66
    assert after.prompt("main").track.frames == (0, 30, 54)
    assert after.parameter("zoom").track.frames == (0, 36)
    assert [marker.frame for marker in after.markers] == [20, 46]
    assert after.range == FrameRange(10, 56)
    assert insert_time(60, 1).apply(timeline) == replace(timeline, length=61)
    assert insert_time(50, 1).apply(timeline).range == FrameRange(10, 50)
    assert insert_time(0, 1).apply(timeline).prompt("main").track.frames == (1, 25, 49)


@pytest.mark.parametrize(("frame", "frames"), [(-1, 1), (61, 1), (0, 0), (0, 10**6)])
def test_time_that_cannot_be_inserted(timeline, frame, frames):
    with pytest.raises(InputError):
        insert_time(frame, frames).apply(timeline)


def test_removing_time_closes_the_gap(timeline):
    edit = remove_time(FrameRange(20, 32))
    after = edit.apply(timeline)
    assert edit.label == "Remove 12 frames"
    assert after.length == 48
    assert after.prompt("main").track.frames == (0, 36)
    assert after.prompt("main").track.key(0).ease == Ease(0.42, 0, 1, 1)
    assert after.parameter("zoom").track.frames == (0,)
    assert [(marker.frame, marker.name) for marker in after.markers] == [(28, "drop")]
    assert after.range == FrameRange(10, 38)


@pytest.mark.parametrize(
    ("gone", "kept"), [((0, 10), (0, 40)), ((5, 15), (5, 40)), ((10, 50), None), ((45, 60), (10, 45)), ((9, 51), None)]
)
def test_removing_time_cuts_the_range(timeline, gone, kept):
    assert remove_time(FrameRange(*gone)).apply(timeline).range == (FrameRange(*kept) if kept else None)


def test_removing_time_leaves_each_track_a_key(timeline, say):
    after = remove_time(FrameRange(0, 59)).apply(timeline)
    assert after.length == 1
    assert [track.track.frames for track in after.tracks] == [(0,)] * 4
    assert after.prompt("main").track.keys[0].value == say("sun")
    tail = remove_time(FrameRange(10, 60)).apply(timeline)
    assert tail.prompt("mood").track.frames == (9,)
    assert tail.parameter("rotate").track.frames == (9,)


def test_inserted_time_can_be_removed_again(timeline):
    assert remove_time(FrameRange(13, 20)).apply(insert_time(13, 7).apply(timeline)) == timeline


def test_all_time_cannot_be_removed(timeline):
    with pytest.raises(InputError, match="All frames cannot be removed"):
        remove_time(FrameRange(0, 60)).apply(timeline)
    with pytest.raises(InputError, match="outside the timeline"):
        remove_time(FrameRange(50, 61)).apply(timeline)


def test_an_edit_that_fails_changes_nothing(timeline):
    before = replace(timeline)
    with pytest.raises(InputError):
        move_keys([KeyRef(TrackRef("prompt", "main"), 1)], 3).apply(timeline)
    with pytest.raises(InputError):
        remove_time(FrameRange(0, 60)).apply(timeline)
    assert timeline == before
