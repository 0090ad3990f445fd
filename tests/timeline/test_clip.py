from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.timeline.clip import copy
from studio.timeline.model import KeyRef, TrackRef

MAIN, ZOOM, ROTATE = TrackRef("prompt", "main"), TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate")


def test_a_clip_counts_from_its_earliest_key(timeline):
    clip = copy(timeline, [KeyRef(ROTATE, 10), KeyRef(MAIN, 48), KeyRef(MAIN, 24)])
    assert [(track.name, track.track.frames) for track in clip.prompts] == [("main", (14, 38))]
    assert [(track.name, track.track.frames) for track in clip.parameters] == [("rotate", (0,))]
    assert clip.span == 38
    assert clip.count == 3


def test_tracks_come_in_the_order_of_the_timeline(timeline):
    clip = copy(timeline, [KeyRef(ROTATE, 10), KeyRef(ZOOM, 30)])
    assert [track.name for track in clip.parameters] == ["zoom", "rotate"]
    assert clip.prompts == ()


def test_only_keys_that_exist_are_copied(timeline):
    with pytest.raises(InputError, match="No key is selected"):
        copy(timeline, [])
    with pytest.raises(InputError, match="no key on frame 1"):
        copy(timeline, [KeyRef(MAIN, 1)])
