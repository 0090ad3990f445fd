"""Objectives that look at a part of the picture alone, and change nothing outside of it.

Crops are drawn inside the part as they are inside a whole picture, so the cost of a look stays what it is.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.score.objective import Asking, Look, Loss, Objective, answered

FAINT = 0.02
"""What a mask has to reach for a place to belong to it: less is the noise of a picture's file."""

MARGIN = 1 / 16
"""How far a look goes beyond a window, as a share of the picture: what is drawn inside fits what is around it."""

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
        """What is looked at of pictures (B, C, H, W): the window and a little around it, (B, C, h, w).

        The pixels are the pictures' own. The gradient reaches what belongs alone, as far as it does.
        """
        height, width = images.shape[-2:]
        belongs = self._belonging(height, width).to(images)
        rows, columns = (
            _pixels(max(low - MARGIN, 0), min(high + MARGIN, 1), length)
            for low, high, length in ((self.sides[1], self.sides[3], height), (self.sides[0], self.sides[2], width))
        )
        part = images[..., rows, columns]
        still = part.detach()
        return still + belongs[..., rows, columns] * (part - still)

    def _belonging(self, height: int, width: int) -> Tensor:
        """How far each pixel of a picture belongs, (1, 1, H, W)."""
        if self.mask is None:
            left, top, right, bottom = self.sides
            inside = torch.zeros(1, 1, height, width)
            inside[..., _pixels(top, bottom, height), _pixels(left, right, width)] = 1
            return inside
        if self.mask.shape[-2:] == (height, width):
            return self.mask
        return functional.interpolate(self.mask, (height, width), mode="bilinear", antialias=True)


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


class AtOnce(Objective):
    """The sum of objectives of the same pictures; what they ask of one perceptor is answered in one pass."""

    def __init__(self, parts: Sequence[Objective]) -> None:
        self._parts = tuple(parts)

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `Objective`."""
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        """See `Objective`."""
        asking = [part.asking(images, generator) for part in self._parts]
        losses: list[Loss] = []
        answers: list[tuple[Asking, Tensor | None]] = [(each, None) for each in asking]
        waiting: list[tuple[Asking, Look]] = []
        while answers or waiting:
            for each, answer in answers:
                try:
                    waiting.append((each, next(each) if answer is None else each.send(answer)))
                except StopIteration as end:
                    losses.append(end.value)
            answers = []
            if waiting:
                perceptor = waiting[0][1].perceptor
                same = [pair for pair in waiting if pair[1].perceptor is perceptor]
                waiting = [pair for pair in waiting if pair[1].perceptor is not perceptor]
                embeddings = yield Look(perceptor, torch.cat([look.views for _, look in same]))
                parts = torch.split(embeddings, [len(look.views) for _, look in same])
                answers = [(each, part) for (each, _), part in zip(same, parts, strict=True)]
        return functools.reduce(operator.add, losses, Loss(images.sum() * 0, {}))


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
