"""Resampling as two matrix products: one over the rows of a picture and one over its columns.

Against `torch.nn.functional.interpolate` this has a gradient that is the same in every run on every device (the CUDA
kernels add in whatever order their threads arrive), and the matrices of a canvas are made once, not at every step.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Border = Literal["clamp", "reflect", "wrap"]
"""What a line is beyond its ends: its end samples, itself mirrored, itself repeated."""

_SMALL = 1 << 18  # numbers of a matrix that is remembered: 1 MiB


def keys(x: Tensor) -> Tensor:
    """Keys' cubic convolution kernel (1981), a = -1/2: nothing at and beyond 2."""
    x = x.abs()
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def triangle(x: Tensor) -> Tensor:
    """The kernel of linear interpolation: nothing at and beyond 1, and nowhere below 0."""
    return (1 - x.abs()).clamp_min(0)


def matrix(
    source: int,
    target: int,
    *,
    kernel: Callable[[Tensor], Tensor] = keys,
    shrink: float | None = None,
    border: Border = "clamp",
) -> Tensor:
    """The (target, source) matrix that resamples a line of `source` samples to `target` samples. Its rows sum to 1.

    Samples are the centres of equal cells (torch's `align_corners=False`).

    Args:
        source: samples there are.
        target: samples wanted.
        kernel: what interpolates; reaches 2 samples at most.
        shrink: how much wider the kernel gets, 1 or more, so that detail too fine for what follows is averaged away;
            None: as much as the line shrinks.
        border: what lies beyond the ends.
    """
    width = max(1.0, source / target) if shrink is None else shrink
    centres = (torch.arange(target, dtype=torch.float64) + 0.5) * (source / target) - 0.5
    reach = math.ceil(2 * width)
    columns = torch.floor(centres).long()[:, None] + torch.arange(-reach, reach + 2)
    weights = kernel((columns - centres[:, None]) / width)
    weights = weights / weights.sum(dim=1, keepdim=True)
    if border == "wrap":
        columns = columns % source
    elif border == "reflect":
        columns = columns % (2 * source)
        columns = torch.minimum(columns, 2 * source - 1 - columns)
    else:
        columns = columns.clamp(0, source - 1)
    return torch.zeros(target, source, dtype=torch.float64).scatter_add_(1, columns, weights).float()


def apply(rows: Tensor, images: Tensor, columns: Tensor) -> Tensor:
    """Resample (B, C, h, w) to (B, C, H, W) with matrices (H, h) for the rows and (W, w) for the columns."""
    return rows @ images @ columns.T


def resample(images: Tensor, width: int, height: int, *, kernel: Callable[[Tensor], Tensor] = keys) -> Tensor:
    """Pictures (B, C, h, w) at another size, antialiased where they shrink. The same size gives `images` itself.

    With Keys' kernel the result may overshoot the range of its input by some per cent at edges.
    """
    if images.shape[-2:] == (height, width):
        return images
    rows = _matrix(images.shape[-2], height, kernel).to(images)
    columns = _matrix(images.shape[-1], width, kernel).to(images)
    return apply(rows, images, columns)


def _matrix(source: int, target: int, kernel: Callable[[Tensor], Tensor]) -> Tensor:
    return (_kept if source * target <= _SMALL else matrix)(source, target, kernel=kernel)


_kept = functools.lru_cache(maxsize=64)(matrix)  # a walk resamples the same sizes in every frame
