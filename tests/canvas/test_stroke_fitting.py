from __future__ import annotations

import pytest
import torch

from studio.canvas.camera import Camera, move
from studio.canvas.drawing import Drawing, draw, moved, parts
from studio.canvas.stroke_fitting import fit, refit


def flag(width: int = 96, height: int = 64) -> torch.Tensor:
    """A red disk and a green bar before blue and white."""
    y, x = torch.meshgrid(torch.arange(height) / height, torch.arange(width) / width, indexing="ij")
    picture = torch.stack([y, y, torch.ones_like(y)])
    disk = (x - 0.4).square() + ((y - 0.5) * height / width).square() < 0.03
    bar = (x > 0.7) & (x < 0.8)
    picture = torch.where(disk, torch.tensor([0.9, 0.1, 0.1])[:, None, None], picture)
    return torch.where(bar, torch.tensor([0.1, 0.7, 0.2])[:, None, None], picture)[None]


@pytest.mark.parametrize("points", [4, 7])
def test_a_painting_is_near_its_picture_and_has_no_tinge(points: int) -> None:
    picture = flag()
    drawing = fit(picture, 64, points)
    assert drawing.points.shape == (64, points, 2)
    painted = draw(drawing, 96, 64).detach()
    assert (painted - picture).square().mean() < 0.006
    assert (painted - picture).mean((0, 2, 3)).abs().max() < 0.01


def test_the_same_picture_is_painted_the_same() -> None:
    one, other = (parts(fit(flag(), 9, 4)) for _ in range(2))
    assert all(torch.equal(mine, yours) for mine, yours in zip(one, other, strict=True))


def test_more_strokes_paint_it_better() -> None:
    errors = [(draw(fit(flag(), count, 4), 96, 64) - flag()).square().mean() for count in (8, 40)]
    assert errors[1] < 0.5 * errors[0]


@pytest.mark.parametrize("size", [(1, 1), (9, 70)])
def test_a_blank_picture_of_any_size_is_painted(size: tuple[int, int]) -> None:
    drawing = fit(torch.full((1, 3, *size), 0.25), 10, 4)
    assert (draw(drawing, 32, 32) - 0.25).abs().max() < 1e-3
    assert bool(torch.isfinite(drawing.points).all())


@pytest.mark.parametrize("camera", [Camera(pan_x=0.3), Camera(zoom=1.6), Camera(zoom=0.8)])
def test_what_the_camera_finds_is_painted_with_strokes_that_left(camera: Camera) -> None:
    drawing = fit(flag(), 80, 4)
    seen = move(draw(drawing, 96, 64), camera).detach()
    bare = moved(drawing, camera, 96, 64)
    found = refit(bare, seen, max(0.0, 1 - camera.zoom**2))
    assert len(found.points) == 80
    errors = [float((draw(each, 96, 64) - seen).square().mean()) for each in (bare, found)]
    assert errors[1] < (0.5 * errors[0] if camera.zoom <= 1 else 1.3 * errors[0])


def test_nothing_is_done_where_all_strokes_are_in_view() -> None:
    drawing = Drawing(torch.zeros(4, 4, 2), torch.full((4,), -2.0), torch.ones(4, 4), torch.ones(3))
    assert refit(drawing, torch.rand(1, 3, 20, 20, generator=torch.Generator().manual_seed(1))) is drawing
