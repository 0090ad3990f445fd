"""Attention of one wide head, as a VQGAN has it, whose gradient a processor is fast at.

PyTorch's blocked attention computes its weights again for the gradient. On a processor with bf16 matrix units it takes
half of the time to write it out and keep them (4096 places that look at 1024, 64 channels), which takes memory: so many
of them at most.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor
from torch.nn import functional

MOST = 3 << 22
"""Weights up to which they are kept: 24 MiB, which the C library hands out anew at every step (`base.allocating`)."""


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """What each place sees, (n, places, c), weighing values by softmax(query · key / √c) (Vaswani et al. 2017).

    Args:
        query: (n, places, c).
        key: (n, m, c).
        value: (n, m, c).
    """
    count = len(query) * query.shape[1] * key.shape[1]
    if torch.is_grad_enabled() and query.requires_grad and keeps(count, query.device, query.dtype):
        return cast("Tensor", _Written.apply(query, key, value))
    seen = functional.scaled_dot_product_attention(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1))
    return seen.squeeze(1)


def keeps(count: int, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether so many weights are kept for the gradient."""
    return count <= MOST and device.type == "cpu" and dtype == torch.bfloat16


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Written(torch.autograd.Function):
    @staticmethod
    def forward(ctx: _Context, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scale = query.shape[-1] ** -0.5
        scores = torch.baddbmm(query.new_empty(()), query, key.mT, beta=0, alpha=scale)
        weights = scores.softmax(-1)
        ctx.save_for_backward(query, key, value, weights)
        return weights @ value

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value, weights = ctx.saved_tensors
        pulled = gradients[0].contiguous()
        scale = query.shape[-1] ** -0.5
        # transposed are the narrow matrices, never the one of all places by all places: that would be copied
        values = pulled.mT.contiguous() @ weights
        scores = pulled @ value.mT.contiguous()
        scores = torch.ops.aten._softmax_backward_data(scores, weights, -1, weights.dtype)
        queries = torch.baddbmm(query.new_empty(()), scores, key, beta=0, alpha=scale)
        keys = torch.baddbmm(query.new_empty(()), query.mT.contiguous(), scores, beta=0, alpha=scale)
        return queries, keys.mT.contiguous(), values.mT.contiguous()
