from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from studio.canvas import rasteriser, tiling
from studio.canvas.rasteriser import rasterise

Strokes = tuple[Tensor, Tensor, Tensor, Tensor]

FINER = 8


def scribble(
    count: int,
    size: tuple[int, int],
    *,
    segments: int = 1,
    seed: int = 1,
    widths: tuple[float, float] = (0.6, 6.0),
    dtype: torch.dtype = torch.float32,
) -> Strokes:
    generator = torch.Generator().manual_seed(seed)
    begin = torch.rand(count, 1, 2, generator=generator)
    hops = (torch.rand(count, 3 * segments, 2, generator=generator) - 0.5) * 0.5
    points = (begin + torch.cat([torch.zeros(count, 1, 2), hops], 1).cumsum(1)) * torch.tensor(size)
    thickness = widths[0] + (widths[1] - widths[0]) * torch.rand(count, generator=generator)
    colours = torch.rand(count, 4, generator=generator)
    return points.to(dtype), thickness.to(dtype), colours.to(dtype), torch.tensor([0.9, 0.8, 0.7], dtype=dtype)


def curve(corners: np.ndarray, count: int = 200) -> np.ndarray:
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = corners
    return (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d


def by_pillow(strokes: Strokes, size: tuple[int, int]) -> np.ndarray:
    """Polylines with round joints, every pixel the mean of 8 x 8, composited in order."""
    points, widths, colours, paper = (part.numpy() for part in strokes)
    width, height = size[0] * FINER, size[1] * FINER
    picture = np.ones((height, width, 3)) * paper
    for places, thickness, colour in zip(points, widths, colours, strict=True):
        mask = Image.new("L", (width, height))
        pen, radius = ImageDraw.Draw(mask), thickness * FINER / 2
        for begin in range(0, len(places) - 1, 3):
            way = curve(places[begin : begin + 4]) * FINER - 0.5
            pen.line([(float(x), float(y)) for x, y in way], fill=255, width=max(1, round(2 * radius)))
            for x, y in way:
                pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        alpha = (np.asarray(mask) > 0)[..., None] * colour[3]
        picture = picture * (1 - alpha) + alpha * colour[:3]
    return picture.reshape(size[1], FINER, size[0], FINER, 3).mean((1, 3))


@pytest.mark.parametrize(("segments", "size"), [(1, (160, 120)), (2, (120, 161))])
def test_it_draws_what_pillow_draws(segments: int, size: tuple[int, int]) -> None:
    strokes = scribble(30, size, segments=segments)
    drawn = rasterise(*strokes, size)[0].movedim(0, -1).numpy()
    expected = by_pillow(strokes, size)
    error = np.abs(drawn - expected)
    change = sum(np.abs(np.gradient(expected, axis=axis)).max(-1) for axis in (0, 1))
    inside = change < 1 / 255
    assert 0.3 < inside.mean() < 0.9  # there is something to see
    assert error[inside].mean() < 0.02 / 255
    assert error.mean() < 1.5 / 255


@pytest.mark.parametrize("widths", [(0.3, 1.4), (1.0, 9.0), (20.0, 60.0)])
def test_gradients_are_those_of_finite_differences(widths: tuple[float, float]) -> None:
    strokes = scribble(5, (37, 30), segments=2, widths=widths, dtype=torch.float64)
    for part in strokes:
        part.requires_grad_()
    towards = torch.randn(1, 3, 30, 37, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda *parts: (rasterise(*parts, (37, 30)) * towards).sum(), strokes, eps=1e-6)


def test_small_groups_and_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for group, block in ((4096, 512), (7, 3)):
        monkeypatch.setattr(tiling, "_GROUP", group)
        monkeypatch.setattr(rasteriser, "_BLOCK", block)
        strokes = scribble(20, (70, 50))
        for part in strokes:
            part.requires_grad_()
        picture = rasterise(*strokes, (70, 50))
        picture.square().mean().backward()
        found.append([picture.detach(), *(part.grad for part in strokes)])
    for one, other in zip(*found, strict=True):
        assert one is not None
        assert other is not None
        assert torch.allclose(one, other, atol=1e-6)


def test_later_strokes_lie_over_earlier_ones() -> None:
    line = torch.tensor([[[0.0, 8.0], [5.0, 8.0], [10.0, 8.0], [16.0, 8.0]]]).expand(2, -1, -1)
    colours = torch.tensor([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.25]])
    picture = rasterise(line, torch.full((2,), 6.0), colours, torch.ones(3), (16, 16))
    assert torch.allclose(picture[0, :, 8, 8], torch.tensor([0.75, 0.25, 0.0]))
    assert torch.equal(picture[0, :, 0, 8], torch.ones(3))


def test_the_thinner_than_a_pixel_the_fainter() -> None:
    line = torch.tensor([[[0.0, 8.5], [5.0, 8.5], [10.0, 8.5], [16.0, 8.5]]])
    black = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    ink = [
        float((1 - rasterise(line, torch.tensor([width]), black, torch.ones(3), (16, 16))).sum())
        for width in (0.0, 0.25, 0.5, 1.0, 2.0)
    ]
    assert ink[0] == 0
    for thin, thick in pairwise(ink[1:]):
        assert 1.9 < thick / thin < 2.1


def test_strokes_beyond_the_picture_and_dots_are_drawn_as_they_are() -> None:
    points = torch.tensor([[[-900.0, 5e8]] * 4, [[8.0, 8.0]] * 4])
    colours = torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2)
    picture = rasterise(points, torch.tensor([3.0, 6.0]), colours, torch.ones(3), (16, 16))
    assert picture[0, :, 8, 8].sum() == 0
    assert abs(float((1 - picture[0, 0]).sum()) - 9 * torch.pi) < 0.3  # a disk of diameter 6
    nothing = rasterise(points[:0], torch.zeros(0), colours[:0], torch.tensor([0.1, 0.2, 0.3]), (5, 3))
    assert nothing.shape == (1, 3, 3, 5)
    assert torch.equal(nothing[0, :, 0, 0], torch.tensor([0.1, 0.2, 0.3]))


def test_numbers_that_are_none_draw_nothing_and_break_nothing() -> None:
    points, widths, colours, paper = scribble(3, (30, 30))
    points[1] = torch.nan
    points[2, 1] = torch.inf
    assert rasterise(points, widths, colours, paper, (30, 30)).shape == (1, 3, 30, 30)


def test_shapes_that_do_not_go_together_are_refused() -> None:
    points, widths, colours, paper = scribble(3, (30, 30))
    for wrong in (
        (points[:, :3], widths, colours, paper),
        (points, widths[:2], colours, paper),
        (points, widths, colours[:, :3], paper),
        (points, widths, colours, colours[0]),
    ):
        with pytest.raises(ValueError, match="strokes are"):
            rasterise(*wrong, (30, 30))


def test_it_works_alone_and_leaves_the_threads_as_they_were() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        strokes = scribble(5, (40, 40))
        strokes[0].requires_grad_()
        rasterise(*strokes, (40, 40)).sum().backward()
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)
