"""Many canvases drawn at once: one batch where their medium can, one after another where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from studio.canvas.base import Canvas, State


@runtime_checkable
class Together(Protocol):
    """A canvas whose medium draws a batch: pixels, fourier, palette and vqgan."""

    def together(self, others: Sequence[Any]) -> Tensor:
        """The pictures of this canvas and of others of its kind and size, (1 + n, 3, H, W)."""


@runtime_checkable
class Drawing(Protocol):
    """A canvas whose medium draws states as one batch, without gradient: vqgan and the published biggan."""

    def images(self, states: Sequence[State]) -> Tensor:
        """The pictures of states of one size, (n, 3, H, W); the canvas itself stays as it is."""


def pictures(canvases: Sequence[Canvas]) -> Tensor:
    """The pictures (B, 3, H, W) of B canvases, differentiable with respect to the parameters of each.

    A picture depends on its own canvas alone, but for the rounding of larger products.

    Args:
        canvases: at least one; of one kind, model and size.

    Raises:
        ValueError: they are of different kinds or sizes.
    """
    first, *others = canvases
    if any(type(each) is not type(first) or each.size != first.size for each in others):
        raise ValueError("only canvases of one kind and size are drawn together")
    if others and isinstance(first, Together):
        return first.together(others)
    return torch.cat([canvas.image() for canvas in canvases])
