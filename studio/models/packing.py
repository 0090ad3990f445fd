"""Layers whose weights lie as a processor's products want them, instead of being laid out at every step.

oneDNN multiplies blocked weights, and lays plain ones out anew whenever it is called, forwards and backwards. In a
small network that takes as long as the products. What PyTorch's own compiler does about it for inference (its
operations `mkldnn::_convolution_pointwise` and `mkldnn::_reorder_convolution_weight`) is done here for the gradient as
well: that of a convolution with stride 1 is the convolution with the weights mirrored and turned round.

A transformer's linear layers are packed forwards alone (`mkldnn::_linear_pointwise`), which also spares them PyTorch's
copies of the bias to every row; their gradient is as fast with plain weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.models.towers import Block

_LARGE = 1 << 16  # weights of a linear layer, below which nothing is to be gained
_SAME = ([1, 1], [1, 1], [1, 1], 1)  # padding, stride, dilation and groups of a 3x3 convolution that keeps the size


def pack(network: nn.Module) -> int:
    """Replace the residual blocks and the large linear layers of a frozen, folded tower in bf16 on a CPU; how many.

    Nothing is done, and 0 returned, where this PyTorch has no such operations.
    """
    count = 0
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            try:
                if isinstance(child, Block) and _fits(child):
                    parent._modules[name] = _PackedBlock(child)
                elif isinstance(child, nn.Linear) and child.weight.numel() >= _LARGE and _is_half(child.weight):
                    parent._modules[name] = _PackedLinear(child)
                else:
                    continue
            except (RuntimeError, AttributeError):  # built without oneDNN, or it has other operations now
                return count
            count += 1
    return count


def _fits(block: Block) -> bool:
    weights = (block.conv1.weight, block.conv2.weight)
    plain = isinstance(block.norm1, nn.Identity) and isinstance(block.norm2, nn.Identity)
    return plain and all(map(_is_half, weights))


def _is_half(weight: Tensor) -> bool:
    return weight.device.type == "cpu" and weight.dtype == torch.bfloat16


@dataclass(frozen=True, slots=True)
class _Packed:
    """A convolution's weights, blocked: for its result, for its gradient; and its bias (width,)."""

    forwards: Tensor
    backwards: Tensor
    bias: Tensor | None

    @classmethod
    def of(cls, convolution: nn.Conv2d) -> _Packed:
        weight, bias = convolution.weight.detach(), convolution.bias
        turned = weight.transpose(0, 1).flip(2, 3).contiguous(memory_format=torch.channels_last)
        return cls(_reordered(weight), _reordered(turned), None if bias is None else bias.detach())


class _PackedBlock(nn.Module):
    """What `Block` does."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self._packed = _Packed.of(block.conv1), _Packed.of(block.conv2)
        probe = torch.zeros(1, block.conv1.in_channels, 4, 4, dtype=torch.bfloat16)
        self(probe.contiguous(memory_format=torch.channels_last))

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", _Residual.apply(x, *self._packed))


class _PackedLinear(nn.Module):
    """What `nn.Linear` does, sharing its parameters, with a second copy of its weight."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias
        self._packed: Tensor = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), None)
        self(torch.zeros(1, linear.in_features, dtype=torch.bfloat16))

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", _Linear.apply(x, self.weight, self._packed, self.bias))


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    packed: tuple[_Packed, _Packed]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: _Context, x: Tensor, weight: Tensor, packed: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(weight)
        made: Tensor = torch.ops.mkldnn._linear_pointwise(x, packed, bias, "none", [], "")
        return made

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (weight,) = ctx.saved_tensors
        return gradients[0] @ weight, None, None, None


class _Residual(torch.autograd.Function):
    """silu(x + conv2(silu(conv1(x)))): what goes into each silu is kept."""

    @staticmethod
    def forward(ctx: _Context, x: Tensor, first: _Packed, second: _Packed) -> Tensor:
        inner = _convolved(x, first.forwards, first.bias)
        outer = _convolved(functional.silu(inner), second.forwards, second.bias).add_(x)
        ctx.save_for_backward(inner, outer)
        ctx.packed = first, second
        return functional.silu(outer)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None, None]:
        inner, outer = ctx.saved_tensors
        first, second = ctx.packed
        past = torch.ops.aten.silu_backward(gradients[0], outer)
        hidden = torch.ops.aten.silu_backward(_convolved(past, second.backwards, None), inner)
        return _convolved(hidden, first.backwards, None).add_(past), None, None


def _convolved(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    made: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *_SAME, "none", [], "")
    return made


def _reordered(weight: Tensor) -> Tensor:
    made: Tensor = torch.ops.mkldnn._reorder_convolution_weight(weight, *_SAME, [])
    return made
