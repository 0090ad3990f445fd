"""Views looked at in parts, so that the memory of a few is enough for all: gradient accumulation, exactly.

Embeddings are computed without a gradient first; when the loss has said what it wants of each of them, every part is
computed once more and its gradient taken (Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory
Limited Setup"). So the loss may be any function of all embeddings. It costs one more forward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

import torch
from torch import Tensor

Embed = Callable[[Tensor], Tensor]
"""Views (n, 3, S, S) to embeddings (n, d), each by itself."""


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    embed: Embed
    at_once: int
    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


def in_parts(embed: Embed, views: Tensor, at_once: int) -> Tensor:
    """`embed(views)` and its gradient, computed for `at_once` views (1 or more) at a time."""
    return cast("Tensor", _InParts.apply(views, embed, at_once))


class _InParts(torch.autograd.Function):
    @staticmethod
    def forward(ctx: _Context, views: Tensor, embed: Embed, at_once: int) -> Tensor:
        ctx.save_for_backward(views)
        ctx.embed, ctx.at_once = embed, at_once
        return torch.cat([embed(part) for part in torch.split(views, at_once)])

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (views,) = ctx.saved_tensors
        pulled = torch.empty_like(views)
        for part, wanted, made in zip(
            *(torch.split(x, ctx.at_once) for x in (views, gradients[0], pulled)), strict=True
        ):
            given = part.detach().requires_grad_()
            with torch.enable_grad():
                embeddings = ctx.embed(given)
            made.copy_(*torch.autograd.grad(embeddings, given, wanted))
        return pulled, None, None
