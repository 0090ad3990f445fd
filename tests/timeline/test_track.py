from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.timeline.easing import Ease
from studio.timeline.track import Keyframe, Track

A, B, C = Keyframe(10, 1.0, Ease.LINEAR), Keyframe(20, 3.0, Ease.HOLD), Keyframe(40, 2.0, Ease.IN)
TRACK = Track((A, B, C))


def test_a_key_needs_a_frame_and_an_ease():
    with pytest.raises(InputError, match="frame of a key cannot be -1"):
        Keyframe(-1, 0.0)
    with pytest.raises(InputError):
        Keyframe(1_000_000, 0.0)
    with pytest.raises(TypeError):
        Keyframe(1.0, 0.0)
    with pytest.raises(TypeError):
        Keyframe(1, 0.0, "linear")


def test_keys_are_in_order_and_never_on_one_frame():
    with pytest.raises(InputError, match="Two keys stand on frame 10"):
        Track((A, A))
    with pytest.raises(InputError, match="in order of time"):
        Track((B, A))
    with pytest.raises(TypeError):
        Track([A])
    with pytest.raises(TypeError):
        Track((10,))


@pytest.mark.parametrize(
    ("frame", "before", "after", "mix"),
    [(0, A, A, 0), (10, A, A, 0), (15, A, B, 0.5), (20, B, B, 0), (39, B, C, 0), (40, C, C, 0), (59, C, C, 0)],
)
def test_segments_of_an_open_track(frame, before, after, mix):
    assert TRACK.segment(frame, 60, False) == (before, after, mix)


@pytest.mark.parametrize("frame", [41, 50, 59, 0, 9])
def test_a_loop_goes_on_from_the_last_key_to_the_first(frame):
    passed = (frame - 40) % 60
    assert TRACK.segment(frame, 60, True) == (C, A, Ease.IN.at(passed / 30))


def test_a_loop_has_no_seam():
    assert TRACK.segment(60, 60, True) == TRACK.segment(0, 60, True)
    assert TRACK.segment(-1, 60, True) == TRACK.segment(59, 60, True)
    assert TRACK.segment(75, 60, True) == TRACK.segment(15, 60, True) == (A, B, 0.5)


def test_a_loop_leaves_out_keys_past_the_end():
    assert TRACK.segment(30, 40, True) == (B, A, 0.0)
    assert TRACK.segment(5, 10, True) == (A, A, 0.0)
    assert TRACK.segment(5, 10, False) == (A, A, 0.0)
    assert Track((A, B)).segment(15, 18, True) == (A, A, 0.0)
    assert Track((A, B)).segment(15, 18, False) == (A, B, 0.5)


def test_one_key_is_constant():
    for frame in (0, 10, 30):
        for loop in (False, True):
            assert Track((A,)).segment(frame, 60, loop) == (A, A, 0.0)


def test_an_empty_track_and_an_empty_length_have_no_segment():
    with pytest.raises(ValueError, match="empty track"):
        Track().segment(0, 10, False)
    with pytest.raises(ValueError, match="length"):
        TRACK.segment(0, 0, True)


def test_finding_keys():
    assert TRACK.frames == (10, 20, 40)
    assert TRACK.find(20) is B
    assert TRACK.find(21) is None
    assert TRACK.find(0) is None
    assert TRACK.key(40) is C
    with pytest.raises(InputError, match="no key on frame 11"):
        TRACK.key(11)


def test_insert_put_move_remove_leave_the_old_track_alone():
    new = Keyframe(15, 9.0)
    assert TRACK.insert(new).keys == (A, new, B, C)
    with pytest.raises(InputError, match="already a key on frame 10"):
        TRACK.insert(Keyframe(10, 9.0))
    assert TRACK.put(Keyframe(10, 9.0)).key(10).value == 9
    assert TRACK.move(10, 30).frames == (20, 30, 40)
    assert TRACK.move(10, 30).key(30) == Keyframe(30, 1.0, Ease.LINEAR)
    assert TRACK.remove(20).keys == (A, C)
    assert TRACK.remove(10, 20, 40).keys == ()
    assert TRACK.keys == (A, B, C)


def test_keys_may_change_places_at_once():
    assert TRACK.rearrange({10: 20, 20: 10}).keys == (
        Keyframe(10, 3.0, Ease.HOLD),
        Keyframe(20, 1.0, Ease.LINEAR),
        C,
    )


@pytest.mark.parametrize("places", [{10: 20}, {10: -1}, {11: 12}, {10: 15, 20: 15}])
def test_impossible_moves_are_refused(places):
    with pytest.raises(InputError):
        TRACK.rearrange(places)


def test_eases_are_set_on_keys_that_exist():
    assert [key.ease for key in TRACK.with_ease([10, 40], Ease.OUT).keys] == [Ease.OUT, Ease.HOLD, Ease.OUT]
    with pytest.raises(InputError):
        TRACK.with_ease([11], Ease.OUT)
    with pytest.raises(InputError):
        TRACK.remove(11)


def test_the_value_type_may_be_written_out():
    assert Keyframe[float](1, 2.0) == Keyframe(1, 2.0)
    assert Track[float]() == Track()


def test_tracks_are_values():
    assert Track((Keyframe(10, 1.0),)) == Track((Keyframe(10, 1.0),))
    assert hash(TRACK) == hash(Track((A, B, C)))
