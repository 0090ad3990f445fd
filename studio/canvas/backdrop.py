"""The background of a collage: a picture that coarse planes change, so that a gradient gives it another mood.

The planes are those of the pixel canvas (Fort and Whitaker 2025) without the fine ones, which are where speckle comes
from: whatever is dreamed, the picture keeps its own drawing.
"""

from __future__ import annotations

import functools
from typing import Protocol, cast

import torch
from torch import Tensor

from studio.canvas import resample
from studio.canvas.pixels import plane_shapes

CELLS = 32
"""Cells on the longer side of the finest plane."""

LIMIT = 1.0
"""Largest magnitude of a plane's number."""

_GAIN = 0.2
_MARGIN = 1 / 512  # how far from black and white the picture stays, where tanh could not bring it back


class Backdrop:
    """image = base + ½ (tanh(x + gain Σ_r up_r(plane_r)) - tanh(x)), where x = atanh(2 base - 1).

    Its planes have 1, 2, 4, … `CELLS` cells.
    """

    def __init__(self, width: int, height: int, device: torch.device) -> None:
        self.planes = [
            torch.zeros(1, 3, *shape, device=device, requires_grad=True) for shape in backdrop_shapes(width, height)
        ]
        rows, columns = _matrices(width, height)
        self._rows, self._columns = rows.to(device), tuple(each.to(device) for each in columns)
        self.base = torch.full((1, 3, height, width), 0.5, device=device)

    @property
    def base(self) -> Tensor:
        """The picture (1, 3, H, W) without moods; another one is to be set, for this one is not to be written to."""
        return self._base

    @base.setter
    def base(self, picture: Tensor) -> None:
        self._base = picture
        self._still: tuple[Tensor, Tensor] | None = None

    def image(self) -> Tensor:
        """(1, 3, H, W); where the planes are 0, the base itself."""
        if not torch.is_grad_enabled() and not any(bool(plane.any()) for plane in self.planes):
            return self._base.clone()
        if self._still is None:
            inner = torch.atanh(2 * self._base.clamp(_MARGIN, 1 - _MARGIN) - 1)
            self._still = inner, inner.tanh()
        wide = [plane @ across.T for plane, across in zip(self.planes, self._columns, strict=True)]
        moved = self._rows @ torch.cat(wide, 2)  # all planes at once: their rows lie below one another
        return cast("Tensor", _Mood.apply(moved, self._base, *self._still))

    @torch.no_grad()
    def show(self, picture: Tensor) -> None:
        """Become a picture (1, 3, H, W) of its size."""
        self.base = picture.clamp(0, 1)
        for plane in self.planes:
            plane.zero_()

    @torch.no_grad()
    def constrain(self) -> None:
        """Keep the planes in range."""
        for plane in self.planes:
            plane.clamp_(-LIMIT, LIMIT)


def backdrop_shapes(width: int, height: int) -> list[tuple[int, int]]:
    """Rows and columns of each plane, coarse to fine."""
    return [shape for shape in plane_shapes(width, height)[:-1] if max(shape) <= CELLS]


@functools.lru_cache(maxsize=8)
def _matrices(width: int, height: int) -> tuple[Tensor, tuple[Tensor, ...]]:
    """What resamples all planes' rows (H, rows of all), with the gain in it, and each plane's columns (W, columns)."""
    shapes = backdrop_shapes(width, height)
    rows = torch.cat([resample.matrix(rows, height) for rows, _ in shapes], 1)
    return _GAIN * rows, tuple(resample.matrix(columns, width) for _, columns in shapes)


class _Context(Protocol):
    """What torch hands a function of its own."""

    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None:
        """Keep tensors until the gradient comes."""


class _Mood(torch.autograd.Function):
    """base + ½ (tanh(inner + moved) - tanh(inner)), in as few passes over the picture as it takes."""

    @staticmethod
    def forward(ctx: _Context, moved: Tensor, base: Tensor, inner: Tensor, still: Tensor) -> Tensor:
        shown = (inner + moved).tanh_()
        ctx.save_for_backward(shown)
        return (shown - still).mul_(0.5).add_(base)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (shown,) = ctx.saved_tensors
        return torch.ops.aten.tanh_backward(gradients[0], shown).mul_(0.5), None, None, None
