"""Convolutions of a network that is never trained: what goes into them is not kept, their weights lie as they serve.

PyTorch's own keep their input, which only the gradient of the weight would need. In a VQGAN's decoder that is half of
all that a step keeps. And because weights stay as they are, other forms of them can be kept: on a processor the
gradient of a convolution with stride 1 is computed sooner as the convolution with the weights mirrored and turned
round, and a convolution of an enlarged picture sooner from the small one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

from studio.models.blocked import turned

Sides = tuple[int, ...]

_SMALL = 32  # places each way, below which to convolve what was enlarged takes no longer


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
    turned = None
    if x.device.type == "cpu" and c.stride == (1, 1) and c.dilation == (1, 1) and c.groups == 1:
        turned = _TURNED.of(c)
    return cast("Tensor", _Frozen.apply(x, c.weight, turned, c.bias, c.stride, c.padding, c.dilation, c.groups))


def enlarge(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """What a 3x3 convolution that keeps the size makes of x (n, c, h, w) with every pixel repeated, (n, d, 2 h, 2 w).

    On a processor from x itself, by the transposed convolution with `doubling` weights: four products where there were
    nine (Shi et al. 2016, arXiv:1609.07009, "Is the deconvolution layer the same as a convolutional layer?"). Sums of
    weights are rounded to the precision of the weights.

    Raises:
        ValueError: the convolution is another.
    """
    if convolution.kernel_size != (3, 3) or convolution.padding != (1, 1) or convolution.stride != (1, 1):
        raise ValueError("only 3x3 convolutions that keep the size are computed here")
    plain = convolution.dilation == (1, 1) and convolution.groups == 1 and not convolution.weight.requires_grad
    if not plain or x.device.type != "cpu" or min(x.shape[-2:]) < _SMALL:
        return convolve(convolution, functional.interpolate(x, scale_factor=2.0, mode="nearest"))
    return cast("Tensor", _Enlarged.apply(x, _DOUBLING.of(convolution), convolution.bias))


def doubling(weight: Tensor) -> Tensor:
    """The kernel (in, out, 4, 4) that enlarges and convolves at once, for a 3x3 convolution's weight (out, in, 3, 3).

    For `conv_transpose2d` with stride 2 and padding 1.
    """
    exact = weight.detach().to(torch.promote_types(weight.dtype, torch.float32))
    spread = exact.new_tensor([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])
    return _like(torch.einsum("ai,bj,ocij->coab", spread, spread, exact), weight)


def _turned(weight: Tensor) -> Tensor:
    return _like(turned(weight.detach()), weight)


def _like(made: Tensor, weight: Tensor) -> Tensor:
    last = weight.is_contiguous(memory_format=torch.channels_last)
    return made.to(weight.dtype).contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


class _Kept:
    """Another form of convolutions' weights, made when it is first asked for and again if they have changed."""

    def __init__(self, make: Callable[[Tensor], Tensor]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[nn.Conv2d, tuple[tuple[int, int], Tensor]] = WeakKeyDictionary()

    def of(self, convolution: nn.Conv2d) -> Tensor:
        weight = convolution.weight
        state = weight.data_ptr(), weight._version
        kept = self._made.get(convolution)
        if kept is None or kept[0] != state:
            kept = self._made[convolution] = state, self._make(weight)
        return kept[1]


_TURNED = _Kept(_turned)
_DOUBLING = _Kept(doubling)


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    shape: torch.Size
    manner: tuple[Sides, Sides, Sides, int]
    is_turned: bool

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Frozen(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: _Context,
        x: Tensor,
        weight: Tensor,
        turned: Tensor | None,
        bias: Tensor | None,
        stride: Sides,
        padding: Sides,
        dilation: Sides,
        groups: int,
    ) -> Tensor:
        ctx.save_for_backward(weight if turned is None else turned)
        ctx.shape, ctx.manner, ctx.is_turned = x.shape, (stride, padding, dilation, groups), turned is not None
        return functional.conv2d(x, weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        if ctx.is_turned:
            _, padding, _, _ = ctx.manner
            margin = [side - 1 - pad for side, pad in zip(weight.shape[-2:], padding, strict=True)]
            pulled = functional.conv2d(gradients[0], weight, padding=margin)
        else:
            pulled = conv2d_input(ctx.shape, weight, gradients[0], *ctx.manner)  # type: ignore[no-untyped-call]
        return (pulled, *(None,) * 7)


class _Enlarged(torch.autograd.Function):
    @staticmethod
    def forward(ctx: _Context, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(kernel)
        return functional.conv_transpose2d(x, kernel, bias, stride=2, padding=1)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (kernel,) = ctx.saved_tensors
        return functional.conv2d(gradients[0], kernel, stride=2, padding=1), None, None
