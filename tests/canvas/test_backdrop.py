"""A backdrop is its base until its planes move, and they move moods, not details."""

from __future__ import annotations

import torch

from studio.canvas import resample
from studio.canvas.backdrop import LIMIT, Backdrop, backdrop_shapes

CPU = torch.device("cpu")


def shown(width=48, height=32) -> tuple[Backdrop, torch.Tensor]:
    picture = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))
    backdrop = Backdrop(width, height, CPU)
    backdrop.show(picture)
    return backdrop, picture


def test_what_is_shown_is_shown_to_the_bit():
    backdrop, picture = shown()
    assert torch.equal(backdrop.image().detach(), picture)


def test_black_and_white_stay_so():
    backdrop = Backdrop(8, 8, CPU)
    for value in (0.0, 1.0):
        backdrop.show(torch.full((1, 3, 8, 8), value))
        assert torch.equal(backdrop.image().detach(), torch.full((1, 3, 8, 8), value))


def test_planes_lighten_and_have_gradients():
    backdrop, picture = shown()
    with torch.no_grad():
        backdrop.planes[0].fill_(1.0)
    image = backdrop.image()
    assert float((image.detach() - picture).mean()) > 0.01
    image.sum().backward()
    assert all(bool((plane.grad != 0).any()) for plane in backdrop.planes)


def test_the_range_of_planes_is_kept():
    backdrop, _ = shown()
    with torch.no_grad():
        backdrop.planes[1].fill_(99.0)
    backdrop.constrain()
    assert float(backdrop.planes[1].detach().max()) == LIMIT
    image = backdrop.image().detach()
    assert -0.01 <= float(image.min()) <= float(image.max()) <= 1.01  # nominally 0 to 1


def test_no_plane_is_fine_enough_for_speckle():
    assert max(max(shape) for shape in backdrop_shapes(512, 256)) <= 32
    assert backdrop_shapes(512, 256)[0] == (1, 1)


def test_it_is_the_sum_of_its_planes_in_fewer_passes():
    backdrop, picture = shown()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for plane in backdrop.planes:
            plane.copy_(torch.randn(plane.shape, generator=generator) / 2)
    inner = picture.clamp(1 / 512, 1 - 1 / 512)
    moved = sum(resample.resample(plane, 48, 32) for plane in backdrop.planes)
    wanted = picture + (0.5 + 0.5 * torch.tanh(torch.atanh(2 * inner - 1) + 0.2 * moved) - inner)
    image = backdrop.image()
    torch.testing.assert_close(image, wanted, atol=1e-6, rtol=0)
    weights = torch.randn(image.shape, generator=generator)
    found = torch.autograd.grad((image * weights).sum(), backdrop.planes)
    for one, other in zip(found, torch.autograd.grad((wanted * weights).sum(), backdrop.planes), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_a_picture_that_is_given_is_nobodys_to_change():
    backdrop, picture = shown()
    with torch.no_grad():
        backdrop.image().zero_()
        assert torch.equal(backdrop.image(), picture)


def test_another_base_is_shown():
    backdrop, picture = shown()
    backdrop.image()
    backdrop.base = 1 - picture
    assert torch.equal(backdrop.image().detach(), 1 - picture)
