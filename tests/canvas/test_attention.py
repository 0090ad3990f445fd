"""Attention of one head: what it sees and what pulls on it, written out and blocked."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.canvas import attention
from studio.canvas.attention import attend


def parts(count: int, places: int, looked: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Queries, keys, values and what pulls."""
    random = torch.Generator().manual_seed(places)
    query, pull = torch.randn(2, count, places, 16, generator=random).unbind()
    key, value = torch.randn(2, count, looked, 16, generator=random).unbind()
    return 2 * query, key, value, pull


def pulled(given: tuple[Tensor, ...], pull: Tensor) -> list[Tensor]:
    """What is seen and the three gradients, in single precision."""
    leaves = [each.clone().requires_grad_() for each in given]
    seen = attend(*leaves)
    return [each.float() for each in (seen.detach(), *torch.autograd.grad(seen, leaves, pull))]


@pytest.mark.parametrize(("count", "places", "looked"), [(1, 64, 64), (1, 96, 16), (3, 30, 20)])
@pytest.mark.parametrize("most", [0, attention.MOST])
def test_it_is_the_softmax_of_products(
    count: int, places: int, looked: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "MOST", most)
    query, key, value, pull = parts(count, places, looked)
    leaves = [each.double().requires_grad_() for each in (query, key, value)]
    seen = (leaves[0] @ leaves[1].mT / 4).softmax(-1) @ leaves[2]
    exact = [each.float() for each in (seen.detach(), *torch.autograd.grad(seen, leaves, pull.double()))]
    half = tuple(each.bfloat16() for each in (query, key, value))
    for given, part in ((half, 0.03), ((query, key, value), 1e-5)):
        for found, expected in zip(pulled(given, pull.to(given[0].dtype)), exact, strict=True):
            assert float((found - expected).norm()) < part * float(expected.norm())


def test_weights_are_kept_on_a_processor_in_half_precision_up_to_their_number() -> None:
    cpu = torch.device("cpu")
    assert attention.keeps(attention.MOST, cpu, torch.bfloat16)
    assert not attention.keeps(attention.MOST + 1, cpu, torch.bfloat16)
    assert not attention.keeps(64, cpu, torch.float32)
    assert not attention.keeps(64, torch.device("cuda"), torch.bfloat16)
