from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline.easing import Ease
from studio.timeline.edits import (
    add_parameter_track,
    add_prompt_track,
    insert_key,
    remove_keys,
    set_ease,
    set_key,
    set_loop,
    set_value,
)
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.sample import sample
from studio.timeline.track import Keyframe

MAIN, MOOD = TrackRef("prompt", "main"), TrackRef("prompt", "mood")
ZOOM, ROTATE = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate")


def test_set_key_makes_a_new_key_with_the_ease_before_it(timeline, say):
    after = set_key(MAIN, 12, say("storm")).apply(timeline)
    assert after.find(MAIN).track.key(12) == Keyframe(12, say("storm"), Ease.BOTH)
    assert set_key(ROTATE, 5, 2).apply(timeline).find(ROTATE).track.key(5) == Keyframe(5, 2.0, Ease.LINEAR)
    assert set_key(ZOOM, 50, 1.5, Ease.OUT).apply(timeline).find(ZOOM).track.key(50).ease == Ease.OUT


def test_set_key_changes_the_key_that_is_there(timeline):
    assert set_key(ZOOM, 30, 1.5).apply(timeline).find(ZOOM).track.key(30) == Keyframe(30, 1.5, Ease.IN)
    assert set_key(ZOOM, 30, 1.5, Ease.HOLD).apply(timeline).find(ZOOM).track.key(30).ease == Ease.HOLD


@pytest.mark.parametrize("frame", [-1, 60])
def test_keys_are_set_inside_the_timeline(timeline, frame, say):
    for edit in (set_key(ZOOM, frame, 1.0), insert_key(ZOOM, frame), insert_key(MAIN, frame, say("x"))):
        with pytest.raises(InputError, match="outside the timeline") as caught:
            edit.apply(timeline)
        assert "0 to 59" in caught.value.why


def test_values_fit_their_track(timeline, say):
    for edit in (
        set_key(ZOOM, 3, say("sea")),
        set_key(MAIN, 3, 1.0),
        set_value([KeyRef(ZOOM, 0)], say("sea")),
        set_value([KeyRef(MAIN, 0)], 1.0),
        set_value([KeyRef(MAIN, 0), KeyRef(ZOOM, 0)], 1.0),
    ):
        with pytest.raises(TypeError):
            edit.apply(timeline)
    for bad in (math.nan, math.inf):
        with pytest.raises(InputError, match="finite"):
            set_key(ZOOM, 3, bad).apply(timeline)
        with pytest.raises(InputError, match="finite"):
            set_value([KeyRef(ZOOM, 0)], bad).apply(timeline)


def test_insert_keeps_a_curve(timeline):
    after = insert_key(ZOOM, 12).apply(timeline)
    assert after.find(ZOOM).track.frames == (0, 12, 30)
    for frame in range(60):
        assert sample(after, frame).parameter("zoom") == pytest.approx(
            sample(timeline, frame).parameter("zoom"), abs=1e-9
        )


def test_insert_on_a_prompt_track_takes_the_prompt_given_or_holds_the_one_before(timeline, say):
    assert insert_key(MAIN, 12, say("storm")).apply(timeline).find(MAIN).track.key(12).value == say("storm")
    assert insert_key(MAIN, 12).apply(timeline).find(MAIN).track.key(12) == Keyframe(12, say("sea"), Ease.BOTH)
    assert insert_key(MOOD, 3).apply(timeline).find(MOOD).track.key(3).value == say("calm")
    looped = set_loop(True).apply(remove_keys([KeyRef(MAIN, 0)]).apply(timeline))
    assert insert_key(MAIN, 3).apply(looped).find(MAIN).track.key(3).value == say("sun")


def test_insert_needs_a_free_frame_and_something_to_hold(timeline, say):
    for track in (MAIN, ZOOM):
        with pytest.raises(InputError, match="already a key on frame 0"):
            insert_key(track, 0).apply(timeline)
    empty = add_parameter_track("steps").apply(add_prompt_track("new").apply(timeline))
    with pytest.raises(InputError, match="no key yet"):
        insert_key(TrackRef("prompt", "new"), 3).apply(empty)
    with pytest.raises(InputError, match="no key yet"):
        insert_key(TrackRef("parameter", "steps"), 3).apply(empty)
    held = insert_key(TrackRef("prompt", "new"), 3, say("x")).apply(empty)
    assert held.prompt("new").track.key(3) == Keyframe(3, say("x"), Ease.LINEAR)


def test_remove_from_several_tracks(timeline):
    edit = remove_keys([KeyRef(MAIN, 24), KeyRef(ROTATE, 10), KeyRef(MAIN, 48)])
    after = edit.apply(timeline)
    assert edit.label == "Remove 3 keys"
    assert after.find(MAIN).track.frames == (0,)
    assert after.find(ROTATE).track.frames == ()
    assert after.find(ZOOM) == timeline.find(ZOOM)


def test_values_and_eases_of_many_keys(timeline):
    keys = [KeyRef(ZOOM, 0), KeyRef(ROTATE, 10)]
    after = set_value(keys, 1.5).apply(timeline)
    assert [key.value for key in after.find(ZOOM).track.keys] == [1.5, 1.2]
    assert after.find(ZOOM).track.key(0).ease == Ease.BOTH
    assert after.find(ROTATE).track.key(10).value == 1.5
    eased = set_ease([*keys, KeyRef(MAIN, 48)], Ease.HOLD).apply(timeline)
    assert eased.find(ZOOM).track.key(0) == Keyframe(0, 1.0, Ease.HOLD)
    assert eased.find(MAIN).track.key(48).ease == Ease.HOLD
    assert eased.find(MAIN).track.key(24).ease == Ease.LINEAR


def test_a_prompt_is_changed(timeline, say):
    edit = set_value([KeyRef(MAIN, 24)], say("fog"))
    assert edit.label == "Change key"
    assert edit.apply(timeline).find(MAIN).track.key(24).value == say("fog")


@pytest.mark.parametrize("make", [remove_keys, lambda keys: set_value(keys, 1.0), lambda keys: set_ease(keys, Ease.IN)])
def test_keys_must_be_chosen_and_exist(timeline, make):
    with pytest.raises(InputError, match="No key is selected"):
        make([]).apply(timeline)
    with pytest.raises(InputError, match="no key on frame 1"):
        make([KeyRef(ZOOM, 0), KeyRef(ZOOM, 1)]).apply(timeline)
    with pytest.raises(InputError, match="no parameter track called nothing"):
        make([KeyRef(TrackRef("parameter", "nothing"), 0)]).apply(timeline)
