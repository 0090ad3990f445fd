"""Convolutions of a network that is never trained: what goes into them is not kept for the gradient.

PyTorch's own keep their input, which only the gradient of the weight would need. In a VQGAN's decoder that is half of
all that a step keeps.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn.grad import conv2d_input

Sides = tuple[int, ...]


def convolve(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """What a convolution makes of x (n, c, h, w), to the bit. One that is trained after all keeps its input.

    Raises:
        ValueError: it is not zeros that it pads with, or it pads by name.
    """
    if convolution.padding_mode != "zeros" or isinstance(convolution.padding, str):
        raise ValueError("only convolutions that pad with a number of zeros are computed here")
    if convolution.weight.requires_grad or not (x.requires_grad and torch.is_grad_enabled()):
        return cast("Tensor", convolution(x))
    c = convolution
    return cast("Tensor", _Frozen.apply(x, c.weight, c.bias, c.stride, c.padding, c.dilation, c.groups))


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    shape: torch.Size
    manner: tuple[Sides, Sides, Sides, int]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Frozen(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: _Context,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        stride: Sides,
        padding: Sides,
        dilation: Sides,
        groups: int,
    ) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.shape, ctx.manner = x.shape, (stride, padding, dilation, groups)
        return nn.functional.conv2d(x, weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        pulled = conv2d_input(ctx.shape, weight, gradients[0], *ctx.manner)  # type: ignore[no-untyped-call]
        return (pulled, *(None,) * 6)
