"""Tensors to PNG and back."""

from __future__ import annotations

import io

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.base.errors import FileError, RenderError
from studio.render.pictures import from_image, from_png, preview, to_png


def read(data):
    return Image.open(io.BytesIO(data))


def test_levels_are_rounded_and_clamped():
    values = torch.tensor([-3.0, 0.0, 0.49 / 255, 0.51 / 255, 254.4 / 255, 1.0, 7.0])
    image = values.expand(3, 1, 7)[None].clone()
    image[0, 1] = 0
    assert list(
        read(to_png(image)).get_flattened_data()
        if hasattr(Image.Image, "get_flattened_data")
        else read(to_png(image)).getdata()
    ) == [(0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 0, 1), (254, 0, 254), (255, 0, 255), (255, 0, 255)]


@given(width=st.integers(1, 9), height=st.integers(1, 9), seed=st.integers(0, 1000))
def test_there_and_back(tmp_path_factory, width, height, seed):
    levels = torch.randint(0, 256, (1, 3, height, width), generator=torch.Generator().manual_seed(seed))
    path = tmp_path_factory.mktemp("there") / "a.png"
    path.write_bytes(to_png(levels / 255))
    assert read(path.read_bytes()).size == (width, height)
    back = from_png(path)
    assert back.dtype == torch.float32 and torch.equal((back * 255).round().long(), levels)
    assert to_png(back) == path.read_bytes()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_never_stored(bad):
    image = torch.zeros(1, 3, 2, 2)
    image[0, 1, 1, 0] = bad
    with pytest.raises(RenderError) as caught:
        to_png(image)
    assert "no numbers" in caught.value.what and "step size" in caught.value.fix


def test_a_stored_frame_that_is_gone_is_named(tmp_path):
    for path in (tmp_path / "gone.png", tmp_path / "junk.png"):
        if path.stem == "junk":
            path.write_bytes(b"junk")
        with pytest.raises(FileError) as caught:
            from_png(path)
        assert path.name in caught.value.what and "Render again" in caught.value.fix


def test_other_modes_become_rgb():
    grey = from_image(Image.new("L", (2, 1), 51))
    assert grey.shape == (1, 3, 1, 2) and torch.allclose(grey, torch.tensor(0.2))


def test_a_preview_is_bytes():
    image = torch.zeros(3, 1, 2)
    image[0, 0, 1], image[2, 0, 0] = 2.0, float("nan")
    seen = preview(image)
    assert (seen.width, seen.height, seen.rgb) == (2, 1, bytes([0, 0, 0, 255, 0, 0]))
