from __future__ import annotations

from dataclasses import replace

import pytest

from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.snapping import Snap, Source, snap, targets
from studio.timeline.time import FrameRange, FrameRate

ROTATE = TrackRef("parameter", "rotate")


def test_what_attracts(timeline):
    assert targets(timeline, playhead=33) == {
        0: Source.KEY,
        10: Source.KEY,
        12: Source.KEY,
        20: Source.MARKER,
        24: Source.KEY,
        30: Source.KEY,
        33: Source.PLAYHEAD,
        40: Source.MARKER,
        48: Source.KEY,
        49: Source.RANGE,
        59: Source.END,
    }
    assert targets(timeline, without=[KeyRef(ROTATE, 10)])[10] == Source.RANGE
    assert set(targets(replace(timeline, range=None), sources=[Source.RANGE, Source.END])) == {0, 59}


@pytest.mark.parametrize(
    ("frames", "offset", "expected"),
    [
        ([10], 8, Snap(10, 20, Source.MARKER)),
        ([10], 7, Snap(7)),
        ([10], 10, Snap(10, 20, Source.MARKER)),
        ([10], 13, Snap(14, 24, Source.KEY)),
        ([3, 10], 8, Snap(9, 12, Source.KEY)),
        ([10], 38, Snap(38, 48, Source.KEY)),
        ([10], 40, Snap(39, 49, Source.RANGE)),
        ([10], -12, Snap(-10, 0, Source.KEY)),
        ([], 5, Snap(5)),
    ],
)
def test_the_nearest_within_reach_wins(timeline, frames, offset, expected):
    attracting = targets(timeline, without=[KeyRef(ROTATE, 10)])
    assert snap(timeline, frames, offset, attracting, reach=2) == expected


def test_of_two_equally_near_the_stronger_wins(timeline):
    attracting = {20: Source.MARKER, 24: Source.KEY}
    assert snap(timeline, [22], 0, attracting, reach=2, seconds=False) == Snap(2, 24, Source.KEY)


def test_whole_seconds_attract_at_any_rate(timeline):
    ntsc = replace(timeline, rate=FrameRate(24000, 1001), length=1000, range=FrameRange(0, 1))
    # Second 40 begins between the frames 959 and 960: 960 is the first frame that begins in it.
    assert snap(ntsc, [958], 0, {}, reach=2) == Snap(2, 960, Source.SECOND)
    assert snap(ntsc, [958], 0, {}, reach=2, seconds=False) == Snap(0)
    slow = replace(timeline, rate=FrameRate(5, 2))
    assert snap(slow, [2], 0, {}, reach=1) == Snap(1, 3, Source.SECOND)


def test_seconds_do_not_attract_where_nothing_would_lie_between(timeline):
    slow = replace(timeline, rate=FrameRate(4))
    assert snap(slow, [7], 0, {}, reach=2) == Snap(0)
    assert snap(slow, [7], 0, {}, reach=1) == Snap(1, 8, Source.SECOND)


def test_seconds_past_the_end_do_not_attract(timeline):
    assert snap(timeline, [59], 0, {}, reach=2) == Snap(0)
