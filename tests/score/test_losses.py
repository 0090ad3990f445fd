"""The formulas: their values at known points, their gradients, and the sources they claim."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.score import losses
from studio.score.losses import angle, range_loss, spherical_distance, total_variation


def crowson(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x, y = torch.nn.functional.normalize(x, dim=-1), torch.nn.functional.normalize(y, dim=-1)
    return (x - y).norm(dim=-1).div(2).arcsin().pow(2).mul(2)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32), st.integers(2, 64))
def test_spherical_distance_is_crowsons(seed: int, dimensions: int) -> None:
    a, b = torch.randn(2, 5, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    torch.testing.assert_close(spherical_distance(a, b), crowson(a, b))


@pytest.mark.parametrize("radians", [0.0, 1e-6, 0.5, math.pi / 2, 3.0, math.pi])
def test_spherical_distance_is_half_the_squared_angle(radians: float) -> None:
    a = torch.tensor([1.0, 0.0], dtype=torch.float64)
    b = 3 * torch.tensor([math.cos(radians), math.sin(radians)], dtype=torch.float64)
    assert angle(a, b).item() == pytest.approx(radians, abs=1e-12)
    assert spherical_distance(a, b).item() == pytest.approx(radians**2 / 2, abs=1e-12)


def test_spherical_distance_broadcasts() -> None:
    a, b = torch.randn(4, 1, 8), torch.randn(3, 8)
    assert spherical_distance(a, b).shape == (4, 3)
    torch.testing.assert_close(spherical_distance(a, b)[2, 1], spherical_distance(a[2, 0], b[1]))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_gradient_is_finite_for_equal_and_opposite_vectors(sign: float) -> None:
    a = torch.randn(6, 8, generator=torch.Generator().manual_seed(1)).requires_grad_()
    spherical_distance(a, sign * a.detach()).sum().backward()
    assert a.grad is not None
    assert a.grad.isfinite().all()


def test_gradients_are_right() -> None:
    random = torch.Generator().manual_seed(1)
    a, b = torch.randn(2, 3, 5, generator=random, dtype=torch.float64)
    images = 2 * torch.rand(2, 3, 4, 5, generator=random, dtype=torch.float64) - 0.5
    assert torch.autograd.gradcheck(spherical_distance, (a.requires_grad_(), b.requires_grad_()))
    assert torch.autograd.gradcheck(spherical_distance, (a[:, None], b)), "of every pair"
    assert torch.autograd.gradcheck(total_variation, (images.requires_grad_(),))
    assert torch.autograd.gradcheck(range_loss, (images,))


def test_total_variation_of_known_pictures() -> None:
    flat = torch.full((1, 3, 4, 4), 0.7)
    stripes = torch.tensor([0.0, 1.0]).repeat(2).expand(1, 3, 4, 4)
    assert total_variation(flat).item() == pytest.approx(0, abs=1e-6)
    assert total_variation(stripes).item() == pytest.approx(3 / 4)
    assert total_variation(stripes.transpose(2, 3)).item() == pytest.approx(3 / 4)
    found = total_variation(torch.cat([flat, stripes]))
    torch.testing.assert_close(found, torch.tensor([0, 3 / 4]), atol=1e-6, rtol=1e-6)


def test_total_variation_is_crowsons() -> None:
    images = torch.rand(2, 3, 5, 7)
    padded = torch.nn.functional.pad(images, (0, 1, 0, 1), "replicate")
    across, down = padded[..., :-1, 1:] - padded[..., :-1, :-1], padded[..., 1:, :-1] - padded[..., :-1, :-1]
    torch.testing.assert_close(total_variation(images), (across**2 + down**2).mean([1, 2, 3]))


def test_range_loss_counts_only_what_is_outside() -> None:
    inside, outside = torch.rand(1, 3, 4, 4), torch.full((1, 3, 4, 4), 1.5)
    outside[:, :, :, :2] = -0.5
    assert range_loss(inside).item() == 0
    torch.testing.assert_close(range_loss(torch.cat([inside, outside])), torch.tensor([0, 0.25]))


def test_grey_has_no_saturation_and_red_much() -> None:
    grey, red = torch.full((1, 3, 8, 8), 0.5), torch.zeros(1, 3, 8, 8)
    red[:, 0] = 1
    assert losses.saturation(grey).item() == pytest.approx(0, abs=1e-3)
    assert losses.saturation(red).item() == pytest.approx((2 / 9) ** 0.5, abs=1e-3)
    grey.requires_grad_()
    losses.saturation(grey).sum().backward()
    assert grey.grad is not None
    assert grey.grad.isfinite().all()


def test_a_picture_that_mirrors_itself_is_symmetric() -> None:
    half = torch.rand(1, 3, 8, 4, generator=torch.Generator().manual_seed(0))
    assert losses.asymmetry(torch.cat((half, half.flip(-1)), -1)).item() == 0
    assert losses.asymmetry(torch.cat((half, half), -1)).item() > 0.01


def test_departure_is_nothing_at_the_anchor_whatever_its_size() -> None:
    flat = torch.full((1, 3, 8, 8), 0.3)
    assert losses.departure(flat, torch.full((1, 3, 20, 12), 0.3)).item() == pytest.approx(0, abs=1e-10)
    assert losses.departure(flat, torch.full((1, 3, 8, 8), 0.8)).item() == pytest.approx(0.25)


def checked(formula: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> None:
    """Whether the gradient is that of finite differences."""
    assert torch.autograd.gradcheck(lambda x: formula(x).sum(), images.double().requires_grad_(), atol=1e-4)


def test_off_palette_is_the_distance_to_the_nearest_colour() -> None:
    palette = torch.tensor([[0.0, 0, 0], [1.0, 0, 0]])
    images = torch.zeros(2, 3, 4, 4)
    images[0, 0, :, :2] = 1
    images[1, 0] = 0.75
    images[1, 1] = 0.5
    found = losses.off_palette(images, palette)
    assert found[0].item() == pytest.approx(0, abs=2e-4)
    assert found[1].item() == pytest.approx((0.25**2 + 0.5**2) ** 0.5, abs=1e-5)


def test_off_palette_pulls_to_that_colour_and_no_further() -> None:
    images = torch.rand(1, 3, 5, 5, generator=torch.Generator().manual_seed(3))
    palette = torch.rand(4, 3, generator=torch.Generator().manual_seed(4))
    checked(lambda x: losses.off_palette(x, palette.double()), images)
    there = palette[:1, :, None, None].repeat(1, 1, 2, 2).requires_grad_()
    losses.off_palette(there, palette).sum().backward()
    assert there.grad is not None
    assert there.grad.isfinite().all()


def test_off_border_looks_at_the_border_alone() -> None:
    white, wide = torch.ones(3), torch.ones(1, 3, 32, 64)
    wide[..., 2:-2, 2:-2] = 0
    assert losses.off_border(wide, white).item() == 0
    assert losses.off_border(1 - wide, white).item() == 1
    images = torch.rand(1, 3, 32, 64, requires_grad=True)
    losses.off_border(images, white).sum().backward()
    assert images.grad is not None
    assert bool((images.grad[..., 2:-2, 2:-2] == 0).all())
    assert bool((images.grad[..., 0, :] != 0).all())


def test_off_border_is_a_pixel_wide_at_least_and_at_most_everything() -> None:
    images = torch.rand(1, 3, 6, 6)
    assert losses.off_border(images, torch.zeros(3), 1e-6).item() > 0
    torch.testing.assert_close(losses.off_border(images, torch.zeros(3), 0.5), images.square().mean()[None])
    checked(lambda x: losses.off_border(x, torch.tensor([0.2, 0.4, 0.6])), torch.rand(1, 3, 5, 7))


def test_colours_that_change_where_lightness_does_are_coherent() -> None:
    grey = torch.rand(1, 1, 8, 8).expand(1, 3, 8, 8)
    assert losses.incoherence(grey).item() == pytest.approx(0, abs=1e-10)
    yellow, blue = torch.tensor([0.9, 0.9, 0.1]), torch.tensor([0.1, 0.1, 0.9])
    halves = torch.cat([colour[None, :, None, None].expand(1, 3, 8, 4) for colour in (yellow, blue)], -1)
    assert losses.incoherence(halves).item() < 1e-6, "an edge"
    red = torch.tensor([0.6, 0.2, 0.2])
    green = torch.tensor([0.2, 0.2 + 0.4 * 0.299 / 0.587, 0.2])  # as light as the red
    specks = torch.stack([red, green])[torch.arange(64).reshape(8, 8) % 2].permute(2, 0, 1)[None]
    assert losses.incoherence(specks).item() > 0.05


def test_incoherence_changes_no_lightness() -> None:
    images = torch.rand(1, 3, 6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    losses.incoherence(images).sum().backward()
    assert images.grad is not None
    to_u = torch.tensor([-0.14713, -0.28886, 0.436]).double()
    to_v = torch.tensor([0.615, -0.51499, -0.10001]).double()
    across = torch.linalg.cross(to_u, to_v)
    leaning = torch.einsum("c,bchw->bhw", across, images.grad)
    assert leaning.abs().max().item() < 1e-8, "every step is one of U and V"
    flat = torch.full((1, 1, 5, 5), 0.5, dtype=torch.float64)

    def of_chroma(u: torch.Tensor) -> torch.Tensor:  # lightness held
        return losses.incoherence(torch.cat([flat, flat - 0.39465 * u, flat + 2.03211 * u], 1), tolerance=1e6)

    assert torch.autograd.gradcheck(of_chroma, torch.rand(1, 1, 5, 5, dtype=torch.float64).requires_grad_())
