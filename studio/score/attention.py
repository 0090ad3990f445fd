"""Transformers simplified: what open_clip's compute, in operations that processors are fast at.

`torch.nn.MultiheadAttention` is handed a transposed batch there, and spends over half of its time copying on a CPU.
Patches are cut out by a convolution whose gradient takes longer than a quarter of all layers together.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

FEW = 256
"""Places up to which a CPU is several times as fast with attention written out as with the blocked one."""


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
        self.in_proj_weight = attention.in_proj_weight
        self.in_proj_bias = attention.in_proj_bias
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
        x = functional.linear(x.contiguous(), self.in_proj_weight, self.in_proj_bias)
        q, k, v = x.view(n, places, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).contiguous().unbind(0)
        mask = attn_mask if attn_mask is None or attn_mask.dtype == torch.bool else attn_mask.to(q.dtype)
        if places <= FEW and x.device.type == "cpu":
            scores = (q * (width // self.heads) ** -0.5) @ k.transpose(-1, -2)
            if mask is not None:
                scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
            seen = scores.softmax(-1) @ v
        else:
            seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = self.out_proj(seen.transpose(1, 2).reshape(n, places, width))
        return (seen if self.batch_first else seen.transpose(0, 1)), None


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


def simplify(network: nn.Module) -> int:
    """Put `SelfAttention` and `Patches` where a network allows it; how many.

    Left alone are those with widths of their own, added biases or an added zero, and whoever is asked about other
    sequences than its own: open_clip's poolers and text decoders (`attn_pool`, `cross_attn`).
    """
    count = 0
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


def _cuts_patches(convolution: nn.Conv2d) -> bool:
    return (
        convolution.kernel_size == convolution.stride
        and min(convolution.kernel_size) > 1
        and convolution.padding == (0, 0)
        and convolution.dilation == (1, 1)
        and convolution.groups == 1
    )
