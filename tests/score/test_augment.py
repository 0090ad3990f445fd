"""Augmentations: each does what it says to each cutout in its own way, and the gradient comes through."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from studio.score.augment import ERASED, LUMA, Augmentation, augment

ALL = Augmentation(brightness=0.3, contrast=0.3, saturation=0.3, hue=0.1, noise=0.1, erase=0.5)


def cutouts(count: int = 6, size: int = 12) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(5))


def luma(images: torch.Tensor) -> torch.Tensor:
    return (images * torch.tensor(LUMA).view(3, 1, 1)).sum(1)


def test_nothing_asked_nothing_done(generator: torch.Generator) -> None:
    image = cutouts()
    assert torch.equal(augment(image, Augmentation(), generator), image)


def test_the_same_generator_gives_the_same_and_another_does_not() -> None:
    first, again, other = (augment(cutouts(), ALL, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_every_cutout_is_changed_in_its_own_way(generator: torch.Generator) -> None:
    same = cutouts(1).expand(6, -1, -1, -1)
    for name in ("brightness", "contrast", "saturation", "hue", "noise"):
        changed = augment(same, Augmentation(**{name: 0.5}), generator)
        assert (changed[0] - changed[1]).abs().max() > 0.01, name


def test_brightness_scales(generator: torch.Generator) -> None:
    image = cutouts()
    ratio = augment(image, Augmentation(brightness=0.4), generator) / image
    assert (ratio.amax((1, 2, 3)) - ratio.amin((1, 2, 3)) < 1e-4).all()
    assert ratio.min() >= 0.6
    assert ratio.max() <= 1.4


def test_contrast_leaves_mid_grey_alone(generator: torch.Generator) -> None:
    grey = torch.full((4, 3, 6, 6), 0.5)
    torch.testing.assert_close(augment(grey, Augmentation(contrast=0.8), generator), grey)


def test_saturation_keeps_luma(generator: torch.Generator) -> None:
    image = cutouts()
    changed = augment(image, Augmentation(saturation=0.8), generator)
    assert not torch.allclose(changed, image)
    torch.testing.assert_close(luma(changed), luma(image))


def test_hue_keeps_greys_and_turns_colours_without_stretching_them(generator: torch.Generator) -> None:
    image = cutouts()
    changed = augment(image, Augmentation(hue=0.5), generator)
    torch.testing.assert_close(changed.mean(1), image.mean(1))
    torch.testing.assert_close(changed.norm(dim=1), image.norm(dim=1))
    assert not torch.allclose(changed, image)


def test_noise_is_as_strong_as_asked(generator: torch.Generator) -> None:
    noise = augment(torch.zeros(64, 3, 16, 16), Augmentation(noise=0.2), generator)
    strengths = noise.std((1, 2, 3))
    assert strengths.max() < 0.2 * 1.15
    assert strengths.min() < 0.04
    assert strengths.mean().item() == pytest.approx(0.1, rel=0.2)
    assert noise.mean().abs() < 0.005


def test_erasing_greys_one_rectangle(generator: torch.Generator) -> None:
    image = cutouts(40, 20)
    changed = augment(image, Augmentation(erase=1.0), generator)
    hole = (changed != image).any(1)
    share = hole.float().mean((1, 2))
    assert (share > 0.05).all()
    assert (share < 0.5).all()
    for picture, where in zip(changed, hole, strict=True):
        assert (picture[:, where] == ERASED).all()
        assert torch.equal(where, where.any(1)[:, None] & where.any(0)[None])
        assert where.any(1).diff().sum() <= 2


def test_erasing_happens_as_often_as_asked(generator: torch.Generator) -> None:
    image = cutouts(400, 6)
    erased = (augment(image, Augmentation(erase=0.3), generator) != image).flatten(1).any(1)
    assert erased.float().mean().item() == pytest.approx(0.3, abs=0.08)


def test_gradient_reaches_all_that_is_not_erased(generator: torch.Generator) -> None:
    image = cutouts().requires_grad_()
    changed = augment(image, ALL, generator)
    changed.square().sum().backward()
    assert image.grad is not None
    assert image.grad.isfinite().all()
    erased = (changed == ERASED).all(1, keepdim=True).expand_as(image)
    assert erased.any()
    assert (image.grad[erased] == 0).all()
    assert (image.grad[~erased] != 0).float().mean() > 0.99


@pytest.mark.parametrize(("count", "size"), [(1, 5), (3, 8), (8, 16), (10, 7)])
def test_no_two_cutouts_have_the_same_noise(count: int, size: int, generator: torch.Generator) -> None:
    noise = augment(torch.zeros(count, 3, size, size), Augmentation(noise=0.5), generator).flatten(1)
    units = noise / noise.norm(dim=1, keepdim=True)
    alike = (units @ units.T).abs() - torch.eye(count)
    assert float(alike.max()) < 5 / math.sqrt(units.shape[1]), "as little as chance has it"


def test_noise_is_added_to_pictures_and_colours(generator: torch.Generator) -> None:
    cutouts = torch.rand(6, 3, 9, 9, generator=generator)
    settings = Augmentation(brightness=0.4, hue=0.2, noise=0.3)
    seeds = [torch.Generator().manual_seed(3) for _ in range(3)]
    both = augment(cutouts, settings, seeds[0])
    colours = augment(cutouts, dataclasses.replace(settings, noise=0.0), seeds[1])
    noise = augment(torch.zeros_like(cutouts), Augmentation(noise=0.3), seeds[2])
    torch.testing.assert_close(both, colours + noise)


def test_colours_and_noise_do_not_clamp(generator: torch.Generator) -> None:
    white = augment(torch.ones(8, 3, 8, 8), Augmentation(brightness=0.5), generator)
    assert white.max() > 1.1


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "hue", "noise", "erase"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_refuses_amounts_out_of_range(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Augmentation(**{name: value})
