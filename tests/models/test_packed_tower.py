"""The starter's tower packed: the same numbers as the plain one, the same gradient, and nothing is written over."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from studio.models.packed_tower import PackedBlock, PackedTower, shuffled
from studio.models.packing import pack
from studio.models.towers import SmoothResNet


def alike(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=0.02 * float(expected.detach().abs().max()), rtol=0)


def exact(network: nn.Module, pictures: torch.Tensor, pull: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What a network makes of pictures in single precision, and its gradient."""
    given = pictures.float().requires_grad_()
    made = copy.deepcopy(network).float()(given)
    return made.detach(), torch.autograd.grad(made, given, pull.float())[0]


@pytest.mark.parametrize(("count", "side"), [(1, 8), (1, 16), (3, 32), (2, 24)])
def test_a_packed_tower_computes_what_a_plain_one_does(count: int, side: int, smooth: SmoothResNet) -> None:
    plain = nn.Sequential(smooth)
    packed = copy.deepcopy(plain)
    assert pack(packed) == 1
    assert isinstance(packed[0], PackedTower)
    random = torch.Generator().manual_seed(count)
    pictures = torch.randn(count, 3, side, side, generator=random).bfloat16()
    pull = torch.randn(count, 16, generator=random).bfloat16()
    given = pictures.clone(memory_format=torch.channels_last).requires_grad_()
    made = packed(given)
    gradient = torch.autograd.grad(made, given, pull)[0]
    expected, wanted = exact(plain, pictures, pull)
    alike(made.float(), expected)
    alike(gradient.float(), wanted)
    torch.testing.assert_close(given, pictures, atol=0, rtol=0)  # what was given is left as it was
    with torch.no_grad():
        torch.testing.assert_close(packed(given), made, atol=0, rtol=0)


def test_a_packed_tower_that_is_watched_computes_stage_by_stage(smooth: SmoothResNet) -> None:
    packed = nn.Sequential(copy.deepcopy(smooth))
    pack(packed)
    random = torch.Generator().manual_seed(5)
    pictures = torch.randn(2, 3, 16, 16, generator=random).bfloat16().contiguous(memory_format=torch.channels_last)
    pull = torch.randn(2, 16, generator=random).bfloat16()
    unwatched = exact(nn.Sequential(smooth), pictures, pull)
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    for stage in packed[0].stages:
        stage.register_forward_hook(lambda stage, inputs, output: seen.append((output, output.detach().clone())))
    given = pictures.clone(memory_format=torch.channels_last).requires_grad_()
    made = packed(given)
    alike(made.float(), unwatched[0])
    alike(torch.autograd.grad(made, given, pull)[0].float(), unwatched[1])
    assert len(seen) == len(packed[0].stages)
    for now, then in seen:  # a block does not write over what others see
        torch.testing.assert_close(now.detach(), then, atol=0, rtol=0)


def test_blocks_of_another_network_are_packed_one_by_one(smooth: SmoothResNet) -> None:
    plain = smooth.stages[0]
    packed = nn.Sequential(copy.deepcopy(plain))
    assert pack(packed) == 1
    assert isinstance(packed[0], PackedBlock)
    random = torch.Generator().manual_seed(6)
    pictures = torch.randn(2, 8, 8, 8, generator=random).bfloat16().contiguous(memory_format=torch.channels_last)
    pull = torch.randn(2, 8, 8, 8, generator=random).bfloat16()
    given = pictures.clone(memory_format=torch.channels_last).requires_grad_()
    made = packed(given)
    expected, wanted = exact(plain, pictures, pull)
    alike(made.float(), expected)
    alike(torch.autograd.grad(made, given, pull)[0].float(), wanted)


def test_shuffled_weights_give_the_gradient_of_a_halving_convolution() -> None:
    random = torch.Generator().manual_seed(7)
    weight = torch.randn(5, 3, 4, 4, generator=random)
    picture = torch.randn(2, 3, 10, 6, generator=random, requires_grad=True)
    made = nn.functional.conv2d(picture, weight, stride=2, padding=1)
    pull = torch.randn(made.shape, generator=random)
    expected = torch.autograd.grad(made, picture, pull)[0]
    found = nn.functional.pixel_shuffle(nn.functional.conv2d(pull, shuffled(weight), padding=1), 2)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-5)
