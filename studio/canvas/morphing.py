"""From one of a generator's pictures to another without a ghost: outlines bend, colours change along a front.

Between the codes of two drawings, a generator draws what both have at every place at half its strength: the eyes of the
one in the belly of the other. So the outline alone is taken from between them: by distances, of which the one is as far
outside of its line as the other is inside (Cohen-Or, Levin and Solomovici 1998, "Three-Dimensional Distance Field
Metamorphosis"). Within it, and behind it, a front passes: every place shows the one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from studio.canvas.biggan_model import BigGanModel, Latents
from studio.canvas.crossing import front
from studio.canvas.placement import FIELD_SIDE, REACH
from studio.canvas.resample import resample

_SWEEP = 0.8  # of a thing's front: less noise than before a background's, or the thing falls to pieces
_NEAR, _FAR = 0.6, 0.9  # a field's distances count up to the one; from the other on, they are measured


@dataclass(frozen=True, slots=True, eq=False)
class Morph:
    """A picture half-way.

    Attributes:
        fields: (1, 4, s, s) of the thing, see `studio.canvas.placement.cover`.
        backdrop: (1, 3, H, W) in 0 to 1.
    """

    fields: Tensor
    backdrop: Tensor

    def drawn(self, model: BigGanModel, latents: Latents) -> Tensor:
        """The picture (1, 3, H, W), differentiable in the place and the tint of `latents`.

        Their mixtures change nothing: what a gradient adds to those of one end and of the other shows through all over.
        """
        height, width = self.backdrop.shape[-2:]
        return model.put_together(self.fields, self.backdrop, latents, width, height)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Two pictures as they are drawn before anything is put together: the same, however far between them.

    Attributes:
        outlines: the distances of both things' outlines, each (1, 1, s, s).
        colours: of both things, each (1, 3, s, s).
        backdrops: each (1, 3, H, W).
    """

    outlines: tuple[Tensor, Tensor]
    colours: tuple[Tensor, Tensor]
    backdrops: tuple[Tensor, Tensor]

    @classmethod
    @torch.no_grad()
    def drawn(cls, model: BigGanModel, a: Latents, b: Latents, width: int, height: int) -> Ends:
        """Two of one picture each, of a size in pixels. Their places and tints do not count."""
        first, second = model.fields(a.things), model.fields(b.things)
        return cls(
            (distances(first[:, :1]), distances(second[:, :1])),
            (first[:, 1:], second[:, 1:]),
            (resample(model.backdrops(a.scenes), width, height), resample(model.backdrops(b.scenes), width, height)),
        )

    @torch.no_grad()
    def between(self, t: float) -> Morph:
        """The picture at `t`, above 0 and below 1."""
        side = self.outlines[0].shape[-1]
        height, width = self.backdrops[0].shape[-2:]
        outline = torch.lerp(*self.outlines, t).clamp(-1, 1)
        colours = torch.lerp(*self.colours, front(side, side, t, sweep=_SWEEP).to(outline.device))
        backdrop = torch.lerp(*self.backdrops, front(width, height, t).to(outline.device))
        return Morph(torch.cat([outline, colours], 1), backdrop)


def distances(field: Tensor) -> Tensor:
    """A field's signed distances to its outline, (1, 1, s, s), in `REACH`, beyond what the field knows of them.

    Fields end at 1 and -1. A field without an outline stays as it is.
    """
    inside = field[0, 0] > 0
    if bool(inside.all()) or not bool(inside.any()):
        return field
    unit = REACH * field.shape[-1] / FIELD_SIDE
    measured = (_distance(~inside) - _distance(inside)) / unit  # 0 where it is inside itself; off by half a pixel
    share = ((field.abs() - _NEAR) / (_FAR - _NEAR)).clamp(0, 1)
    return torch.lerp(field, measured.sign() * measured.abs().clamp_min(_FAR), share)


def _distance(places: Tensor) -> Tensor:
    """How far each pixel (h, w) is from the next one of `places`, in pixels (Felzenszwalb and Huttenlocher 2012)."""
    height, width = places.shape
    square = torch.where(places, 0.0, float(height**2 + width**2)).to(torch.float32)
    for _ in range(2):  # along the columns, then along the rows
        length = square.shape[0]
        steps = torch.arange(length, device=places.device, dtype=torch.float32)
        apart = (steps[:, None] - steps[None, :]).square()
        square = (apart[:, :, None] + square[None]).amin(1).mT
    return square.sqrt()
