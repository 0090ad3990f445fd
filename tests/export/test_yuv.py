"""The levels of BT.709, exact at the ends, at every place and in every pixel format."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.export.yuv import video_frame

# Rec. ITU-R BT.709-6: black 16, white 235; full red, green and blue in 8 bits
LEVELS = {
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (63, 102, 240),
    (0, 255, 0): (173, 42, 26),
    (0, 0, 255): (32, 240, 118),
}


def _planes(frame):
    kind = np.dtype("<u2" if "10" in frame.format.name else "u1")
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
        found.append(rows[:, : plane.width])
    return found


@pytest.mark.parametrize(("colour", "levels"), LEVELS.items())
def test_8_bit_levels(colour, levels):
    planes = _planes(video_frame(np.full((4, 4, 3), colour, np.uint8), "yuv420p"))
    assert tuple(int(plane[0, 0]) for plane in planes) == levels


@pytest.mark.parametrize("pixels", ["yuv422p10le", "yuv444p10le"])
@pytest.mark.parametrize(("colour", "levels"), LEVELS.items())
def test_10_bit_levels_are_four_times_as_fine(colour, levels, pixels):
    planes = _planes(video_frame(np.full((4, 4, 3), colour, np.uint8), pixels))
    assert all(abs(int(plane[0, 0]) - 4 * level) <= 2 for plane, level in zip(planes, levels, strict=True))


@pytest.mark.parametrize(
    ("pixels", "chroma"), [("yuv420p", (2, 3)), ("yuv422p10le", (3, 3)), ("yuv444p10le", (3, 5))], ids=str
)
def test_odd_sizes_round_chroma_up(pixels, chroma):
    planes = _planes(video_frame(np.zeros((3, 5, 3), np.uint8), pixels))
    assert [plane.shape for plane in planes] == [(3, 5), chroma, chroma]


def test_opacity_is_full_range():
    picture = np.zeros((1, 3, 4), np.uint8)
    picture[0, :, 3] = (0, 128, 255)
    assert _planes(video_frame(picture, "yuva444p10le"))[3].tolist() == [[0, 514, 1023]]


@settings(deadline=None)
@given(
    st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)),
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from(["yuv420p", "yuv422p10le", "yuv444p10le"]),
)
def test_a_flat_picture_is_flat_everywhere(colour, width, height, pixels):
    for plane in _planes(video_frame(np.full((height, width, 3), colour, np.uint8), pixels)):
        assert plane.min() == plane.max()


def test_chroma_sits_on_the_even_columns():
    """A red line on column 2 colours chroma column 1 most, by half, and its neighbours not at all."""
    picture = np.zeros((2, 8, 3), np.uint8)
    picture[:, 2] = (255, 0, 0)
    red = _planes(video_frame(picture, "yuv420p"))[2][0].astype(int)
    assert red.tolist() == [128, 184, 128, 128]
