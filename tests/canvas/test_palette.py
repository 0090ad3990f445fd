from __future__ import annotations

import pytest
import torch

from studio.canvas.palette import CELLS, COLOURS, PaletteCanvas, choose_palette, grid


def random_picture(width: int = 128, height: int = 96, seed: int = 0) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def colours_of(picture: torch.Tensor) -> torch.Tensor:
    return picture[0].movedim(0, -1).reshape(-1, 3).unique(dim=0)


def test_the_picture_has_big_cells_in_few_colours() -> None:
    canvas = PaletteCanvas(128, 96)
    canvas.encode(random_picture())
    picture = canvas.image().detach()
    assert len(colours_of(picture)) <= COLOURS
    cells = picture.unfold(2, 2, 2).unfold(3, 2, 2).flatten(-2)
    assert bool((cells == cells[..., :1]).all())
    assert grid(128, 96) == (CELLS * 96 // 128, CELLS)
    assert grid(10, 1) == (1, 10)


def test_a_picture_of_few_colours_is_kept_exactly() -> None:
    flags = torch.zeros(1, 3, 64, 64)
    flags[:, 0, :, :20] = 1
    flags[:, 1, :, 20:40] = 0.5
    flags[:, 2, :, 40:] = 0.25
    canvas = PaletteCanvas(64, 64)
    canvas.encode(flags)
    assert torch.allclose(canvas.image(), flags, atol=1e-6)


def test_the_palette_stands_for_the_colours() -> None:
    generator = torch.Generator().manual_seed(1)
    heaps = torch.rand(COLOURS, 3, generator=generator)
    colours = (heaps[:, None] + 0.005 * torch.randn(COLOURS, 50, 3, generator=generator)).reshape(-1, 3)
    palette = choose_palette(colours)
    assert torch.cdist(heaps, palette).min(dim=1).values.max() < 0.02
    assert torch.equal(palette, choose_palette(colours))
    assert torch.isfinite(choose_palette(torch.full((9, 3), 0.5))).all()


def test_the_gradient_reaches_cells_and_the_colours_that_are_shown() -> None:
    canvas = PaletteCanvas(16, 16)
    canvas.encode(random_picture(16, 16))
    canvas.image()[:, 0].sum().backward()
    cells, palette = canvas.parameters()
    assert cells.grad is not None
    assert torch.equal(cells.grad[:, 0], torch.ones(1, 16, 16))
    assert palette.grad is not None
    shown = canvas.choice().unique()
    assert bool((palette.grad[shown, 0] > 0).all())


def test_constraining_keeps_colours_on_the_screen() -> None:
    canvas = PaletteCanvas(16, 16)
    with torch.no_grad():
        for parameter in canvas.parameters():
            parameter.add_(2)
    canvas.constrain()
    assert all(parameter.max() <= 1 for parameter in canvas.parameters())


@pytest.mark.parametrize("t", [0.25, 0.5, 0.75])
def test_half_way_there_is_still_a_palette(t: float) -> None:
    a, b = PaletteCanvas(32, 32), PaletteCanvas(32, 32)
    a.encode(random_picture(32, 32, 1))
    b.encode(random_picture(32, 32, 2))
    between = PaletteCanvas(32, 32)
    between.restore(between.blend(a.state(), b.state(), t))
    picture = between.image().detach()
    assert len(colours_of(picture)) <= COLOURS
    assert 0 <= picture.min() <= picture.max() <= 1


def test_more_pixels_show_the_same_cells() -> None:
    canvas = PaletteCanvas(64, 64)
    canvas.encode(random_picture(64, 64))
    before = canvas.image().detach()
    canvas.resize(128, 128)
    assert torch.equal(canvas.image()[..., ::2, ::2], before)


def test_cells_and_colours_can_be_chosen():
    canvas = PaletteCanvas(96, 64, cells=24, colours=4)
    canvas.encode(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(2)))
    cells, palette = canvas.parameters()
    assert (cells.shape, palette.shape) == ((1, 3, 16, 24), (4, 3))
    assert len(colours_of(canvas.image())) <= 4
    for wrong in ({"cells": 0}, {"colours": 0}):
        with pytest.raises(ValueError, match="at least one cell"):
            PaletteCanvas(8, 8, **wrong)


def test_a_state_brings_its_cells_and_colours():
    canvas = PaletteCanvas(64, 64, cells=32, colours=5)
    canvas.start(torch.Generator().manual_seed(1))
    other = PaletteCanvas(16, 16)
    other.restore(canvas.state())
    assert torch.equal(other.image(), canvas.image())
    other.resize(128, 128)
    assert other.parameters()[0].shape[-2:] == (32, 32)
    with pytest.raises(ValueError, match="no state of a palette"):
        other.restore({**canvas.state(), "cells": torch.zeros(1, 3, 9, 32)})
    with pytest.raises(ValueError, match="no state of a palette"):
        other.restore({"size": torch.tensor([4, 4])})


def test_a_small_state_leaves_the_number_of_cells_for_larger_pictures():
    """Or a dream that is taken up on a lower rung of its ladder would stay coarse."""
    small, other = PaletteCanvas(48, 48, cells=128), PaletteCanvas(256, 256, cells=128)
    small.start(torch.Generator().manual_seed(1))
    other.restore(small.state())
    for canvas in (small, other):
        canvas.resize(256, 256)
    assert other.parameters()[0].shape[-2:] == (128, 128)
    assert torch.equal(small.image(), other.image())


def test_other_cells_are_not_drawn_together():
    with pytest.raises(ValueError, match="cannot be drawn together"):
        PaletteCanvas(64, 64).together([PaletteCanvas(64, 64, cells=8)])
