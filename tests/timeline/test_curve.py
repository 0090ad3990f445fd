from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.timeline.curve import TAME, insert_key, mixed, remove_keys, value_at
from studio.timeline.easing import Ease
from studio.timeline.track import Keyframe, Track


def values(track: Track[float], length: int, loop: bool = False) -> list[float]:
    return [value_at(track, frame, length, loop) for frame in range(length)]


def two(ease: Ease, before: float = 2.0, after: float = 5.0, at: int = 0, to: int = 40) -> Track[float]:
    return Track((Keyframe(at, before, ease), Keyframe(to, after, Ease.IN)))


def test_mixing_is_exact_at_its_ends():
    assert mixed(0.1, 0.7, 0) == 0.1
    assert mixed(0.1, 0.7, 1) == 0.7
    assert mixed(0.1, 0.1, 0.3) == 0.1
    assert mixed(1, 3, 0.25) == 1.5
    assert mixed(1, 3, 1.5) == 4
    assert isinstance(mixed(1, 1, 0), float)


@pytest.mark.parametrize("ease", [Ease.LINEAR, Ease.IN, Ease.BOTH, Ease.HOLD, Ease.OVERSHOOT, Ease(0.9, -2, 0.1, 3)])
@pytest.mark.parametrize("frame", [1, 7, 20, 39])
def test_an_inserted_key_changes_no_value(ease, frame):
    track = two(ease)
    after = insert_key(track, frame, 41, False)
    assert frame in after.frames
    assert values(after, 41) == pytest.approx(values(track, 41), abs=1e-9)


def test_an_ordinary_cut_sets_one_key_only():
    track = insert_key(two(Ease.BOTH), 10, 41, False)
    assert track.frames == (0, 10, 40)
    assert track.key(0).value == 2.0
    assert track.key(40) == Keyframe(40, 5.0, Ease.IN)


def test_a_cut_where_the_overshoot_crosses_its_end_sets_a_key_on_the_bump():
    # With these handles the curve is at exactly 1 half-way: y(1/2) = 3/8 * (y1 + y2) + 1/8 = 1, and x is linear.
    ease = Ease(1 / 3, 4 / 3, 2 / 3, 1)
    assert ease.at(0.5) == pytest.approx(1, abs=1e-12)
    track = two(ease)
    after = insert_key(track, 20, 41, False)
    assert values(after, 41) == pytest.approx(values(track, 41), abs=1e-9)
    assert len(after.keys) == 4
    top = max(range(41), key=lambda frame: value_at(track, frame, 41, False))
    assert after.frames == (0, 20, top, 40)
    assert all(key.ease.reach <= TAME for key in after.keys)


@pytest.mark.parametrize("high", [1.3334, 1.335, 1.34])
def test_a_cut_close_to_the_crossing_makes_no_ease_that_would_throw_the_curve_far_off(high):
    ease = Ease(1 / 3, high, 2 / 3, 1.0001)
    assert 0 < ease.at(0.5) - 1 < 0.003
    after = insert_key(two(ease), 20, 41, False)
    assert len(after.keys) > 3
    assert all(key.ease.reach <= TAME for key in after.keys)
    assert values(after, 41) == pytest.approx(values(two(ease), 41), abs=1e-9)


def test_a_cut_of_a_curve_that_stands_upright_in_time_keeps_every_frame():
    track = two(Ease(1, 0, 0, 1))
    for frame in range(1, 40):
        assert values(insert_key(track, frame, 41, False), 41) == pytest.approx(values(track, 41), abs=1e-9)


def test_a_flat_segment_stays_flat():
    for ease in (Ease.OVERSHOOT, Ease(1 / 3, 4 / 3, 2 / 3, 1), Ease(1, 0, 0, 1)):
        track = two(ease, 3.0, 3.0)
        after = insert_key(track, 20, 41, False)
        assert len(after.keys) == 3
        assert values(after, 41) == [3.0] * 41


@pytest.mark.parametrize("frame", [0, 4, 41, 50])
def test_outside_the_keys_the_value_is_constant(frame):
    track = two(Ease.BOTH, at=5)
    after = insert_key(track, frame, 51, False)
    assert len(after.keys) == 3
    assert values(after, 51) == values(track, 51)


@pytest.mark.parametrize("frame", [0, 3, 45, 59])
def test_across_the_seam_of_a_loop(frame):
    track = Track((Keyframe(5, 1.0, Ease.IN), Keyframe(40, 2.0, Ease.OVERSHOOT)))
    after = insert_key(track, frame, 60, True)
    assert frame in after.frames
    assert values(after, 60, True) == pytest.approx(values(track, 60, True), abs=1e-9)


def test_a_frame_that_has_a_key_already_and_a_track_without_keys():
    track = two(Ease.BOTH)
    assert insert_key(track, 40, 41, False) is track
    with pytest.raises(ValueError, match="empty"):
        insert_key(Track(), 3, 41, False)


def test_a_long_segment_is_cut_in_bounded_time():
    track = two(Ease.OVERSHOOT, to=900_000)
    after = insert_key(track, 300_000, 1_000_000, False)
    for frame in range(0, 1_000_000, 9973):
        assert value_at(after, frame, 10**6, False) == pytest.approx(value_at(track, frame, 10**6, False), abs=1e-9)


@pytest.mark.parametrize("ease", [Ease.LINEAR, Ease.IN, Ease.BOTH, Ease.OVERSHOOT, Ease.HOLD])
@pytest.mark.parametrize("loop", [False, True])
def test_taking_an_inserted_key_away_again_changes_nothing(ease, loop):
    track = two(ease)
    assert remove_keys(insert_key(track, 13, 41, loop), [13], 41, loop) == track


def test_removing_keeps_the_outer_handles_across_the_gap():
    track = Track((Keyframe(0, 0.0, Ease.IN), Keyframe(10, 9.0, Ease.OUT), Keyframe(20, 1.0, Ease.LINEAR)))
    assert remove_keys(track, [10], 30, False).keys == (Keyframe(0, 0.0, Ease.BOTH), Keyframe(20, 1.0, Ease.LINEAR))


def test_removing_an_end_leaves_the_other_eases():
    track = Track((Keyframe(0, 0.0, Ease.IN), Keyframe(10, 9.0, Ease.OUT), Keyframe(20, 1.0, Ease.LINEAR)))
    assert remove_keys(track, [20], 30, False).keys == track.keys[:2]
    assert remove_keys(track, [0], 30, False).keys == track.keys[1:]
    assert remove_keys(track, [20, 0, 10], 30, False).keys == ()
    assert remove_keys(track, [], 30, False) is track


def test_removing_the_last_key_of_a_loop_joins_across_the_seam():
    track = Track((Keyframe(0, 0.0, Ease.LINEAR), Keyframe(10, 9.0, Ease.IN), Keyframe(20, 1.0, Ease.OUT)))
    assert remove_keys(track, [20], 30, True).key(10).ease == Ease.BOTH
    assert remove_keys(track, [0], 30, True).key(20).ease == Ease.LINEAR


def test_removing_both_sides_of_the_seam():
    keys = (
        Keyframe(0, 0.0, Ease.IN),
        Keyframe(10, 1.0, Ease.OUT),
        Keyframe(20, 2.0, Ease.HOLD),
        Keyframe(25, 3.0, Ease.IN),
    )
    after = remove_keys(Track(keys), [25, 0], 30, True)
    assert after.keys == keys[1:3]
    after = remove_keys(Track(keys), [0, 20, 25], 30, True)
    assert after.keys == (Keyframe(10, 1.0, Ease.OUT),)


def test_many_keys_are_removed_at_once():
    track = Track(tuple(Keyframe(frame, float(frame)) for frame in range(2000)))
    assert remove_keys(track, range(1, 2000, 2), 2000, False).frames == tuple(range(0, 2000, 2))


def test_removing_needs_keys_that_exist():
    with pytest.raises(InputError, match="no key on frame 3"):
        remove_keys(two(Ease.IN), [3], 41, False)
