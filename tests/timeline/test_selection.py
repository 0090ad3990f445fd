from __future__ import annotations

import pytest

from studio.timeline.edits import remove_keys
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.selection import Selection, all_keys, next_key, previous_key, within
from studio.timeline.time import FrameRange

MAIN, ZOOM = TrackRef("prompt", "main"), TrackRef("parameter", "zoom")
A, B, C = KeyRef(MAIN, 0), KeyRef(MAIN, 24), KeyRef(ZOOM, 30)


def test_extending_and_toggling_leave_the_old_selection_alone():
    selection = Selection(frozenset({A}))
    assert selection.extended([A, B]).keys == {A, B}
    assert selection.toggled([A, B]).keys == {B}
    assert selection.keys == {A}
    assert A in selection
    assert B not in selection
    assert len(selection) == 1


def test_moving_and_span():
    selection = Selection(frozenset({B, C}))
    assert selection.moved(-24).keys == {KeyRef(MAIN, 0), KeyRef(ZOOM, 6)}
    assert selection.span == FrameRange(24, 31)
    assert Selection().span is None
    with pytest.raises(ValueError, match="below frame 0"):
        selection.moved(-25)


def test_keys_that_are_gone_are_dropped(timeline):
    selection = Selection(frozenset({A, B, KeyRef(TrackRef("prompt", "nothing"), 0)}))
    assert selection.surviving(remove_keys([B]).apply(timeline)).keys == {A}


def test_a_box(timeline):
    assert len(all_keys(timeline)) == 7
    assert within(timeline, FrameRange(24, 31)) == {B, C}
    assert within(timeline, FrameRange(24, 31), [ZOOM]) == {C}
    assert within(timeline, FrameRange(1, 10)) == frozenset()


@pytest.mark.parametrize(
    ("frame", "tracks", "before", "after"),
    [
        (0, None, None, 10),
        (10, None, 0, 12),
        (11, None, 10, 12),
        (48, None, 30, None),
        (10, [MAIN], 0, 24),
        (5, [], None, None),
    ],
)
def test_stepping_from_key_to_key(timeline, frame, tracks, before, after):
    assert previous_key(timeline, frame, tracks) == before
    assert next_key(timeline, frame, tracks) == after
