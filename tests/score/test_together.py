"""Many objectives asked at once say what each says alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.score.augment import Augmentation
from studio.score.cutouts import CutoutSettings
from studio.score.objective import ClipObjective, Colourfulness, Range, Rolled, TotalVariation
from studio.score.targets import Target
from studio.score.together import together

SETTINGS = CutoutSettings(count=3, smallest=0.5, augmentation=Augmentation(noise=0.1, erase=0.5, hue=0.1))


class Eye:
    """Sees 6 x 6 pixels through a random matrix, and counts its looks."""

    image_size = 6
    device = torch.device("cpu")

    def __init__(self, seed: int) -> None:
        self.name = f"eye {seed}"
        self.matrix = torch.randn(108, 5, generator=torch.Generator().manual_seed(seed))
        self.looks: list[int] = []

    def embed_image(self, images):
        self.looks.append(len(images))
        return torch.nn.functional.normalize((images.flatten(1) - 0.5) @ self.matrix, dim=-1)


def target(seed: int, weight: float = 1.0) -> Target:
    point = torch.randn(5, generator=torch.Generator().manual_seed(seed))
    return Target(torch.nn.functional.normalize(point, dim=0), weight, label=f"wish {seed}")


@pytest.fixture
def eyes() -> tuple[Eye, Eye]:
    return Eye(1), Eye(2)


@pytest.fixture
def objectives(eyes):
    one, two = eyes
    return [
        TotalVariation(2) + ClipObjective(one, [target(1)], SETTINGS) + ClipObjective(two, [target(2)], SETTINGS, 0.5),
        Rolled(Range() + ClipObjective(one, [target(3), target(4, -0.5)], replace(SETTINGS, count=5))),
        2 * ClipObjective(two, [target(5)], SETTINGS) + Colourfulness(0.3),
        TotalVariation() + ClipObjective(one, [], SETTINGS),
    ]


def generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


def test_losses_terms_and_gradients_are_those_of_each_alone(objectives):
    images = torch.rand(4, 3, 9, 7, generator=torch.Generator().manual_seed(7))
    apart = images.clone().requires_grad_()
    alone = [
        objective(apart[place : place + 1], generator)
        for place, (objective, generator) in enumerate(zip(objectives, generators(4), strict=True))
    ]
    sum(loss.total for loss in alone).backward()
    joined = images.clone().requires_grad_()
    found = together(objectives, joined, generators(4))
    sum(loss.total for loss in found).backward()
    for loss, wanted in zip(found, alone, strict=True):
        torch.testing.assert_close(loss.total, wanted.total)
        assert loss.terms.keys() == wanted.terms.keys()
        for name, value in wanted.terms.items():
            torch.testing.assert_close(loss.terms[name], value)
    torch.testing.assert_close(joined.grad, apart.grad, atol=1e-6, rtol=1e-4)


def test_each_perceptor_sees_all_in_as_few_passes_as_there_are_questions(objectives, eyes):
    together(objectives, torch.rand(4, 3, 9, 7), generators(4))
    one, two = eyes
    assert one.looks == [8], "three cutouts of the first picture and five of the second"
    assert two.looks == [6]


def test_what_is_no_number_stays_with_its_own_picture(objectives):
    images = torch.rand(4, 3, 9, 7, generator=torch.Generator().manual_seed(7))
    images[1, 0, 2, 2] = float("nan")
    images.requires_grad_()
    found = together(objectives, images, generators(4))
    sum(loss.total for loss in found).backward()
    assert [bool(torch.isfinite(loss.total)) for loss in found] == [True, False, True, True]
    assert [bool(torch.isfinite(each).all()) for each in images.grad] == [True, False, True, True]
