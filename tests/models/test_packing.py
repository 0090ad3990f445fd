"""Packed layers: the same numbers as the plain ones, the same gradient, and nothing is packed that does not fit."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from studio.models.folding import fold
from studio.models.packed_tower import PackedBlock, PackedTower, shuffled
from studio.models.packing import pack
from studio.models.towers import SmoothResNet


def tower(seed: int = 0) -> SmoothResNet:
    made = SmoothResNet((8, 16, 16), (1, 2, 1))
    random = torch.Generator().manual_seed(seed)
    for parameter in made.parameters():
        parameter.data = 0.3 * torch.randn(parameter.shape, generator=random)
    fold(made.eval())
    return made.requires_grad_(False).to(torch.bfloat16, memory_format=torch.channels_last)


def alike(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=0.02 * float(expected.detach().abs().max()), rtol=0)


def exact(network: nn.Module, pictures: torch.Tensor, pull: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What a network makes of pictures in single precision, and its gradient."""
    given = pictures.float().requires_grad_()
    made = copy.deepcopy(network).float()(given)
    return made.detach(), torch.autograd.grad(made, given, pull.float())[0]


@pytest.mark.parametrize(("count", "side"), [(1, 8), (1, 16), (3, 32), (2, 24)])
def test_a_packed_tower_computes_what_a_plain_one_does(count: int, side: int) -> None:
    plain = nn.Sequential(tower())
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


def test_a_packed_tower_that_is_watched_computes_stage_by_stage() -> None:
    packed = nn.Sequential(tower())
    pack(packed)
    random = torch.Generator().manual_seed(5)
    pictures = torch.randn(2, 3, 16, 16, generator=random).bfloat16().contiguous(memory_format=torch.channels_last)
    pull = torch.randn(2, 16, generator=random).bfloat16()
    unwatched = exact(nn.Sequential(tower()), pictures, pull)
    seen: list[torch.Tensor] = []
    for stage in packed[0].stages:
        stage.register_forward_hook(lambda stage, inputs, output: seen.append(output))
    given = pictures.clone(memory_format=torch.channels_last).requires_grad_()
    made = packed(given)
    before = [each.detach().clone() for each in seen]
    alike(made.float(), unwatched[0])
    alike(torch.autograd.grad(made, given, pull)[0].float(), unwatched[1])
    assert len(seen) == len(packed[0].stages)
    for now, then in zip(seen, before, strict=True):  # a block does not write over what others see
        torch.testing.assert_close(now.detach(), then, atol=0, rtol=0)


def test_blocks_of_another_network_are_packed_one_by_one() -> None:
    plain = tower().stages[0]
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


@pytest.mark.parametrize("bias", [True, False])
def test_packed_linear_layers_compute_what_plain_ones_do(bias: bool) -> None:
    random = torch.Generator().manual_seed(2)
    plain = nn.Sequential(nn.Linear(256, 512, bias=bias)).requires_grad_(False).to(torch.bfloat16)
    for parameter in plain.parameters():
        parameter.copy_(0.1 * torch.randn(parameter.shape, generator=random))
    packed = copy.deepcopy(plain)
    assert pack(packed) == 1
    rows = torch.randn(3, 50, 256, generator=random).bfloat16()
    pull = torch.randn(3, 50, 512, generator=random).bfloat16()
    found = []
    for network in (plain, packed):
        given = rows.clone().requires_grad_()
        made = network(given)
        found.append((made.detach(), *torch.autograd.grad(made, given, pull)))
    torch.testing.assert_close(found[1], found[0], atol=0.02, rtol=0.01)
    assert list(packed.state_dict()) == list(plain.state_dict())


def test_small_linear_layers_stay_as_they_are() -> None:
    assert pack(nn.Sequential(nn.Linear(16, 16)).to(torch.bfloat16)) == 0


def test_single_precision_stays_as_it_is() -> None:
    network = nn.Sequential(tower().float())
    assert pack(network) == 0
    assert not any(isinstance(module, PackedBlock | PackedTower) for module in network.modules())


def test_what_was_not_folded_stays_as_it_is() -> None:
    network = nn.Sequential(SmoothResNet((8, 16), (1, 1)).eval().to(torch.bfloat16))
    assert pack(network) == 0
    assert isinstance(network[0], SmoothResNet)


@pytest.mark.parametrize("name", ["_reorder_convolution_weight", "_convolution_pointwise_"])
def test_a_pytorch_without_these_operations_computes_as_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = nn.Sequential(tower())
    network = copy.deepcopy(plain)

    class Without:
        def __getattr__(self, wanted: str) -> object:
            if wanted == name:
                raise AttributeError("no such operation")
            return getattr(mkldnn, wanted)

    mkldnn = torch.ops.mkldnn
    monkeypatch.setattr(torch.ops, "mkldnn", Without())
    assert pack(network) == 0
    pictures = torch.ones(1, 3, 16, 16, dtype=torch.bfloat16)
    torch.testing.assert_close(network(pictures), plain(pictures), atol=0, rtol=0)
