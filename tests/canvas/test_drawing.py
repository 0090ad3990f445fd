from __future__ import annotations

import pytest
import torch

from studio.canvas.camera import Camera, move
from studio.canvas.drawing import Drawing, draw, in_pixels, moved, parts, samples


def drawing(count: int = 12, seed: int = 1) -> Drawing:
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(count, 1, 2, generator=generator) - 0.5
    points = points + (torch.rand(count, 4, 2, generator=generator) - 0.5) * 0.6
    colours = torch.rand(count, 4, generator=generator)
    return Drawing(points, torch.full((count,), -2.5), colours, torch.tensor([0.9, 0.9, 0.8]))


def test_it_is_the_same_drawing_at_every_size() -> None:
    small, large = draw(drawing(), 64, 48), draw(drawing(), 256, 192)
    shrunk = torch.nn.functional.avg_pool2d(large, 4)
    assert (small - shrunk).abs().mean() < 0.01


def test_units_are_those_of_the_picture() -> None:
    corner = Drawing(torch.tensor([[[-1.0, 1.0]] * 4]), torch.tensor([-1.0]), torch.ones(1, 4), torch.ones(3))
    points, widths = in_pixels(corner, 200, 100)
    assert torch.equal(points[0, 0], torch.tensor([0.0, 100.0]))
    assert float(widths[0]) == pytest.approx(100 / 2.718281828, rel=1e-5)


def test_some_strokes_over_others_are_all_of_them() -> None:
    whole = drawing()
    again = whole[torch.arange(5, 12)].over(whole[torch.arange(12) < 5])
    assert all(torch.equal(one, other) for one, other in zip(parts(whole), parts(again), strict=True))


def test_samples_lie_on_the_curves() -> None:
    points = torch.rand(3, 7, 2, generator=torch.Generator().manual_seed(1))
    places = samples(points, 5)
    assert places.shape == (3, 10, 2)
    assert torch.allclose(places[:, [0, 4, 5, 9]], points[:, [0, 3, 3, 6]])
    middle = (points[:, 0] + 3 * points[:, 1] + 3 * points[:, 2] + points[:, 3]) / 8
    assert torch.allclose(places[:, 2], middle)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(zoom=1.2),
        Camera(rotate=20),
        Camera(pan_x=0.05, pan_y=-0.1),
        Camera(zoom=0.9, rotate=-10, pan_x=0.03, centre_x=0.3, centre_y=0.6),
    ],
)
def test_strokes_move_as_pixels_do(camera: Camera) -> None:
    # nothing near the edges, so what is beyond them does not matter
    near = drawing()
    small = Drawing(near.points * 0.5, near.widths - 0.7, near.colours, near.paper)
    picture = draw(moved(small, camera, 320, 240), 320, 240)
    expected = move(draw(small, 320, 240), camera)
    still = draw(small, 320, 240)
    assert (picture - expected).abs().mean() < 0.1 * (still - expected).abs().mean()
