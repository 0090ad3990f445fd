"""Layers of a frozen tower replaced by those whose weights lie as a processor's products want them.

The starter's towers are packed whole, see `packed_tower`. A transformer's linear layers are packed forwards alone
(`mkldnn::_linear_pointwise`), which also spares them PyTorch's copies of the bias to every row; their gradient is as
fast with plain weights.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn

from studio.models.packed_tower import PackedBlock, PackedTower
from studio.models.towers import Block, SmoothResNet

_LARGE = 1 << 16  # weights of a linear layer, below which nothing is to be gained


def pack(network: nn.Module) -> int:
    """Replace the residual blocks, the starter's towers and the large linear layers of a frozen, folded network in bf16
    on a CPU; how many.

    It ends at the first that this PyTorch has no operations for.
    """
    count = 0
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            try:
                if (packed := _packed(child)) is None:
                    continue
            except (RuntimeError, AttributeError):  # built without oneDNN, or it has other operations now
                return count
            parent._modules[name] = packed
            count += 1
    return count


def _packed(layer: nn.Module) -> nn.Module | None:
    """What is to replace a layer, or None; a tower's blocks are replaced in it."""
    if isinstance(layer, Block) and _fits(layer):
        return PackedBlock(layer)
    if isinstance(layer, nn.Linear) and layer.weight.numel() >= _LARGE and _is_half(layer.weight):
        return _PackedLinear(layer)
    if isinstance(layer, SmoothResNet) and _is_half(layer.stem.weight):
        pack(layer)
        left = any(isinstance(each, Block | nn.BatchNorm2d) for each in layer.stages)
        return None if left else PackedTower(layer)
    return None


def _fits(block: Block) -> bool:
    weights = (block.conv1.weight, block.conv2.weight)
    plain = isinstance(block.norm1, nn.Identity) and isinstance(block.norm2, nn.Identity)
    return plain and all(map(_is_half, weights))


def _is_half(weight: Tensor) -> bool:
    return weight.device.type == "cpu" and weight.dtype == torch.bfloat16


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
