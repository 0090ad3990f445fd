"""GroupNorm and swish as one operation, with a gradient whose memory stays in the processor's cache.

In a VQGAN's decoder on a processor with bf16 matrix units, convolutions are so fast that most of a step would go into
the gradient of PyTorch's own GroupNorm, which passes over the whole picture a dozen times. Here a picture is worked off
in strips that fit into the cache: two passes, with sums and products in single precision whatever the picture is stored
in. Forward, PyTorch's own is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

SMALLEST = 1 << 20
"""Numbers below which PyTorch's own operations are as fast: they fit into the cache anyway."""

STRIP = 1 << 17
"""Numbers that are worked on at once: half a megabyte of single precision, of which a few fit into a core's cache."""


def norm_swish(x: Tensor, norm: nn.GroupNorm) -> Tensor:
    """swish(norm(x)) for x (n, c, h, w), swish(y) being y * sigmoid(y) (Ramachandran et al. 2017); differentiable.

    The norm's own weight and bias get no gradient: networks that draw are frozen. Memory is channels-last.
    """
    if x.device.type != "cpu" or x.dtype != torch.bfloat16 or x[0].numel() < SMALLEST:
        weight, bias = norm.weight.to(x.dtype), norm.bias.to(x.dtype)
        normal = functional.group_norm(x, norm.num_groups, weight, bias, norm.eps)
        return functional.silu(normal, inplace=not (x.requires_grad and torch.is_grad_enabled()))
    given = x.contiguous(memory_format=torch.channels_last)
    return cast("Tensor", _NormSwish.apply(given, norm.weight, norm.bias, norm.num_groups, norm.eps))


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    groups: int
    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _NormSwish(torch.autograd.Function):
    @staticmethod
    def forward(ctx: _Context, x: Tensor, weight: Tensor, bias: Tensor, groups: int, eps: float) -> Tensor:
        weight, bias = weight.float(), bias.float()
        count, channels, height, width = x.shape
        normal, mean, scale = torch.native_group_norm(x, weight, bias, count, channels, height * width, groups, eps)
        statistics = [
            torch.stack(pair).float().repeat_interleave(channels // groups, 1) for pair in zip(mean, scale, strict=True)
        ]
        out = functional.silu(normal, inplace=True)
        ctx.save_for_backward(x, weight, bias, *statistics)
        ctx.groups = groups
        return out

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None, None, None, None]:
        x, weight, bias, *statistics = ctx.saved_tensors
        gradient = gradients[0].contiguous(memory_format=torch.channels_last)
        out = torch.empty_like(x)
        for picture, (mean, scale) in enumerate(statistics):
            a = weight * scale
            given, pulled, made = (_rows(tensor, picture) for tensor in (x, gradient, out))
            first, second = _through_swish(given, pulled, made, a, bias - mean * a)
            # dL/dx of a group norm with y = a x + b: the mean of dL/dx^ and its part along x^ are taken off
            count = len(given) * (len(a) // ctx.groups)
            along = _grouped(weight * (second - mean * first) * scale, ctx.groups) / count
            mean_of = _grouped(weight * first, ctx.groups) / count
            slope = -(scale * scale * along)
            level = -(scale * mean_of) - slope * mean
            _finish(given, made, a, slope, level)
        return out, None, None, None, None


def _through_swish(given: Tensor, pulled: Tensor, made: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Write dL/dy of y = a x + b, and give its sums over the picture, alone and times x."""
    first, second = torch.zeros_like(a, dtype=torch.float64), torch.zeros_like(a, dtype=torch.float64)
    for x, g, out, (one, two, three) in _strips(given, pulled, made):
        one.copy_(x)
        torch.addcmul(b, one, a, out=two)
        three.copy_(g)
        torch.ops.aten.silu_backward.grad_input(three, two, grad_input=three)
        out.copy_(three)
        first += three.sum(0)
        second += three.mul_(one).sum(0)
    return first.float(), second.float()


def _finish(given: Tensor, made: Tensor, a: Tensor, slope: Tensor, level: Tensor) -> None:
    for x, out, (one, two) in _strips(given, made):
        one.copy_(x)
        two.copy_(out)
        torch.addcmul(level, one, slope, out=one)
        out.copy_(torch.addcmul(one, two, a, out=one))


def _grouped(values: Tensor, groups: int) -> Tensor:
    """Each channel's group sum, (c,)."""
    return values.view(groups, -1).sum(1, keepdim=True).expand(-1, len(values) // groups).reshape(-1)


def _rows(x: Tensor, picture: int) -> Tensor:
    """One picture as a matrix (places, channels), without a copy."""
    return x[picture].permute(1, 2, 0).reshape(-1, x.shape[1])


def _strips(*matrices: Tensor) -> Iterator[tuple[Any, ...]]:
    """The strips of matrices of one shape, one after the other, and for each of them a buffer in single precision."""
    rows, columns = matrices[0].shape
    height = min(rows, max(1, STRIP // columns))
    buffers = [torch.empty(height, columns) for _ in matrices]
    for parts in zip(*(torch.split(matrix, height) for matrix in matrices), strict=True):
        yield *parts, [buffer[: len(parts[0])] for buffer in buffers]
