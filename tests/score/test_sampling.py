"""Looking at pictures through homographies: geometry, antialiasing, reflection, and one batch like one by one."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from studio.score.cutouts import CutoutSettings, draw
from studio.score.sampling import gather_bilinear, look_up, shrink, view

IDENTITY = torch.eye(3, dtype=torch.float64)[None]


def picture(height: int, width: int, batch: int = 1) -> torch.Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(height + width))


def checkerboard(size: int) -> torch.Tensor:
    index = torch.arange(size)
    return ((index[:, None] + index) % 2).float().expand(1, 3, size, size)


def scaled(x: float, y: float, move_x: float = 0.0, move_y: float = 0.0) -> torch.Tensor:
    return torch.tensor([[[x, 0, move_x], [0, y, move_y], [0, 0, 1]]], dtype=torch.float64)


def test_the_whole_picture_at_its_own_size_is_itself() -> None:
    image = picture(12, 12)
    torch.testing.assert_close(view(image, IDENTITY, 12), image)


@pytest.mark.parametrize(("size", "target"), [(8, 16), (8, 24), (16, 8), (64, 16), (24, 12), (10, 10)])
def test_the_identity_is_a_plain_resize(size: int, target: int) -> None:
    image = picture(size, size)
    expected = functional.interpolate(image, (target, target), mode="bilinear", antialias=True)
    torch.testing.assert_close(view(image, IDENTITY, target), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [21, 30, 50])
def test_the_identity_is_nearly_a_plain_resize_in_odd_ratios(size: int) -> None:
    ramp = torch.linspace(0, 1, size)
    image = torch.stack([ramp.expand(size, size), ramp[:, None].expand(size, size), ramp.outer(ramp)])[None]
    expected = functional.interpolate(image, (16, 16), mode="bilinear", antialias=True)
    torch.testing.assert_close(view(image, IDENTITY, 16), expected, atol=0.02, rtol=0)


def test_a_crop_shows_its_part() -> None:
    image = picture(16, 16)
    torch.testing.assert_close(view(image, scaled(0.5, 0.5, -0.5, 0.5), 8), image[..., 8:, :8], atol=1e-5, rtol=0)


def test_mirrors_and_turns() -> None:
    image = picture(9, 9)
    turn = torch.tensor([[[0, -1, 0], [1, 0, 0], [0, 0, 1]]], dtype=torch.float64)
    torch.testing.assert_close(view(image, scaled(-1, 1), 9), image.flip(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(view(image, turn, 9), image.rot90(1, (2, 3)), atol=1e-5, rtol=0)


def test_beyond_the_border_lies_the_reflection() -> None:
    image = picture(8, 8)
    wide = torch.cat([image.flip(3), image, image.flip(3)], dim=3)
    wide = torch.cat([wide.flip(2), wide, wide.flip(2)], dim=2)
    torch.testing.assert_close(view(image, scaled(3, 3), 24), wide, atol=1e-4, rtol=0)
    torch.testing.assert_close(view(image, scaled(1, 1, 4), 8), image, atol=1e-4, rtol=0)


def test_perspective_shows_the_near_side_larger() -> None:
    ramp = torch.linspace(0, 1, 32).expand(1, 3, 32, 32)
    tilted = torch.eye(3, dtype=torch.float64)[None].clone()
    tilted[0, 2, 0] = 0.5
    found = view(ramp, tilted, 32)[0, 0, 16]
    # The view's right edge lies at x = 1 / 1.5 of the picture, its left edge at -1 / 0.5 = -2, which reflects to 0.
    assert found[-1].item() == pytest.approx((1 / 1.5 + 1) / 2, abs=0.02)
    assert found[0].item() == pytest.approx(0.5, abs=0.1)
    assert found[16].item() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("degrees", [0, 20, 45])
def test_a_fine_pattern_comes_out_grey(degrees: float) -> None:
    angle = math.radians(degrees)
    turn = torch.tensor(
        [[[math.cos(angle), -math.sin(angle), 0.013], [math.sin(angle), math.cos(angle), 0.007], [0, 0, 1]]]
    )
    found = view(checkerboard(96), turn.double(), 24)
    assert (found - 0.5).abs().max() < 0.03


def test_a_fine_pattern_comes_out_grey_in_the_distance_too() -> None:
    tilted = torch.eye(3, dtype=torch.float64)[None].clone()
    tilted[0, 2] = torch.tensor([0.4, 0.2, 1.0])
    found = view(checkerboard(96), tilted, 16)
    assert (found - 0.5).abs().max() < 0.05


@pytest.mark.parametrize("size", [8, 24, 40, 96, 130])
def test_the_gradient_reaches_every_pixel_evenly(size: int) -> None:
    image = picture(96, 96).requires_grad_()
    view(image, IDENTITY, size).sum().backward()
    assert image.grad is not None
    inner = image.grad[..., 8:-8, 8:-8] * (96 / size) ** 2
    assert (image.grad > 0).all()
    assert inner.min() > 0.3
    assert inner.max() < 2.5


@settings(deadline=None, max_examples=50)
@given(
    st.integers(0, 2**32),
    st.integers(3, 40),
    st.integers(3, 40),
    st.integers(1, 20),
    st.integers(1, 3),
    st.integers(1, 4),
)
def test_a_batch_is_like_one_by_one(seed: int, height: int, width: int, size: int, batch: int, count: int) -> None:
    random = torch.Generator().manual_seed(seed)
    homographies = draw(height, width, batch * count, CutoutSettings.field(), random)
    images = torch.rand(batch, 3, height, width, generator=random)
    together = view(images, homographies, size)
    alone = [view(images[i // count][None], homographies[i][None], size) for i in range(batch * count)]
    assert together.shape == (batch * count, 3, size, size)
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-3, rtol=0)


def test_the_gradient_is_right() -> None:
    images = torch.rand(1, 2, 7, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    homographies = draw(7, 6, 3, CutoutSettings.field(), torch.Generator().manual_seed(1))
    assert torch.autograd.gradcheck(lambda x: view(x, homographies, 3), (images,))


def test_reading_by_index_is_the_same_with_the_same_gradient() -> None:
    random = torch.Generator().manual_seed(3)
    one = torch.rand(2, 3, 6, 5, generator=random, dtype=torch.float64).requires_grad_()
    two = one.detach().clone().requires_grad_()
    inside = torch.tensor([4 / 5, 5 / 6], dtype=torch.float64)  # to the middles of the outermost pixels
    grid = (2 * torch.rand(2, 7, 4, 2, generator=random, dtype=torch.float64) - 1) * inside
    grid[0, 0, 0] = inside
    found, expected = gather_bilinear(one, grid), look_up(two, grid)
    torch.testing.assert_close(found, expected)
    pull = torch.randn(found.shape, generator=random, dtype=torch.float64)
    (found * pull).sum().backward()
    (expected * pull).sum().backward()
    torch.testing.assert_close(one.grad, two.grad)


def test_one_grid_sample_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = functional.grid_sample

    def counted(*args: object, **options: object) -> torch.Tensor:
        calls.append(1)
        return original(*args, **options)

    monkeypatch.setattr(functional, "grid_sample", counted)
    images = picture(40, 40, batch=2)
    view(images, draw(40, 40, 32, CutoutSettings.field(), torch.Generator().manual_seed(1)), 8)
    assert len(calls) == 1


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 40), st.integers(2, 40), st.integers(2, 40), st.integers(2, 40))  # interpolate errs at width 1
def test_shrinking_is_the_antialiased_resize(height: int, width: int, new_height: int, new_width: int) -> None:
    new_height, new_width = min(height, new_height), min(width, new_width)
    image = picture(height, width)
    expected = functional.interpolate(image, (new_height, new_width), mode="bilinear", antialias=True)
    first, second = shrink(image, (new_height, new_width), (1, 1))
    torch.testing.assert_close(first, expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(second, image.mean((2, 3), keepdim=True), atol=0.1, rtol=0)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (2, 3)])
def test_tiny_pictures_can_be_looked_at(height: int, width: int) -> None:
    found = view(torch.full((1, 3, height, width), 0.3), IDENTITY, 8)
    torch.testing.assert_close(found, torch.full((1, 3, 8, 8), 0.3))


def test_refuses_views_past_the_horizon_and_views_that_do_not_divide() -> None:
    tilted = IDENTITY.clone()
    tilted[0, 2, 1] = 1.0
    with pytest.raises(ValueError, match="horizon"):
        view(picture(8, 8), tilted, 4)
    with pytest.raises(ValueError, match="2 pictures"):
        view(picture(8, 8, batch=2), IDENTITY.expand(3, 3, 3), 4)
