"""Transformers simplified: what open_clip's compute, in operations that processors are fast at.

`torch.nn.MultiheadAttention` is handed a transposed batch there, and spends over half of its time copying on a CPU.
Patches are cut out by a convolution whose gradient takes longer than a quarter of all layers together.
"""

from __future__ import annotations

import sys
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

FEW = 256
"""Places up to which a CPU is several times as fast with attention written out as with the blocked one."""


QUICK = 1.702
"""The factor in OpenAI's activation."""


class QuickGelu(nn.Module):
    """OpenAI's x sigmoid(1.702 x) (Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2)."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, to the same."""
        return x * torch.sigmoid(QUICK * x)


class SelfAttention(nn.Module):
    """A frozen `MultiheadAttention` of one sequence to itself, sharing its parameters (Vaswani et al. 2017).

    Args:
        attention: with one width for queries, keys and values, without dropout at evaluation and without extra biases.
    """

    def __init__(self, attention: nn.MultiheadAttention) -> None:
        super().__init__()
        self.heads = attention.num_heads
        self.batch_first = attention.batch_first
        assert attention.in_proj_weight is not None
        self.in_proj = _linear(attention.in_proj_weight, attention.in_proj_bias)
        self.out_proj = attention.out_proj

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, need_weights: bool = False, attn_mask: Tensor | None = None
    ) -> tuple[Tensor, None]:
        """(n, places, width), or (places, n, width) where not `batch_first`, to the same shape; key, value unused.

        Raises:
            ValueError: it is asked for weights, or about another sequence.
        """
        if need_weights or query is not key or key is not value:
            raise ValueError("this attention is of one sequence to itself, and keeps no weights")
        x = query if self.batch_first else query.transpose(0, 1)
        n, places, width = x.shape
        asked = self.in_proj(x.contiguous())
        few = places <= FEW and x.device.type == "cpu"
        if few and attn_mask is None:
            seen = _Few.apply(asked, self.heads)
        else:
            seen = self._masked(asked.view(n, places, 3, self.heads, width // self.heads), attn_mask, few)
        seen = self.out_proj(seen)
        return (seen if self.batch_first else seen.transpose(0, 1)), None

    def _masked(self, asked: Tensor, mask: Tensor | None, few: bool) -> Tensor:
        q, k, v = asked.permute(2, 0, 3, 1, 4).contiguous().unbind(0)
        mask = mask if mask is None or mask.dtype == torch.bool else mask.to(q.dtype)
        if few and mask is not None:
            scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
            scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
            seen = scores.softmax(-1) @ v
        else:
            seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return _joined(seen)


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    heads: int
    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Few(torch.autograd.Function):
    """Attention written out. Its gradient is put together in one copy, where autograd would take three."""

    @staticmethod
    def forward(ctx: _Context, asked: Tensor, heads: int) -> Tensor:
        """Queries, keys and values (n, places, 3 * width) to what is seen, (n, places, width)."""
        n, places, _ = asked.shape
        parts = asked.view(n, places, 3, heads, -1).permute(2, 0, 3, 1, 4).contiguous().flatten(1, 2)
        q, k, v = parts
        scores = torch.baddbmm(q.new_empty(()), q, k.mT, beta=0, alpha=q.shape[-1] ** -0.5)
        weights = scores.softmax(-1)
        ctx.save_for_backward(parts, weights)
        ctx.heads = heads
        return _joined((weights @ v).view(n, heads, places, -1))

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None]:
        parts, weights = ctx.saved_tensors
        q, k, v = parts
        n, places, _ = gradients[0].shape
        pulled = gradients[0].view(n, places, ctx.heads, -1).transpose(1, 2).reshape(q.shape)
        scores = torch.ops.aten._softmax_backward_data(pulled @ v.mT, weights, -1, weights.dtype)
        made = torch.empty_like(parts)
        scale = q.shape[-1] ** -0.5
        torch.baddbmm(made[0], scores, k, beta=0, alpha=scale, out=made[0])
        torch.baddbmm(made[1], scores.mT, q, beta=0, alpha=scale, out=made[1])
        torch.bmm(weights.mT, pulled, out=made[2])
        return made.view(3, n, ctx.heads, places, -1).permute(1, 3, 0, 2, 4).reshape(n, places, -1), None


def _joined(seen: Tensor) -> Tensor:
    """(n, heads, places, d) to (n, places, heads * d)."""
    return seen.transpose(1, 2).flatten(2)


class Patches(nn.Module):
    """A frozen convolution whose kernel is as large as its stride, as one product; sharing its parameters.

    Args:
        convolution: without padding, dilation or groups.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.size = convolution.kernel_size
        self.weight = convolution.weight
        self.bias = convolution.bias

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w), sides multiples of the kernel's or cut down to them, to (n, d, rows, columns)."""
        n, channels, height, width = x.shape
        tall, wide = self.size
        rows, columns = height // tall, width // wide
        x = x[..., : rows * tall, : columns * wide].reshape(n, channels, rows, tall, columns, wide)
        flat = x.permute(0, 2, 4, 1, 3, 5).reshape(n, rows * columns, -1)
        # (d, c * tall * wide), whatever the memory format of the weight
        made = functional.linear(flat, self.weight.contiguous().flatten(1), self.bias)
        return made.transpose(1, 2).reshape(n, -1, rows, columns)


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """A layer around parameters that there are already."""
    with torch.device("meta"):
        made = nn.Linear(weight.shape[1], weight.shape[0], bias is not None)
    made.weight, made.bias = cast("nn.Parameter", weight), cast("nn.Parameter", bias)
    return made


def simplify(network: nn.Module) -> int:
    """Put `SelfAttention`, `Patches` and swish where a network allows it; how many.

    Left alone are those with widths of their own, added biases or an added zero, and whoever is asked about other
    sequences than its own: open_clip's poolers and text decoders (`attn_pool`, `cross_attn`).

    OpenAI's x sigmoid(1.702 x) is swish(1.702 x) / 1.702, PyTorch's `silu` in one pass: the factors go into the layers
    before and after it, whose weights are overwritten.
    """
    count = sum(map(_swishes, list(network.modules())))
    for parent in list(network.modules()):
        for child, module in list(parent.named_children()):
            if type(module) is nn.Conv2d and child in ("conv1", "proj") and _cuts_patches(module):
                setattr(parent, child, Patches(module))
                count += 1
    for name, parent in list(network.named_modules()):
        for child, module in list(parent.named_children()):
            if (
                type(module) is nn.MultiheadAttention
                and child == "attn"
                and "cross_attn" not in name
                and "attn_pool" not in name
                and module.in_proj_weight is not None
                and module.bias_k is None
                and not module.add_zero_attn
            ):
                setattr(parent, child, SelfAttention(module))
                count += 1
    return count


@torch.no_grad()
def _swishes(parent: nn.Module) -> bool:
    """Let a transformer's two layers have swish between them instead of OpenAI's activation, if they have that."""
    theirs = sys.modules.get("open_clip.transformer")  # where nobody has imported it, nothing is made of it
    quick = (QuickGelu, theirs.QuickGELU) if theirs else QuickGelu
    before, active, after = (getattr(parent, name, None) for name in ("c_fc", "gelu", "c_proj"))
    if not (isinstance(active, quick) and type(before) is type(after) is nn.Linear):
        return False
    before.weight.mul_(QUICK)
    if before.bias is not None:
        before.bias.mul_(QUICK)
    after.weight.div_(QUICK)
    parent.gelu = nn.SiLU()
    return True


def _cuts_patches(convolution: nn.Conv2d) -> bool:
    return (
        convolution.kernel_size == convolution.stride
        and min(convolution.kernel_size) > 1
        and convolution.padding == (0, 0)
        and convolution.dilation == (1, 1)
        and convolution.groups == 1
    )
