"""The perceptual loss: nothing between equals, more the more they differ, from any tower that is built of stages."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from studio.base.errors import ModelError
from studio.models.towers import SmoothResNet
from studio.starter.perceptual import PerceptualLoss


class Perceptor:
    """A tower, and a note of the sizes that it was shown."""

    name = "test"
    identity = "abc"

    def __init__(self, tower: nn.Module, image_size: int = 32) -> None:
        self.tower = tower.eval().requires_grad_(False)
        self.image_size = image_size
        self.shown: list[torch.Size] = []

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        self.shown.append(images.shape)
        return functional.normalize(self.tower(images * 4 - 2), dim=1)


class Wrapped(nn.Module):
    """As open_clip wraps timm's towers."""

    def __init__(self, trunk: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.trunk(x)


@pytest.fixture
def perceptor() -> Perceptor:
    torch.manual_seed(3)
    return Perceptor(Wrapped(SmoothResNet((8, 12, 16), (1, 0, 2))))


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def test_features_are_the_last_at_every_resolution_and_of_unit_length(perceptor, images):
    features = PerceptualLoss(perceptor).features(images)
    assert [tuple(some.shape) for some in features] == [(2, 8, 16, 16), (2, 12, 8, 8), (2, 16, 4, 4)]
    for some in features:
        assert torch.allclose(some.norm(dim=1), torch.ones(()), atol=1e-5)
    last = perceptor.tower.trunk.stages(functional.silu(perceptor.tower.trunk.stem(images * 4 - 2)))
    assert torch.allclose(features[-1], functional.normalize(last, dim=1))


def test_equals_are_no_distance_apart_and_a_blur_less_than_another_picture(perceptor, images):
    loss = PerceptualLoss(perceptor)
    assert float(loss(images, images)) == 0
    blurred = functional.avg_pool2d(images, 3, 1, 1)
    assert 0 < float(loss(0.9 * images + 0.1 * blurred, images)) < float(loss(blurred, images)) <= 4
    assert float(loss(blurred, images)) < float(loss(1 - images, images)) <= 4


def test_going_down_its_gradient_brings_a_picture_closer(perceptor, images):
    loss = PerceptualLoss(perceptor)
    other = torch.full_like(images, 0.5).requires_grad_()
    before = loss(other, images)
    (gradient,) = torch.autograd.grad(before, other)
    assert bool((gradient != 0).flatten(1).any(1).all())
    assert float(loss(other.detach() - 0.1 * gradient / gradient.norm(), images)) < float(before.detach())


def test_the_wanted_picture_gets_no_gradient(perceptor, images):
    wanted = images.clone().requires_grad_()
    PerceptualLoss(perceptor)(images.clone().requires_grad_(), wanted).backward()
    assert wanted.grad is None


def test_pictures_of_another_size_are_resampled(perceptor, images):
    loss = PerceptualLoss(perceptor)
    small = functional.avg_pool2d(images, 2).requires_grad_()
    loss(small, functional.avg_pool2d(1 - images, 2)).backward()
    assert set(perceptor.shown) == {torch.Size((2, 3, 32, 32))}
    assert bool(small.grad.any())


def test_it_goes_by_the_identity_of_its_perceptor(perceptor):
    assert PerceptualLoss(perceptor).identity == "abc"


def test_a_tower_without_stages_is_refused():
    with pytest.raises(ModelError) as caught:
        PerceptualLoss(Perceptor(nn.Sequential(nn.Flatten(), nn.Linear(3, 4))))
    assert caught.value.what == "The model test cannot tell how alike two pictures are"
    assert "stages" in caught.value.why
