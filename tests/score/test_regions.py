"""Objectives of a part of the picture: what they see, and that the rest of it stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from studio.score.cutouts import CutoutSettings
from studio.score.objective import Asking, ClipObjective, Loss, Objective
from studio.score.regions import MARGIN, WHOLE, AtOnce, Sides, Window, Within, split
from studio.score.targets import Target

LEFT: Sides = (0.0, 0.0, 0.5, 1.0)


class Mean(Objective):
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        self.seen.append(images.detach())
        total = images.sum()
        return Loss(total, {"mean": total.detach()})

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        yield from ()
        return self(images, generator)


def gradient(window: Window, images: Tensor) -> Tensor:
    images = images.clone().requires_grad_()
    Within(Mean(), window)(images, torch.Generator()).total.backward()
    assert images.grad is not None
    return images.grad


@pytest.mark.parametrize("size", [(32, 32), (24, 48), (17, 31)])
def test_an_area_alone_gets_a_gradient(size: tuple[int, int]) -> None:
    height, width = size
    images = torch.rand(2, 3, height, width)
    found = gradient(Window(LEFT), images)
    half = round(width / 2)
    assert bool((found[..., :half] == 1).all())
    assert bool((found[..., half:] == 0).all())


def test_a_look_shows_the_pictures_as_they_are_and_a_little_more_than_the_area() -> None:
    images = torch.rand(1, 3, 32, 64)
    seen = Window((0.25, 0.0, 0.75, 0.5)).seen(images)
    edge = round(MARGIN * 64)
    torch.testing.assert_close(seen, images[..., : 16 + round(MARGIN * 32), 16 - edge : 48 + edge])


def test_an_area_has_a_pixel_at_least() -> None:
    assert gradient(Window((0.99, 0.99, 1.0, 1.0)), torch.rand(1, 3, 8, 8)).sum() == 3


def test_a_mask_is_as_strong_as_it_is_white() -> None:
    mask = torch.zeros(1, 3, 16, 16)
    mask[..., 4:8, 8:16] = 1
    mask[..., 8:12, 8:16] = 0.5
    window = Window.of_picture(mask)
    assert window.sides == (0.5, 0.25, 1.0, 0.75)
    torch.testing.assert_close(gradient(window, torch.rand(1, 3, 16, 16)), mask)


def test_a_mask_is_stretched_over_the_picture() -> None:
    mask = torch.zeros(1, 3, 8, 8)
    mask[..., :4] = 1
    found = gradient(Window.of_picture(mask), torch.rand(1, 3, 64, 32))
    assert bool((found[..., :12] == 1).all())
    assert bool((found[..., 20:] == 0).all())
    assert bool((found[..., 15:17] > 0).any()), "its edge is soft"


def test_a_black_mask_leaves_the_whole_picture_alone_or_is_none() -> None:
    faint = torch.full((1, 3, 8, 8), 0.01)
    assert Window.of_picture(faint).sides == (0, 0, 1, 1)


@pytest.mark.parametrize("sides", [(0.5, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.5)])
def test_a_window_lies_in_the_picture(sides: Sides) -> None:
    with pytest.raises(ValueError, match="no sides"):
        Window(sides)


def test_a_mask_is_one_plane() -> None:
    with pytest.raises(ValueError, match="a mask is"):
        Window(mask=torch.zeros(1, 3, 4, 4))


def test_the_gradient_through_a_mask_is_that_of_finite_differences() -> None:
    torch.manual_seed(0)
    images = torch.rand(1, 3, 6, 6, dtype=torch.float64)
    ones = Window.of_picture(torch.ones(1, 3, 6, 6))
    assert torch.autograd.gradcheck(lambda x: ones.seen(x).square().sum(), images.requires_grad_())


class Eye:
    """A perceptor that counts its passes."""

    name, image_size, device = "eye", 4, torch.device("cpu")

    def __init__(self) -> None:
        self.passes: list[int] = []

    def embed_image(self, images: Tensor) -> Tensor:
        self.passes.append(len(images))
        return functional.normalize(images.mean((2, 3)), dim=-1)


def test_what_is_asked_of_one_perceptor_is_answered_in_one_pass() -> None:
    eyes: list[Any] = [Eye(), Eye()]
    target = Target(torch.tensor([1.0, 0.0, 0.0]), label="red")
    plain = CutoutSettings.plain(2)
    parts = [Within(ClipObjective(eye, [target], plain), Window(sides)) for eye in eyes for sides in (LEFT, WHOLE)]
    images = torch.rand(1, 3, 8, 8, requires_grad=True)
    together = AtOnce([*parts, Mean()])(images, torch.Generator().manual_seed(1))
    assert [eye.passes for eye in eyes] == [[4], [4]]
    apart, chance = [], torch.Generator().manual_seed(1)
    for part in (*parts, Mean()):
        apart.append(part(images, chance))
    torch.testing.assert_close(together.total, sum(loss.total for loss in apart))
    torch.testing.assert_close(sum(together.terms.values()), together.total.detach())
    (found,) = torch.autograd.grad(together.total, images)
    (expected,) = torch.autograd.grad(sum(loss.total for loss in apart), images)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("count", "parts", "shared"),
    [(8, 1, (8,)), (8, 2, (4, 4)), (8, 3, (3, 3, 2)), (2, 3, (1, 1, 1)), (7, 2, (4, 3))],
)
def test_cutouts_are_shared_out(count: int, parts: int, shared: tuple[int, ...]) -> None:
    assert split(count, parts) == shared
