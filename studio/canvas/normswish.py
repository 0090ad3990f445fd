"""GroupNorm and swish as one operation whose memory stays in the processor's cache, with its gradient.

In a VQGAN's decoder on a processor with bf16 matrix units, convolutions are so fast that most of a step would go into
PyTorch's own GroupNorm and its gradient, which pass over the whole picture a dozen times. Here a picture is worked off
in strips that fit into the cache: two passes forward, two back. Sums and products are in single precision whatever the
picture is stored in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

SMALLEST = 1 << 20
"""Numbers below which PyTorch's own operations are as fast: they fit into the cache anyway."""

STRIP = 1 << 18
"""Numbers that are worked on at once: a megabyte of single precision, of which two or three fit into a core's cache."""


def norm_swish(x: Tensor, norm: nn.GroupNorm) -> Tensor:
    """swish(norm(x)) for x (n, c, h, w), swish(y) being y * sigmoid(y) (Ramachandran et al. 2017); differentiable.

    The norm's own weight and bias get no gradient: networks that draw are frozen. Memory is channels-last.
    """
    if x.device.type != "cpu" or x.dtype == torch.float32 or x[0].numel() < SMALLEST:
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
        out = torch.empty_like(x)
        weight, bias = weight.float(), bias.float()
        statistics = []
        for picture in range(len(x)):
            mean, scale = _moments(_rows(x, picture), groups, eps)
            a = weight * scale
            b = bias - mean * a
            given, made = _rows(x, picture), _rows(out, picture)
            strip = _buffer(given)
            for rows in _strips(given):
                part = strip[: rows.stop - rows.start]
                part.copy_(given[rows])
                torch.addcmul(b, part, a, out=part)
                made[rows] = functional.silu(part, inplace=True)
            statistics.append(torch.stack([mean, scale]))
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
    one, two, three = _buffer(given), _buffer(given), _buffer(given)
    for rows in _strips(given):
        x, y, g = (buffer[: rows.stop - rows.start] for buffer in (one, two, three))
        x.copy_(given[rows])
        torch.addcmul(b, x, a, out=y)
        g.copy_(pulled[rows])
        torch.ops.aten.silu_backward.grad_input(g, y, grad_input=g)
        made[rows] = g
        first += g.sum(0)
        second += g.mul_(x).sum(0)
    return first.float(), second.float()


def _finish(given: Tensor, made: Tensor, a: Tensor, slope: Tensor, level: Tensor) -> None:
    one, two = _buffer(given), _buffer(given)
    for rows in _strips(given):
        x, g = (buffer[: rows.stop - rows.start] for buffer in (one, two))
        x.copy_(given[rows])
        g.copy_(made[rows])
        torch.addcmul(level, x, slope, out=x)
        made[rows] = torch.addcmul(x, g, a, out=x)


def _moments(given: Tensor, groups: int, eps: float) -> tuple[Tensor, Tensor]:
    """Each channel's group mean (c,), and one over its standard deviation."""
    first = torch.zeros(given.shape[1], dtype=torch.float64)
    second = torch.zeros_like(first)
    strip = _buffer(given)
    for rows in _strips(given):
        part = strip[: rows.stop - rows.start]
        part.copy_(given[rows])
        first += part.sum(0)
        second += part.square_().sum(0)
    count = len(given) * (given.shape[1] // groups)
    mean, square = (_grouped(total, groups) / count for total in (first, second))
    variance = (square - mean.square()).clamp(min=0)
    return mean.float(), (variance + eps).rsqrt().float()


def _grouped(values: Tensor, groups: int) -> Tensor:
    """Each channel's group sum, (c,)."""
    return values.view(groups, -1).sum(1, keepdim=True).expand(-1, len(values) // groups).reshape(-1)


def _rows(x: Tensor, picture: int) -> Tensor:
    """One picture as a matrix (places, channels), without a copy."""
    return x[picture].permute(1, 2, 0).reshape(-1, x.shape[1])


def _buffer(given: Tensor) -> Tensor:
    return torch.empty(min(len(given), _height(given)), given.shape[1])


def _height(given: Tensor) -> int:
    return max(1, STRIP // given.shape[1])


def _strips(given: Tensor) -> Iterator[slice]:
    height = _height(given)
    for start in range(0, len(given), height):
        yield slice(start, min(start + height, len(given)))
