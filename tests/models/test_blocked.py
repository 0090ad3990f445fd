"""Convolutions with blocked weights: the same numbers as PyTorch's own, and sums that lie where they lay."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.models.blocked import HALVING, PLACE, SAME, Blocked, Manner, both_ways


def half(*shape: int, seed: int = 0) -> Tensor:
    made = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).bfloat16()
    return made.contiguous(memory_format=torch.channels_last) if len(shape) == 4 else made


def alike(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found.float(), expected, atol=0.02 * float(expected.abs().max()), rtol=0)


@pytest.mark.parametrize(("side", "manner"), [(3, SAME), (1, PLACE), (4, HALVING)])
@pytest.mark.parametrize("biased", [True, False])
def test_it_is_pytorchs_convolution(side: int, manner: Manner, biased: bool) -> None:
    weight, x = half(24, 16, side, side), half(2, 16, 8, 12, seed=1)
    bias = half(24, seed=2) if biased else None
    padding, stride, _, _ = manner
    expected = functional.conv2d(x.float(), weight.float(), None if bias is None else bias.float(), stride, padding)
    found = Blocked.of(weight, bias, manner)(x)
    assert found.dtype == torch.bfloat16
    alike(found, expected)


def test_a_sum_is_added_up_where_it_lies() -> None:
    weight, bias, x, total = half(16, 16, 3, 3), half(16, seed=1), half(2, 16, 8, 8, seed=2), half(2, 16, 8, 8, seed=3)
    expected = total.float() + functional.conv2d(x.float(), weight.float(), bias.float(), padding=1)
    place = total.data_ptr()
    found = Blocked.of(weight, bias).add_to(total, x)
    assert found.data_ptr() == total.data_ptr() == place
    alike(found, expected)


def test_both_ways_are_the_result_and_its_gradient() -> None:
    convolution = nn.Conv2d(16, 24, 3, padding=1).requires_grad_(False).bfloat16()
    x = half(2, 16, 6, 10).float().requires_grad_()
    made = functional.conv2d(x, convolution.weight.float(), convolution.bias.float(), padding=1)  # type: ignore[union-attr]
    pull = half(2, 24, 6, 10, seed=4)
    forwards, backwards = both_ways(convolution)
    alike(forwards(x.detach().bfloat16().contiguous(memory_format=torch.channels_last)), made.detach())
    alike(backwards(pull), torch.autograd.grad(made, x, pull.float())[0])
