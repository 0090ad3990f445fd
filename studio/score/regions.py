"""Objectives that look at a part of the picture alone, and change nothing outside of it.

Crops are drawn inside the part as they are inside a whole picture, so the cost of a look stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.score.objective import Asking, Loss, Objective, answered

FAINT = 0.02
"""What a mask has to reach for a place to belong to it: less is the noise of a picture's file."""

Sides = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of the picture."""

WHOLE: Sides = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A part of a picture.

    Attributes:
        sides: what holds all of it.
        mask: (1, 1, h, w) in 0 to 1, stretched over the whole picture: how far each place belongs; None: all within
            the sides does.
    """

    sides: Sides = WHOLE
    mask: Tensor | None = None

    def __post_init__(self) -> None:
        left, top, right, bottom = self.sides
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ValueError(f"{self.sides} are no sides of a window")
        if self.mask is not None and (self.mask.ndim != 4 or self.mask.shape[:2] != (1, 1)):
            raise ValueError(f"a mask is (1, 1, h, w), not {tuple(self.mask.shape)}")

    @classmethod
    def of_picture(cls, picture: Tensor) -> Window:
        """The window that a picture (1, 3, h, w) in 0 to 1 masks: white belongs, black does not; nothing: all does."""
        mask = (picture * torch.tensor([0.299, 0.587, 0.114]).to(picture).view(1, 3, 1, 1)).sum(1, keepdim=True)
        rows, columns = ((mask[0, 0] > FAINT).any(dim) for dim in (1, 0))
        if not bool(rows.any()):
            return cls()
        (top, bottom), (left, right) = (_ends(flags) for flags in (rows, columns))
        return cls((left, top, right, bottom), mask.clamp(0, 1))

    def seen(self, images: Tensor) -> Tensor:
        """What is looked at of pictures (B, C, H, W): (B, C, h, w), the gradient of which reaches the window alone.

        Under a mask the pixels are the picture's own, and the gradient is as strong as the mask is white.
        """
        height, width = images.shape[-2:]
        left, top, right, bottom = self.sides
        rows, columns = _pixels(top, bottom, height), _pixels(left, right, width)
        part = images[..., rows, columns]
        if self.mask is None:
            return part
        mask = self.mask.to(images)
        if mask.shape[-2:] != (height, width):
            mask = functional.interpolate(mask, (height, width), mode="bilinear", antialias=True)
        still = part.detach()
        return still + mask[..., rows, columns] * (part - still)


class Within(Objective):
    """Another objective, of the part of the pictures that a window shows."""

    def __init__(self, part: Objective, window: Window) -> None:
        self._part, self._window = part, window

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `Objective`."""
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        """See `Objective`."""
        return (yield from self._part.asking(self._window.seen(images), generator))


def split(count: int, parts: int) -> tuple[int, ...]:
    """So many cutouts shared out among objectives as evenly as it goes, the first getting more; each has one at least.

    More than `count` in all only where there are more objectives than cutouts.
    """
    each, more = divmod(count, parts)
    return tuple(max(1, each + (place < more)) for place in range(parts))


def _ends(flags: Tensor) -> tuple[float, float]:
    """Where those that are true begin and end, as shares of them all."""
    found = flags.nonzero().flatten()
    return int(found[0]) / len(flags), (int(found[-1]) + 1) / len(flags)


def _pixels(low: float, high: float, length: int) -> slice:
    start = min(round(low * length), length - 1)
    return slice(start, max(round(high * length), start + 1))
