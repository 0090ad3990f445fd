"""Packed blocks: the same numbers as the plain ones, the same gradient, and nothing is packed that does not fit."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from studio.models.folding import fold
from studio.models.packing import _PackedBlock, pack
from studio.models.towers import SmoothResNet


def tower(seed: int = 0) -> SmoothResNet:
    made = SmoothResNet((8, 16, 16), (1, 2, 1))
    random = torch.Generator().manual_seed(seed)
    for parameter in made.parameters():
        parameter.data = 0.3 * torch.randn(parameter.shape, generator=random)
    fold(made.eval())
    return made.requires_grad_(False).to(torch.bfloat16, memory_format=torch.channels_last)


@pytest.mark.parametrize(("count", "side"), [(1, 16), (3, 32)])
def test_packed_blocks_compute_what_plain_ones_do(count: int, side: int) -> None:
    plain = tower()
    packed = copy.deepcopy(plain)
    assert pack(packed) == 4
    random = torch.Generator().manual_seed(count)
    pictures = torch.randn(count, 3, side, side, generator=random).bfloat16()
    one, two = (pictures.clone(memory_format=torch.channels_last).requires_grad_() for _ in range(2))
    pull = torch.randn(count, 16, generator=random).bfloat16()
    expected, found = plain(one), packed(two)
    expected.backward(pull)
    found.backward(pull)
    torch.testing.assert_close(found, expected, atol=0.02 * float(expected.detach().abs().max()), rtol=0)
    assert one.grad is not None and two.grad is not None
    torch.testing.assert_close(two.grad, one.grad, atol=0.02 * float(one.grad.abs().max()), rtol=0)


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
    network = tower().float()
    assert pack(network) == 0
    assert not any(isinstance(module, _PackedBlock) for module in network.modules())


def test_what_was_not_folded_stays_as_it_is() -> None:
    network = SmoothResNet((8, 16), (1, 1)).eval().to(torch.bfloat16)
    assert pack(network) == 0


def test_a_pytorch_without_these_operations_computes_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*parts: object) -> None:
        raise AttributeError("no such operation")

    monkeypatch.setattr("studio.models.packing._reordered", gone)
    network = tower()
    assert pack(nn.Sequential(network)) == 0
    pictures = torch.zeros(1, 3, 16, 16, dtype=torch.bfloat16)
    assert bool(torch.isfinite(network(pictures)).all())
