"""Which frames the ruler names."""

from __future__ import annotations

import pytest

from studio.app.timeline.ticks import APART, seconds_text, step, steps
from studio.timeline.time import FrameRate


@pytest.mark.parametrize(
    "rate", [FrameRate(24), FrameRate(25), FrameRate(24000, 1001), FrameRate(1, 2), FrameRate(1000)]
)
@pytest.mark.parametrize("width", [0.001, 0.1, 1.0, 8.0, 40.0, 160.0])
def test_numbers_are_never_nearer_than_they_can_be_read(rate, width):
    major, minor = step(rate, width)
    assert major * width >= APART or major == steps(rate)[-1]
    assert minor == 0 or (major % minor == 0 and minor * width >= 8)


def test_at_24_frames_a_second_numbers_divide_the_second_or_are_whole_ones():
    assert step(FrameRate(24), 10)[0] == 8
    assert step(FrameRate(24), 3)[0] == 24
    assert step(FrameRate(24), 0.1)[0] == 24 * 30


def test_seconds():
    rate = FrameRate(24)
    assert seconds_text(rate, 48) == "2 s"
    assert seconds_text(rate, 49) == ""
    assert seconds_text(rate, 24 * 65) == "1:05"
