"""The formulas: their values at known points, their gradients, and the sources they claim."""

from __future__ import annotations

import math

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
    assert torch.autograd.gradcheck(total_variation, (images.requires_grad_(),))
    assert torch.autograd.gradcheck(range_loss, (images,))


def test_total_variation_of_known_pictures() -> None:
    flat = torch.full((1, 3, 4, 4), 0.7)
    stripes = torch.tensor([0.0, 1.0]).repeat(2).expand(1, 3, 4, 4)
    assert total_variation(flat).item() == 0
    assert total_variation(stripes).item() == pytest.approx(3 / 4)
    assert total_variation(stripes.transpose(2, 3)).item() == pytest.approx(3 / 4)
    torch.testing.assert_close(total_variation(torch.cat([flat, stripes])), torch.tensor([0, 3 / 4]))


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
