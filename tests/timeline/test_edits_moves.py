from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from studio.base.errors import InputError
from studio.timeline.clip import copy
from studio.timeline.easing import Ease
from studio.timeline.edits import (
    clamp_offset,
    duplicate_keys,
    move_keys,
    nudge_keys,
    paste,
    remove_track,
    reverse_keys,
    stretch_keys,
)
from studio.timeline.model import KeyRef, ParameterTrack, TrackRef
from studio.timeline.track import Keyframe, Track

MAIN, MOOD = TrackRef("prompt", "main"), TrackRef("prompt", "mood")
ZOOM, ROTATE = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate")


def refs(track, *frames):
    return [KeyRef(track, frame) for frame in frames]


@pytest.mark.parametrize(
    ("keys", "offset", "actual"),
    [
        (refs(MAIN, 24), 5, 5),
        (refs(MAIN, 24), 24, 23),
        (refs(MAIN, 24), 30, 30),
        (refs(MAIN, 24), 999, 35),
        (refs(MAIN, 24), -999, -23),
        (refs(MAIN, 0), -3, 0),
        (refs(MAIN, 0, 24, 48), 50, 11),
        (refs(MAIN, 0, 24), 24, 23),
        (refs(MAIN, 24, 48) + refs(ZOOM, 30), -24, -23),
        (refs(MAIN, 24) + refs(ROTATE, 10), -20, -10),
        (refs(MAIN, 24), 0, 0),
        (refs(MAIN, 24), 10**30, 35),
    ],
)
def test_a_drag_is_clamped(timeline, keys, offset, actual):
    assert clamp_offset(timeline, keys, offset) == actual
    moved = move_keys(keys, offset).apply(timeline)
    for key in keys:
        old = timeline.key(key)
        assert moved.key(replace(key, frame=key.frame + actual)) == replace(old, frame=key.frame + actual)
    assert sum(len(track.track.keys) for track in moved.tracks) == 7


def test_a_drag_without_room_goes_nowhere(timeline):
    full = replace(timeline, parameters=(ParameterTrack("zoom", Track((Keyframe(58, 1.0), Keyframe(59, 2.0)))),))
    assert clamp_offset(full, refs(ZOOM, 58), 1) == 0
    assert move_keys(refs(ZOOM, 58), 1).apply(full) == full


def test_keys_that_move_together_do_not_block_each_other(timeline):
    row = replace(
        timeline, parameters=(ParameterTrack("zoom", Track(tuple(Keyframe(k, k / 10) for k in (10, 11, 12)))),)
    )
    after = move_keys(refs(ZOOM, 10, 11, 12), 1).apply(row)
    assert [(key.frame, key.value) for key in after.find(ZOOM).track.keys] == [(11, 1.0), (12, 1.1), (13, 1.2)]


def test_a_key_past_the_end_may_come_back_but_not_go_further(timeline):
    short = replace(timeline, length=40)
    assert clamp_offset(short, refs(MAIN, 48), 3) == 0
    assert clamp_offset(short, refs(MAIN, 48), -3) == -3
    with pytest.raises(InputError, match="cannot be duplicated"):
        duplicate_keys(refs(MAIN, 48), -3).apply(short)
    assert duplicate_keys(refs(MAIN, 48), -9).apply(short).find(MAIN).track.frames == (0, 24, 39, 48)


def test_moving_and_nudging_are_named(timeline):
    assert move_keys(refs(MAIN, 24), 5).label == "Move key"
    assert nudge_keys(refs(MAIN, 24, 48), 5).label == "Nudge 2 keys"
    assert nudge_keys(refs(MAIN, 24), 5).apply(timeline) == move_keys(refs(MAIN, 24), 5).apply(timeline)


@pytest.mark.parametrize(
    "make",
    [
        lambda keys: move_keys(keys, 1),
        lambda keys: duplicate_keys(keys, 1),
        lambda keys: stretch_keys(keys, 0, 1),
        reverse_keys,
    ],
)
def test_keys_must_be_chosen_and_exist(timeline, make):
    with pytest.raises(InputError, match="No key is selected"):
        make([]).apply(timeline)
    with pytest.raises(InputError, match="no key on frame 1"):
        make(refs(ZOOM, 0, 1)).apply(timeline)


def test_copies_land_on_free_frames(timeline):
    keys = refs(MAIN, 0, 24)
    after = duplicate_keys(keys, 5).apply(timeline)
    assert after.find(MAIN).track.frames == (0, 5, 24, 29, 48)
    assert after.find(MAIN).track.key(5) == replace(timeline.find(MAIN).track.key(0), frame=5)
    assert duplicate_keys(keys, 24).apply(timeline).find(MAIN).track.frames == (0, 23, 24, 47, 48)
    with pytest.raises(InputError, match="2 keys cannot be duplicated there"):
        duplicate_keys(keys, 0).apply(timeline)


def test_paste_at_the_playhead_into_several_tracks(timeline, say):
    clip = copy(timeline, refs(MAIN, 0, 24) + refs(ROTATE, 10))
    edit = paste(clip, 30)
    after = edit.apply(timeline)
    assert edit.label == "Paste 3 keys"
    assert after.find(MAIN).track.frames == (0, 24, 30, 48, 54)
    assert after.find(MAIN).track.key(30) == Keyframe(30, say("sea"), Ease.BOTH)
    assert after.find(ROTATE).track.frames == (10, 40)


def test_paste_replaces_what_stands_there_and_adds_missing_tracks(timeline):
    clip = copy(timeline, refs(MAIN, 24) + refs(MOOD, 12) + refs(ZOOM, 30))
    bare = remove_track(ZOOM).apply(remove_track(MOOD).apply(timeline))
    after = paste(clip, 0).apply(bare)
    assert after.find(MAIN).track.key(12).value == timeline.find(MAIN).track.key(24).value
    assert after.prompt("mood").track.frames == (0,)
    assert after.prompt("mood").weight == 0.5
    assert after.find(ZOOM).track.keys == (Keyframe(18, 1.2, Ease.IN),)
    over = paste(copy(timeline, refs(MAIN, 48)), 0).apply(timeline)
    assert over.find(MAIN).track.frames == (0, 24, 48)
    assert over.find(MAIN).track.key(0).value == timeline.find(MAIN).track.key(48).value


@pytest.mark.parametrize("frame", [-1, 36, 60])
def test_paste_stays_inside(timeline, frame):
    with pytest.raises(InputError, match="outside the timeline"):
        paste(copy(timeline, refs(MAIN, 0, 24)), frame).apply(timeline)


@pytest.mark.parametrize(
    ("pivot", "factor", "frames"),
    [(0, 2, (0, 48, 24)), (24, 0.5, (12, 24, 36)), (24, Fraction(1, 7), (21, 24, 27)), (24, -1, (0, 24, 48))],
)
def test_stretching(timeline, pivot, factor, frames):
    keys = refs(MAIN, 0, 24) if pivot == 0 else refs(MAIN, 0, 24, 48)
    if pivot == 0:
        with pytest.raises(InputError, match="Two keys stand on frame 48"):
            stretch_keys(keys, pivot, factor).apply(timeline)
        keys, frames = refs(MAIN, 24, 0), (0, 48)
        timeline = replace(
            timeline, prompts=(replace(timeline.prompts[0], track=timeline.prompts[0].track.remove(48)),)
        )
    assert stretch_keys(keys, pivot, factor).apply(timeline).find(MAIN).track.frames == frames


def test_stretching_rounds_away_from_the_pivot_and_stays_inside(timeline):
    keys = Track((Keyframe(9, 1.0), Keyframe(10, 2.0), Keyframe(11, 3.0)))
    odd = replace(timeline, parameters=(ParameterTrack("zoom", keys),))
    assert stretch_keys(refs(ZOOM, 9, 10, 11), 10, 2.5).apply(odd).find(ZOOM).track.frames == (7, 10, 13)
    with pytest.raises(InputError, match="outside the timeline"):
        stretch_keys(refs(ZOOM, 9, 10, 11), 10, 50).apply(odd)
    with pytest.raises(InputError, match="Two keys"):
        stretch_keys(refs(ZOOM, 9, 10, 11), 10, 0.1).apply(odd)
    for bad in (math.nan, math.inf):
        with pytest.raises(InputError, match="finite"):
            stretch_keys(refs(ZOOM, 9), 10, bad).apply(odd)


def test_reversing_mirrors_keys_and_their_courses(timeline):
    keys = Track((Keyframe(10, 1.0, Ease.IN), Keyframe(15, 2.0, Ease.HOLD), Keyframe(30, 3.0, Ease.OVERSHOOT)))
    curve = replace(timeline, parameters=(ParameterTrack("zoom", keys),))
    edit = reverse_keys(refs(ZOOM, 10, 15, 30))
    after = edit.apply(curve)
    assert after.find(ZOOM).track.keys == (
        Keyframe(10, 3.0, Ease.HOLD),
        Keyframe(25, 2.0, Ease.OUT),
        Keyframe(30, 1.0, Ease.OVERSHOOT),
    )
    assert reverse_keys(refs(ZOOM, 10, 25, 30)).apply(after) == curve


def test_reversing_several_tracks_uses_one_mirror(timeline):
    after = reverse_keys(refs(MAIN, 0, 24) + refs(ROTATE, 10)).apply(timeline)
    assert after.find(MAIN).track.frames == (0, 24, 48)
    assert after.find(MAIN).track.key(0).value == timeline.find(MAIN).track.key(24).value
    assert after.find(ROTATE).track.frames == (14,)
    with pytest.raises(InputError, match="Two keys stand on frame 0"):
        reverse_keys(refs(ZOOM, 30) + refs(MAIN, 0)).apply(timeline)
