"""The first picture of a seed: soft clouds of colour around a middle grey."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.canvas.resample import resample

_GRIDS = (2, 4, 8, 16)
_DEVIATION = 0.05


def clouds(width: int, height: int, generator: torch.Generator) -> Tensor:
    """A picture (1, 3, H, W) in 0 to 1 on the generator's device.

    Colour noise on grids of 2 to 16 cells a side, stretched over the picture and summed. The grids do not depend on
    the size, so a draft and the final render of one seed start alike. Nearly grey, because saturated colours at the
    start stay wherever the prompt says nothing.
    """
    picture = torch.full((1, 3, height, width), 0.5, device=generator.device)
    for cells in _GRIDS:
        noise = torch.randn(1, 3, cells, cells, generator=generator, device=generator.device)
        picture += resample(noise * _DEVIATION, width, height)
    return picture.clamp(0, 1)
