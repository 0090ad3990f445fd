"""Canvases drawn together are what each draws alone, and a gradient reaches each alone."""

from __future__ import annotations

import pytest
import torch

from studio.canvas.base import Canvas
from studio.canvas.batch import Together, pictures
from studio.canvas.fourier import FourierCanvas
from studio.canvas.palette import PaletteCanvas
from studio.canvas.pixels import PixelCanvas
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator

MEDIA = {
    "pixels": PixelCanvas,
    "fourier": FourierCanvas,
    "palette": PaletteCanvas,
    "strokes": lambda width, height: StrokeCanvas(width, height, strokes=6),
}


def made(kind: str, count: int = 3) -> list[Canvas]:
    found = []
    for seed in range(count):
        canvas = MEDIA[kind](20, 14)
        canvas.encode(torch.rand(1, 3, 14, 20, generator=generator(seed)))
        found.append(canvas)
    return found


@pytest.mark.parametrize("kind", MEDIA)
def test_each_picture_is_that_of_its_canvas(kind):
    canvases = made(kind)
    with torch.no_grad():
        alone = torch.cat([canvas.image() for canvas in canvases])
        torch.testing.assert_close(pictures(canvases), alone, atol=1e-6, rtol=0)


@pytest.mark.parametrize("kind", MEDIA)
def test_each_gradient_is_that_of_its_canvas(kind):
    wishes = torch.rand(3, 3, 14, 20, generator=generator(9))
    together, apart = made(kind), made(kind)
    (pictures(together) * wishes).sum().backward()
    for canvas, wish in zip(apart, wishes, strict=True):
        (canvas.image() * wish).sum().backward()
    for one, other in zip(together, apart, strict=True):
        for moved, wanted in zip(one.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(moved.grad, wanted.grad, atol=1e-5, rtol=1e-4)


def test_which_media_draw_a_batch():
    assert {kind for kind in MEDIA if isinstance(made(kind, 1)[0], Together)} == {"pixels", "fourier", "palette"}


def test_one_canvas_is_drawn_as_ever():
    (canvas,) = made("pixels", 1)
    assert torch.equal(pictures([canvas]), canvas.image())


def test_other_sizes_and_kinds_are_refused():
    with pytest.raises(ValueError, match="one kind and size"):
        pictures([PixelCanvas(16, 16), PixelCanvas(16, 8)])
    with pytest.raises(ValueError, match="one kind and size"):
        pictures([PixelCanvas(16, 16), FourierCanvas(16, 16)])
