from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from studio.canvas import normswish
from studio.canvas.normswish import norm_swish


def layer(channels: int, groups: int) -> nn.GroupNorm:
    generator = torch.Generator().manual_seed(1)
    norm = nn.GroupNorm(groups, channels, eps=1e-6).requires_grad_(False)
    norm.weight.copy_(0.5 + torch.rand(channels, generator=generator))
    norm.bias.copy_(torch.randn(channels, generator=generator))
    return norm


def with_gradient(norm: nn.GroupNorm, x: Tensor, pull: Tensor, *, plainly: bool) -> tuple[Tensor, Tensor]:
    x = x.detach().requires_grad_()
    normal = norm(x) if plainly else None
    y = norm_swish(x, norm) if normal is None else normal * normal.sigmoid()
    (gradient,) = torch.autograd.grad(y, x, pull.to(y.dtype))
    return y.detach(), gradient


@pytest.fixture(params=[False, True], ids=["whole", "strips"])
def _strips(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normswish, "SMALLEST", 0)
    if request.param:
        monkeypatch.setattr(normswish, "STRIP", 80)  # so that the last strip is shorter


@pytest.mark.usefixtures("_strips")
@pytest.mark.parametrize("shape", [(1, 8, 6, 5), (2, 12, 4, 9)])
def test_in_half_precision_it_is_what_pytorch_makes_of_the_same_numbers(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(0)
    norm = layer(shape[1], 4)
    x = (torch.randn(shape, generator=generator) * 3 + 1).bfloat16()
    pull = torch.randn(shape, generator=generator).bfloat16()
    exact = with_gradient(norm.double(), x.double(), pull, plainly=True)
    found = with_gradient(layer(shape[1], 4), x, pull, plainly=False)
    for got, wanted in zip(found, exact, strict=True):
        assert got.dtype == torch.bfloat16
        assert (got - wanted).abs().max() < 2**-7 * wanted.abs().max()  # half precision has 8 bits
        assert (got - wanted).abs().mean() < 2**-9 * wanted.abs().max()


@pytest.mark.usefixtures("_strips")
def test_two_pictures_do_not_mix() -> None:
    norm = layer(8, 2)
    x = torch.randn(2, 8, 5, 5, generator=torch.Generator().manual_seed(0)).bfloat16()
    both = norm_swish(x, norm)
    assert torch.equal(both[1:], norm_swish(x[1:], norm))


def test_single_precision_is_pytorchs_own() -> None:
    norm = layer(8, 2)
    x = torch.randn(1, 8, 5, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(norm_swish(x, norm), nn.functional.silu(norm(x)))
