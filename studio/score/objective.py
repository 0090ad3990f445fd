"""What dreaming lowers: losses that add up as algebra, and a report of what each of them contributes.

    objective = ClipObjective(perceptor, targets) + 0.5 * TotalVariation() + Range()
    objective(images, generator).total.backward()

The algebra is lucid's (Olah et al. 2017, "Feature Visualization", in tensorflow/lucid's objectives).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.score.augment import augment
from studio.score.cutouts import CutoutSettings, cut
from studio.score.losses import (
    asymmetry,
    departure,
    incoherence,
    off_border,
    off_palette,
    range_loss,
    saturation,
    spherical_distance,
    total_variation,
)
from studio.score.perceptor import Perceptor
from studio.score.targets import Target


@dataclass(frozen=True, slots=True)
class Loss:
    """What an objective makes of a batch of pictures.

    Attributes:
        total: a scalar, differentiable with respect to the pictures.
        terms: name to what it adds to `total`, weights counted in: scalars without gradient. They sum to `total`.
    """

    total: Tensor
    terms: dict[str, Tensor]

    def __add__(self, other: Loss) -> Loss:
        """Both together; terms of one name are added up."""
        terms = dict(self.terms)
        for name, value in other.terms.items():
            terms[name] = terms[name] + value if name in terms else value
        return Loss(self.total + other.total, terms)

    def __mul__(self, factor: float) -> Loss:
        return Loss(self.total * factor, {name: value * factor for name, value in self.terms.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What an objective wants to know: the embeddings (n, d) of these views (n, 3, S, S) in the eyes of a perceptor."""

    perceptor: Perceptor
    views: Tensor


Asking = Generator[Look, Tensor, Loss]
"""A loss in the making: it asks for looks, is sent their embeddings, and ends with the loss."""


class Objective(ABC):
    """A loss of pictures: call it; add objectives, multiply them by numbers, negate them.

    Those that ask perceptors define `asking`, so that `studio.score.together` can answer many of them at once.
    """

    @abstractmethod
    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """The loss of pictures (B, 3, H, W), nominally in 0 to 1, averaged over the batch.

        `generator`, on the CPU, is the only source of chance.
        """

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        """The same loss, but whoever sends the embeddings decides how they are come by."""
        yield from ()
        return self(images, generator)

    def __add__(self, other: Objective) -> Objective:
        return _Sum((self, other)) if isinstance(other, Objective) else NotImplemented

    def __radd__(self, other: int) -> Objective:
        """So that `sum(objectives)` works, which starts at 0."""
        return self if other == 0 else NotImplemented

    def __mul__(self, factor: float) -> Objective:
        return _Scaled(self, float(factor)) if isinstance(factor, int | float) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Objective:
        return _Scaled(self, -1.0)

    def __sub__(self, other: Objective) -> Objective:
        return self + -other if isinstance(other, Objective) else NotImplemented


class ClipObjective(Objective):
    """How far random cutouts of the pictures are from targets, in the eyes of one perceptor.

    Each target adds |weight| * mean(distance * sign(weight)), the mean going over all cutouts and the distance being
    spherical. Where distance * sign(weight) is below the target's stop, it still counts but pulls no more. This is
    `Prompt` of Crowson's VQGAN+CLIP notebook (2021). Without targets the loss is 0 and the perceptor is not asked.

    For several perceptors, add one such objective for each.

    Args:
        perceptor: who looks.
        targets: what for; their embeddings are this perceptor's.
        settings: how cutouts are drawn and changed.
        weight: of the whole.
    """

    def __init__(
        self,
        perceptor: Perceptor,
        targets: Sequence[Target],
        settings: CutoutSettings | None = None,
        weight: float = 1.0,
    ) -> None:
        self._perceptor = perceptor
        self._settings = settings or CutoutSettings()
        self._names = [f"{perceptor.name}: {target.label}" if target.label else perceptor.name for target in targets]
        if targets:
            self._embeddings = torch.stack([target.embedding for target in targets]).to(perceptor.device)
            weights = torch.tensor([target.weight for target in targets], device=perceptor.device)
            self._signs, self._magnitudes = weights.sign(), weights.abs() * _finite(weight)
            self._stops = torch.tensor([target.stop for target in targets], device=perceptor.device)

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `Objective`."""
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        """See `Objective`."""
        if not self._names:
            return Loss(images.sum() * 0, {})
        settings = self._settings
        cutouts = cut(images, settings.count, self._perceptor.image_size, settings, generator)
        embeddings = yield Look(self._perceptor, augment(cutouts, settings.augmentation, generator))
        signed = spherical_distance(embeddings[:, None], self._embeddings) * self._signs
        pulling = torch.where(signed >= self._stops, signed, signed.detach())
        parts = self._magnitudes * pulling.mean(0)
        loss = Loss(parts.sum(), {})
        for name, part in zip(self._names, parts.detach(), strict=True):
            loss.terms[name] = loss.terms[name] + part if name in loss.terms else part
        return loss


class _PictureLoss(Objective):
    """A formula of each picture alone, without chance."""

    def __init__(self, name: str, formula: Callable[[Tensor], Tensor], weight: float) -> None:
        self._name, self._formula, self._weight = name, formula, _finite(weight)

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `Objective`."""
        total = self._formula(images).mean() * self._weight
        return Loss(total, {self._name: total.detach()})


class TotalVariation(_PictureLoss):
    """Roughness: see `losses.total_variation`."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__("total variation", total_variation, weight)


class Range(_PictureLoss):
    """Leaving 0 to 1: see `losses.range_loss`."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__("range", range_loss, weight)


class Colourfulness(_PictureLoss):
    """More colour (a positive weight) or less: see `losses.saturation`."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__("colourfulness", saturation, -weight)


class Symmetry(_PictureLoss):
    """Left and right alike: see `losses.asymmetry`."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__("symmetry", asymmetry, weight)


class Anchor(_PictureLoss):
    """Staying near a picture (1, 3, h, w): see `losses.departure`."""

    def __init__(self, picture: Tensor, weight: float = 1.0) -> None:
        super().__init__("anchor", lambda images: departure(images, picture.to(images)), weight)


class Palette(_PictureLoss):
    """Colours drawn to the nearest of (n, 3): see `losses.off_palette`."""

    def __init__(self, colours: Tensor, weight: float = 1.0) -> None:
        super().__init__("palette", lambda images: off_palette(images, colours.to(images)), weight)


class Border(_PictureLoss):
    """A border in one colour (3,): see `losses.off_border`."""

    def __init__(self, colour: Tensor, weight: float = 1.0) -> None:
        super().__init__("edges", lambda images: off_border(images, colour.to(images)), weight)


class Coherence(_PictureLoss):
    """Neighbours of one lightness in one colour: see `losses.incoherence`."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__("colour coherence", incoherence, weight)


class Rolled(Objective):
    """Another objective, of the pictures pushed round their edges by chance, so that they tile without a seam."""

    def __init__(self, part: Objective) -> None:
        self._part = part

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `Objective`."""
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        """See `Objective`."""
        height, width = images.shape[-2:]
        down, across = (int(torch.randint(side, (), generator=generator)) for side in (height, width))
        return (yield from self._part.asking(images.roll((down, across), (-2, -1)), generator))


class _Sum(Objective):
    def __init__(self, parts: tuple[Objective, ...]) -> None:
        self._parts = parts

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        first, *others = self._parts
        loss = yield from first.asking(images, generator)
        for other in others:
            loss = loss + (yield from other.asking(images, generator))
        return loss


class _Scaled(Objective):
    def __init__(self, part: Objective, factor: float) -> None:
        self._part, self._factor = part, _finite(factor)

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        return answered(self.asking(images, generator))

    def asking(self, images: Tensor, generator: torch.Generator) -> Asking:
        return (yield from self._part.asking(images, generator)) * self._factor


def answered(asking: Asking) -> Loss:
    """The loss, every look being answered at once by its own perceptor."""
    try:
        look = next(asking)
        while True:
            look = asking.send(look.perceptor.embed_image(look.views))
    except StopIteration as end:
        loss: Loss = end.value
        return loss


def _finite(weight: float) -> float:
    if not math.isfinite(weight):
        raise ValueError(f"a weight is a finite number, not {weight}")
    return weight
