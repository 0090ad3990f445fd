"""Augmentation: cutouts in other colours, with noise, with holes, so that only what survives all that counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue add to lightness (ITU-R BT.601), as torchvision's colour jitter weighs them."""

ERASED = 0.5
"""The grey of erased parts: about the mean of pictures, so that a perceptor takes it for nothing."""

ERASED_AREA = (0.1, 0.4)
"""The least and the greatest share of a cutout that erasing takes, as in VQGAN-CLIP."""

ERASED_RATIO = math.log(1 / 0.3)
"""The greatest logarithm of an erased rectangle's height to its width."""

FORMS = 4
"""In how many cutouts drawn noise is used: as it is, and moved down by quarters of a cutout, its sign turned in every
second. No two see the same at one place, and it is drawn in a quarter of the time."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How much each cutout is changed, at random; 0 leaves it alone.

    Attributes:
        brightness: colours are multiplied by up to this much more or less than 1; 0 to 1.
        contrast: likewise the distance from mid-grey; 0 to 1.
        saturation: likewise the distance from their own grey; 0 to 1.
        hue: turns of the colour wheel at most, either way; 0 to 0.5.
        noise: the greatest standard deviation of gaussian noise; each cutout's own is uniform from 0; 0 to 1.
        erase: the probability that a rectangle of a cutout is greyed out; 0 to 1.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    noise: float = 0.0
    erase: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0 <= getattr(self, name) <= (0.5 if name == "hue" else 1):
                raise ValueError(f"{name} is out of its range: {getattr(self, name)}")

    @property
    def colours(self) -> bool:
        """Whether colours change at all."""
        return any((self.brightness, self.contrast, self.saturation, self.hue))


def augment(cutouts: Tensor, settings: Augmentation, generator: torch.Generator) -> Tensor:
    """Change each cutout in its own way: first its colours, then noise, then a hole.

    Args:
        cutouts: (n, 3, S, S), nominally in 0 to 1, any device; differentiable.
        settings: how much.
        generator: on the CPU, so that every device draws the same numbers. What it draws does not depend on how
            strong a change is, only on whether there is noise.

    Returns:
        (n, 3, S, S), not clamped to 0 to 1: a clamp would take the gradient from what it cuts off.
    """
    chance = torch.rand(len(cutouts), 10, generator=generator)
    matrix = offset = noise = strength = hole = None
    if settings.colours:
        matrix, offset = (part.to(cutouts) for part in _colours(2 * chance[:, :4] - 1, settings))
    if settings.noise:
        fresh = math.ceil(len(cutouts) / FORMS)
        noise = torch.randn(fresh, *cutouts.shape[1:], generator=generator).to(cutouts)
        strength = (settings.noise * chance[:, 4, None, None, None]).to(cutouts)
    if settings.erase:
        hole = _holes(chance[:, 5:], settings.erase, cutouts.shape[-1]).to(cutouts.device)
    return cast("Tensor", _Changed.apply(cutouts, matrix, offset, noise, strength, hole))


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    matrix: Tensor | None
    hole: Tensor | None


class _Changed(torch.autograd.Function):
    """All changes in as few passes over the cutouts as may be."""

    @staticmethod
    def forward(
        ctx: _Context,
        cutouts: Tensor,
        matrix: Tensor | None,
        offset: Tensor | None,
        noise: Tensor | None,
        strength: Tensor | None,
        hole: Tensor | None,
    ) -> Tensor:
        ctx.matrix, ctx.hole = matrix, hole
        changed = cutouts if offset is None else offset[..., None].expand_as(cutouts)
        changed = changed.clone() if noise is None or strength is None else _noisy(changed, noise, strength)
        if matrix is not None:
            changed = changed.flatten(2).baddbmm_(matrix, cutouts.flatten(2)).view_as(cutouts)
        return changed if hole is None else changed.masked_fill_(hole, ERASED)

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (pulled,) = gradients
        if ctx.matrix is not None:
            flat = torch.bmm(ctx.matrix.transpose(1, 2), pulled.flatten(2))
            pulled = flat.view(pulled.shape)
            if ctx.hole is not None:
                pulled.masked_fill_(ctx.hole, 0)  # colours change place by place: what is erased has no say there
        elif ctx.hole is not None:
            pulled = pulled.masked_fill(ctx.hole, 0)
        return pulled, None, None, None, None, None


def _noisy(cutouts: Tensor, noise: Tensor, strength: Tensor) -> Tensor:
    """Cutouts (n, 3, S, S) with noise (n / `FORMS`, 3, S, S) in all its forms, times a strength (n, 1, 1, 1)."""
    made = torch.empty(cutouts.shape, dtype=cutouts.dtype, device=cutouts.device)
    quarter = math.ceil(cutouts.shape[-2] / FORMS)
    for form, parts in enumerate(
        zip(*(torch.split(each, len(noise)) for each in (made, cutouts, strength)), strict=True)
    ):
        out, given, amount = parts
        moved = noise[: len(out)].roll(form * quarter, 2) if form else noise
        torch.addcmul(given, moved, amount, value=-1 if form % 2 else 1, out=out)
    return made


def _colours(amounts: Tensor, settings: Augmentation) -> tuple[Tensor, Tensor]:
    """All changes of colour as one: a matrix (n, 3, 3) and an offset (n, 1, 1), from amounts (n, 4) in -1 to 1.

    Saturation moves colours from and to their luma, hue turns them about the axis of greys (Rodrigues' formula),
    brightness scales them and contrast scales them about mid-grey: greys stay grey throughout.
    """
    strength = torch.tensor([settings.brightness, settings.contrast, settings.saturation])
    brightness, contrast, saturation = (1 + strength * amounts[:, :3])[:, :, None, None].unbind(1)
    angle = (2 * math.pi * settings.hue * amounts[:, 3])[:, None, None]
    same = torch.eye(3)
    mean = torch.full((3, 3), 1 / 3)
    cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
    turn = angle.cos() * (same - mean) + mean + angle.sin() * cross
    saturate = saturation * same + (1 - saturation) * torch.tensor(LUMA).expand(3, 3)
    return contrast * brightness * (turn @ saturate), (1 - contrast) / 2


def _holes(chance: Tensor, probability: float, size: int) -> Tensor:
    """Where cutouts are erased: (n, 1, S, S), true inside one rectangle or nowhere, from numbers (n, 5) in 0 to 1.

    Random erasing (Zhong et al. 2020): the rectangle's area and ratio are random, and it lies wholly inside.
    """
    least, greatest = ERASED_AREA
    area = least + (greatest - least) * chance[:, 1]
    height = (area * torch.exp(ERASED_RATIO * (2 * chance[:, 2] - 1))).sqrt().clamp(max=1)
    width = (area / height).clamp(max=1)
    middles = (torch.arange(size) + 0.5) / size
    rows, columns = (
        ((middles - (1 - length)[:, None] * place[:, None] - length[:, None] / 2).abs() <= length[:, None] / 2)
        for length, place in ((height, chance[:, 3]), (width, chance[:, 4]))
    )
    erased = rows[:, :, None] & columns[:, None, :] & (chance[:, 0] < probability)[:, None, None]
    return erased.unsqueeze(1)
