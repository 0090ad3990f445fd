from __future__ import annotations

import torch

from studio.canvas.drawing import Drawing, draw
from studio.canvas.stroke_pairing import paired


def drawing(count: int, seed: int, spread: float = 1.0) -> Drawing:
    generator = torch.Generator().manual_seed(seed)
    middle = (torch.rand(count, 1, 2, generator=generator) * 2 - 1) * spread
    points = middle + (torch.rand(count, 4, 2, generator=generator) - 0.5) * 0.5
    widths = -3 + torch.rand(count, generator=generator)
    return Drawing(points, widths, torch.rand(count, 4, generator=generator), torch.rand(3, generator=generator))


def test_both_drawings_look_as_before_in_the_common_order() -> None:
    a, b = drawing(60, 1), drawing(60, 2)
    one, other = paired(a, b, 96, 64)
    for before, after in ((a, one), (b, other)):
        assert not torch.equal(before.points, after.points)
        assert torch.equal(before.widths.sort().values, after.widths.sort().values)
        assert torch.allclose(draw(before, 96, 64), draw(after, 96, 64), atol=1e-5)


def test_where_nothing_overlaps_each_goes_to_its_nearest() -> None:
    x, y = torch.meshgrid(torch.linspace(-0.9, 0.9, 6), torch.linspace(-0.9, 0.9, 6), indexing="ij")
    points = torch.stack([x.flatten(), y.flatten()], 1)[:, None] + torch.linspace(0, 0.1, 4)[None, :, None]
    a = Drawing(points, torch.full((36,), -4.0), torch.ones(36, 4), torch.ones(3))
    mixed = torch.randperm(36, generator=torch.Generator().manual_seed(1))
    backwards = Drawing(points.flip(1) + 0.02, a.widths, a.colours, a.paper)
    one, other = paired(a, backwards[mixed], 256, 256)
    assert torch.allclose(other.points, one.points + 0.02, atol=1e-6)


def test_ways_are_shorter_than_by_number() -> None:
    a, b = drawing(100, 3), drawing(100, 4)
    one, other = paired(a, b, 128, 128)
    assert (one.points - other.points).norm(dim=2).mean() < 0.7 * (a.points - b.points).norm(dim=2).mean()
