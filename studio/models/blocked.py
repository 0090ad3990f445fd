"""Convolutions whose weights lie as a processor's products want them, instead of being laid out at every step.

oneDNN multiplies blocked weights, and lays plain ones out anew whenever it is called, forwards and backwards. In a
small network that takes as long as the products. What PyTorch's own compiler does about it for inference (its
operations `mkldnn::_convolution_pointwise` and `mkldnn::_reorder_convolution_weight`) is done here for the gradient as
well: that of a convolution with stride 1 is the convolution with the weights mirrored and turned round.

All is bf16 on a CPU, channels last. Where PyTorch has no such operations, RuntimeError or AttributeError is raised when
something is packed or first computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

Manner = tuple[list[int], list[int], list[int], int]
"""Padding, stride, dilation and groups."""

SAME: Manner = ([1, 1], [1, 1], [1, 1], 1)
"""Of a 3x3 convolution that keeps the size."""

PLACE: Manner = ([0, 0], [1, 1], [1, 1], 1)
"""Of a 1x1 convolution: each place by itself."""

HALVING: Manner = ([1, 1], [2, 2], [1, 1], 1)
"""Of a 4x4 convolution with stride 2."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A convolution with blocked weights.

    Attributes:
        weight: as oneDNN has it.
        bias: (out,), or None.
        manner: how it is applied.
    """

    weight: Tensor
    bias: Tensor | None
    manner: Manner = SAME

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor | None = None, manner: Manner = SAME) -> Blocked:
        """The convolution with a weight (out, in, h, w) and a bias (out,)."""
        plain = weight.detach().contiguous(memory_format=torch.channels_last)
        blocked: Tensor = torch.ops.mkldnn._reorder_convolution_weight(plain, *manner, [])
        return cls(blocked, None if bias is None else bias.detach(), manner)

    def __call__(self, x: Tensor) -> Tensor:
        """(n, in, h, w) to (n, out, h', w')."""
        made: Tensor = torch.ops.mkldnn._convolution_pointwise(x, self.weight, self.bias, *self.manner, "none", [], "")
        return made

    def add_to(self, total: Tensor, x: Tensor) -> Tensor:
        """`total` (n, out, h', w'), to which what the convolution makes of x (n, in, h, w) is added in place.

        Rounded once, and in one pass.
        """
        added: Tensor = torch.ops.mkldnn._convolution_pointwise_.binary(
            total, x, self.weight, self.bias, *self.manner, "add", 1.0, None, [], None
        )
        return added


def both_ways(convolution: nn.Conv2d) -> tuple[Blocked, Blocked]:
    """A 3x3 convolution that keeps the size, and its gradient."""
    weight = convolution.weight.detach()
    return Blocked.of(weight, convolution.bias), Blocked.of(turned(weight))


def turned(weight: Tensor) -> Tensor:
    """The weight (in, out, h, w) of the convolution that is the gradient of the one with `weight` (out, in, h, w)."""
    return weight.transpose(0, 1).flip(2, 3)
