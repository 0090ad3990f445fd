"""The background of a collage: a picture that coarse planes change, so that a gradient gives it another mood.

The planes are those of the pixel canvas (Fort and Whitaker 2025) without the fine ones, which are where speckle comes
from: whatever is dreamed, the picture keeps its own drawing.
"""

from __future__ import annotations

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
    """image = ½ + ½ tanh(atanh(2 base - 1) + gain Σ_r up_r(plane_r)), with planes of 1, 2, 4, … `CELLS` cells."""

    def __init__(self, width: int, height: int, device: torch.device) -> None:
        self.base = torch.full((1, 3, height, width), 0.5, device=device)
        shapes = backdrop_shapes(width, height)
        self.planes = [torch.zeros(1, 3, *shape, device=device, requires_grad=True) for shape in shapes]
        self._up = [
            (resample.matrix(rows, height).to(device), resample.matrix(columns, width).to(device))
            for rows, columns in shapes
        ]

    def image(self) -> Tensor:
        """(1, 3, H, W); where the planes are 0, the base itself."""
        moved = sum(resample.apply(rows, plane, up) for plane, (rows, up) in zip(self.planes, self._up, strict=True))
        inner = self.base.clamp(_MARGIN, 1 - _MARGIN)
        shown = 0.5 + 0.5 * torch.tanh(torch.atanh(2 * inner - 1) + _GAIN * moved)
        return self.base + (shown - inner)

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
