"""Packed layers: the same numbers as the plain ones, the same gradient, and nothing is packed that does not fit."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from studio.models.packed_tower import PackedBlock, PackedTower
from studio.models.packing import pack
from studio.models.towers import SmoothResNet


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


def test_single_precision_stays_as_it_is(smooth: SmoothResNet) -> None:
    network = nn.Sequential(smooth.float())
    assert pack(network) == 0
    assert not any(isinstance(module, PackedBlock | PackedTower) for module in network.modules())


def test_what_was_not_folded_stays_as_it_is() -> None:
    network = nn.Sequential(SmoothResNet((8, 16), (1, 1)).eval().to(torch.bfloat16))
    assert pack(network) == 0
    assert isinstance(network[0], SmoothResNet)


@pytest.mark.parametrize("name", ["_reorder_convolution_weight", "_convolution_pointwise_"])
def test_a_pytorch_without_these_operations_computes_as_before(
    name: str, monkeypatch: pytest.MonkeyPatch, smooth: SmoothResNet
) -> None:
    plain = nn.Sequential(smooth)
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
