"""The starter's image tower for a processor: its weights blocked, and the whole of it one operation for PyTorch.

For the gradient, what goes into each activation is kept, and nothing else. Sums are added up where they lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.models.blocked import HALVING, PLACE, Blocked, both_ways
from studio.models.towers import Block, SmoothResNet


class PackedBlock(nn.Module):
    """What a folded `Block` in bf16 does."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.step = _Residual(block)
        _probe(self, block.conv1.in_channels, 4)

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) to the same shape."""
        return cast("Tensor", _Alone.apply(x, self.step))


class PackedTower(nn.Module):
    """What a folded `SmoothResNet` in bf16 does whose blocks are packed; takes its layers over.

    Whoever watches the stages, as `studio.starter.perceptual` does, has them computed one by one.

    Attributes:
        stem: the tower's.
        stages: the tower's.
    """

    def __init__(self, tower: SmoothResNet) -> None:
        super().__init__()
        self.stem, self.stages = tower.stem, tower.stages
        steps: list[_Step] = [_Stem(tower.stem)]
        for layer in tower.stages:
            if isinstance(layer, nn.Conv2d):
                steps.append(_Narrowing(layer))  # with the averaging before it
            elif isinstance(layer, PackedBlock):
                steps.append(layer.step)
            elif not isinstance(layer, nn.AvgPool2d | nn.Identity):
                raise TypeError(f"{type(layer).__name__} is no packed stage")
        self._steps = tuple(steps)
        _probe(self, 3, 2 ** (1 + sum(isinstance(step, _Narrowing) for step in steps)))

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, h, w) to (n, widths[-1])."""
        if any(stage._forward_hooks for stage in self.stages):
            return cast("Tensor", self.stages(functional.silu(self.stem(x))).mean((2, 3)))
        return cast("Tensor", _Tower.apply(x, self._steps))


class _Step(Protocol):
    """A part of a tower."""

    def forward(self, x: Tensor, kept: list[Tensor]) -> Tensor:
        """What it makes of x, which it may write over; what its gradient needs is put at the end of `kept`."""

    def backward(self, gradient: Tensor, kept: list[Tensor]) -> Tensor:
        """The gradient of x; takes what it kept off the end."""


class _Residual:
    """silu(x + conv2(silu(conv1(x))))."""

    def __init__(self, block: Block) -> None:
        self._first, self._first_back = both_ways(block.conv1)
        self._second, self._second_back = both_ways(block.conv2)

    def forward(self, x: Tensor, kept: list[Tensor]) -> Tensor:
        inner = self._first(x)
        outer = self._second.add_to(x, functional.silu(inner))
        kept += inner, outer
        return functional.silu(outer)

    def backward(self, gradient: Tensor, kept: list[Tensor]) -> Tensor:
        past = torch.ops.aten.silu_backward(gradient, kept.pop())
        hidden = torch.ops.aten.silu_backward(self._second_back(past), kept.pop())
        return self._first_back.add_to(past, hidden)


class _Narrowing:
    """A 1x1 convolution of the averages of two by two places."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        weight = convolution.weight.detach()
        self._forwards = Blocked.of(weight, convolution.bias, PLACE)
        self._backwards = Blocked.of(weight.transpose(0, 1) / 4, None, PLACE)  # each had a quarter in the average

    def forward(self, x: Tensor, kept: list[Tensor]) -> Tensor:
        return self._forwards(functional.avg_pool2d(x, 2))

    def backward(self, gradient: Tensor, kept: list[Tensor]) -> Tensor:
        return functional.interpolate(self._backwards(gradient), scale_factor=2.0, mode="nearest")


class _Stem:
    """A 4x4 convolution with stride 2, and silu."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        weight = convolution.weight.detach()
        self._forwards = Blocked.of(weight, convolution.bias, HALVING)
        self._backwards = Blocked.of(shuffled(weight))

    def forward(self, x: Tensor, kept: list[Tensor]) -> Tensor:
        made = self._forwards(x)
        kept.append(made)
        return functional.silu(made)

    def backward(self, gradient: Tensor, kept: list[Tensor]) -> Tensor:
        pulled = self._backwards(torch.ops.aten.silu_backward(gradient, kept.pop()))
        return functional.pixel_shuffle(pulled, 2)


def shuffled(weight: Tensor) -> Tensor:
    """The 3x3 weight (4 in, out, 3, 3) whose convolution, its pixels shuffled, is the gradient of another's input.

    That of a 4x4 convolution with stride 2, padding 1 and this weight (out, in, 4, 4): of its 16 products four reach a
    pixel, and which four depends on whether row and column are even (Shi et al. 2016, arXiv:1609.07009).
    """
    outward, inward = weight.shape[:2]
    made = weight.new_zeros(inward, 2, 2, outward, 3, 3)
    for row in range(4):
        # pixel 2 y + dy is reached from place y + move by the kernel's row dy + 1 - 2 move
        move_y, dy = -((row - 1) // 2), (row - 1) % 2
        for column in range(4):
            move_x, dx = -((column - 1) // 2), (column - 1) % 2
            made[:, dy, dx, :, 1 + move_y, 1 + move_x] = weight[:, :, row, column].T
    return made.flatten(0, 2)


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    steps: Sequence[_Step]
    shape: torch.Size

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Alone(torch.autograd.Function):
    """One step by itself; x is left as it is."""

    @staticmethod
    def forward(ctx: _Context, x: Tensor, step: _Step) -> Tensor:
        kept: list[Tensor] = []
        made = step.forward(x.clone(), kept)
        ctx.save_for_backward(*kept)
        ctx.steps = (step,)
        return made

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.steps[0].backward(gradients[0], list(ctx.saved_tensors)), None


class _Tower(torch.autograd.Function):
    """Steps one after the other, the first of which makes something new, and the mean over places."""

    @staticmethod
    def forward(ctx: _Context, x: Tensor, steps: Sequence[_Step]) -> Tensor:
        kept: list[Tensor] = []
        for step in steps:
            x = step.forward(x, kept)
        ctx.save_for_backward(*kept)
        ctx.steps, ctx.shape = steps, x.shape
        return x.mean((2, 3))

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None]:
        kept = list(ctx.saved_tensors)
        _, _, height, width = ctx.shape
        each = (gradients[0] / (height * width))[:, :, None, None].expand(ctx.shape)
        pulled = each.contiguous(memory_format=torch.channels_last)
        for step in reversed(ctx.steps):
            pulled = step.backward(pulled, kept)
        return pulled, None


def _probe(module: nn.Module, channels: int, side: int) -> None:
    """Compute once, so that operations that this PyTorch lacks are missed now."""
    blank = torch.zeros(1, channels, side, side, dtype=torch.bfloat16).contiguous(memory_format=torch.channels_last)
    with torch.enable_grad():
        module(blank.requires_grad_()).sum().backward()
