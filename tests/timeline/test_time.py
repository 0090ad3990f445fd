from __future__ import annotations

import math
from fractions import Fraction

import pytest

from studio.base.errors import InputError
from studio.timeline.time import FrameRange, FrameRate, whole_range


@pytest.mark.parametrize(
    ("written", "fraction"),
    [
        ("23.976", (24000, 1001)),
        (23.976, (24000, 1001)),
        ("23.98", (24000, 1001)),
        ("23.97", (24000, 1001)),
        (24000 / 1001, (24000, 1001)),
        ("29.97 fps", (30000, 1001)),
        ("47.952", (48000, 1001)),
        (59.94, (60000, 1001)),
        ("119.88", (120000, 1001)),
        ("24000/1001", (24000, 1001)),
        ("24", (24, 1)),
        (" 24.0 ", (24, 1)),
        (24, (24, 1)),
        (25.0, (25, 1)),
        ("12.5", (25, 2)),
        ("48/2", (24, 1)),
        ("5.", (5, 1)),
        ("23.9", (239, 10)),
        ("29.98", (1499, 50)),
        (1 / 3, (1, 3)),
        ("30:1", (30, 1)),
    ],
)
def test_parse_reads_rates_exactly(written, fraction):
    rate = FrameRate.parse(written)
    assert (rate.numerator, rate.denominator) == fraction
    assert rate.fraction == Fraction(*fraction)


@pytest.mark.parametrize(
    "bad",
    ["", "fast", "0", "-24", "24/0", "0/1", "nan", "1e3", "٢٤", "1001", "0.001", math.nan, math.inf, 0, -1],
)
def test_parse_refuses_what_is_no_rate(bad):
    with pytest.raises(InputError) as caught:
        FrameRate.parse(bad)
    assert caught.value.why
    assert caught.value.fix


def test_a_gigantic_rate_is_refused():
    with pytest.raises(InputError, match="bits"):
        FrameRate.parse(10**5000)


@pytest.mark.parametrize("bad", [None, True, b"24"])
def test_parse_refuses_other_types(bad):
    with pytest.raises(TypeError):
        FrameRate.parse(bad)


def test_text_of_a_rate_parses_back():
    for rate in (FrameRate(24), FrameRate(24000, 1001), FrameRate(25, 2)):
        assert FrameRate.parse(str(rate)) == rate


def test_equal_rates_are_equal_however_written():
    assert FrameRate(48, 2) == FrameRate(24)
    assert hash(FrameRate(48, 2)) == hash(FrameRate(24))


def test_frames_and_seconds_are_exact_over_hours():
    rate = FrameRate(24000, 1001)
    assert rate.seconds(24000 * 3600) == 1001 * 3600
    assert rate.frame_at(Fraction(1001, 24000)) == 1
    assert rate.frame_at(Fraction(1000, 24000)) == 0
    assert rate.frame_at(float(rate.seconds(999_999))) == 999_999
    assert FrameRate(10).frame_at(0.25) == 2
    assert FrameRate(10).frame_at(1) == 10


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_time_that_is_not_finite_has_no_frame(bad):
    with pytest.raises(InputError, match="finite"):
        FrameRate(24).frame_at(bad)


@pytest.mark.parametrize(
    ("rate", "frame", "code"),
    [
        (FrameRate(24), 0, "00:00:00:00"),
        (FrameRate(24), 24 * 3661 + 23, "01:01:01:23"),
        (FrameRate(24000, 1001), 24, "00:00:01:00"),
        (FrameRate(30), -31, "-00:00:01:01"),
        (FrameRate(120), 119, "00:00:00:119"),
        (FrameRate(1, 2), 61, "00:01:01:00"),
        (FrameRate(24), 24 * 3600 * 100, "100:00:00:00"),
    ],
)
def test_timecode(rate, frame, code):
    assert rate.timecode(frame) == code


def test_a_range_is_half_open():
    frames = FrameRange(3, 6)
    assert list(frames) == [3, 4, 5]
    assert len(frames) == 3
    assert 3 in frames
    assert 6 not in frames
    assert "3" not in frames
    assert str(frames) == "3:6"
    assert frames.clipped(4) == FrameRange(3, 4)
    assert frames.clipped(9) == frames
    assert frames.clipped(3) is None
    assert whole_range(4) == FrameRange(0, 4)


@pytest.mark.parametrize(("start", "stop"), [(3, 3), (4, 3), (-1, 3), (0, 10**7)])
def test_a_range_without_frames_is_refused(start, stop):
    with pytest.raises(InputError):
        FrameRange(start, stop)


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("2:5", (2, 5)),
        (" 2 : 5 ", (2, 5)),
        (":5", (0, 5)),
        ("7:", (7, 10)),
        (":", (0, 10)),
        ("4", (4, 5)),
        ("0:10", (0, 10)),
    ],
)
def test_a_range_is_parsed(text, frames):
    assert FrameRange.parse(text, 10) == FrameRange(*frames)


@pytest.mark.parametrize("text", ["", " ", "a:b", "1:2:3", "-1:3", "5:5", "6:5", "0:11", "10", "1.5:2", "1e1:2", "١:٢"])
def test_a_range_that_cannot_be_is_refused(text):
    with pytest.raises(InputError):
        FrameRange.parse(text, 10)


def test_a_range_past_the_end_names_the_length():
    with pytest.raises(InputError, match="The timeline has 10 frames, 0 to 9") as caught:
        FrameRange.parse("4:20", 10)
    assert "10" in caught.value.fix
