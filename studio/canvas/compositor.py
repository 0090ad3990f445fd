"""Pieces over a background, differentiable: placed, turned, scaled, tinted, one over the other (Porter and Duff 1984).

A place is a row of nine numbers, see `X` to `TINT`. A piece is read from the copy of its sprite whose pixels are about
as large as the picture's (Williams 1983, "Pyramidal Parametrics"), between two copies, so that its size has a gradient
as well. Only the part of the picture that a piece can reach is worked on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, cast

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.sprites import LIGHTNESS, Sprite

X, Y, SIZE, ANGLE, OPACITY, RED, GREEN, BLUE, TINT = range(9)
"""Of a place: the middle as shares of width and height; the logarithm of the sprite's side as a share of the picture's
shorter side; the angle in radians, clockwise; opacity, 0 to 1; a colour, each 0 to 1; how much of it, 0 to 1."""

NUMBERS = 9
"""How many numbers a place has."""

_SHARPER = 0.5  # octaves: at the very pixel size, the mean between two copies looks out of focus


def compose(
    background: Tensor, sprites: Sequence[Sprite], places: Tensor, *, bare: Sequence[bool] | None = None
) -> Tensor:
    """Each background with the same pieces on it, the first one lowest.

    Args:
        background: (b, 3, H, W).
        sprites: n of them.
        places: (n, 9).
        bare: which pieces keep their own colours whatever happens: the tints of these, 0, have no gradient.

    Returns:
        (b, 3, H, W), differentiable with respect to background and places.

    Raises:
        ValueError: there is not one place for each sprite.
    """
    if places.shape != (len(sprites), NUMBERS):
        raise ValueError(f"{len(sprites)} sprites need as many places of {NUMBERS} numbers, not {tuple(places.shape)}")
    picture = background
    for sprite, place, plain in zip(sprites, places, bare or [False] * len(sprites), strict=True):
        window = reach(place, picture.shape[-1], picture.shape[-2])
        if window is None:
            continue
        layer = _layer(sprite, place, picture.shape[-1], picture.shape[-2], *window, plain)
        picture = cast("Tensor", _Over.apply(picture, layer, *window))
    return picture


def alpha(sprite: Sprite, place: Tensor, width: int, height: int) -> Tensor:
    """How much of each place of a picture a piece hides, (H, W)."""
    hidden = torch.zeros(height, width, device=place.device, dtype=place.dtype)
    if (window := reach(place, width, height)) is not None:
        hidden[window] = _layer(sprite, place, width, height, *window)[3]
    return hidden


def reach(place: Tensor, width: int, height: int) -> tuple[slice, slice] | None:
    """The rows and columns that a piece can touch; None when it is out of the picture."""
    x, y, size, angle = (float(place[index].detach()) for index in (X, Y, SIZE, ANGLE))
    half = math.exp(size) * min(width, height) / 2 * (abs(math.cos(angle)) + abs(math.sin(angle))) + 1
    left, right = max(0, math.floor(x * width - half)), min(width, math.ceil(x * width + half))
    top, bottom = max(0, math.floor(y * height - half)), min(height, math.ceil(y * height + half))
    return None if left >= right or top >= bottom else (slice(top, bottom), slice(left, right))


def inside(place: Tensor, width: int, height: int, rows: slice, columns: slice) -> tuple[Tensor, Tensor]:
    """Where pixels of the picture lie on the sprite: u and v, (h, w), -1 to 1 from edge to edge of its square."""
    half = place[SIZE].exp() * min(width, height) / 2
    across = torch.arange(columns.start, columns.stop, device=place.device) + 0.5 - place[X] * width
    down = (torch.arange(rows.start, rows.stop, device=place.device) + 0.5 - place[Y] * height)[:, None]
    cosine, sine = place[ANGLE].cos() / half, place[ANGLE].sin() / half
    return cosine * across + sine * down, cosine * down - sine * across


def _layer(
    sprite: Sprite, place: Tensor, width: int, height: int, rows: slice, columns: slice, bare: bool = False
) -> Tensor:
    """A piece as it lies on a part of the picture: (4, h, w), premultiplied."""
    u, v = inside(place, width, height, rows, columns)
    shown = place[SIZE].exp() * min(width, height)
    level = (sprite.side / shown).log2().sub(_SHARPER)
    if float(level.detach()) <= 0 or len(sprite.levels) == 1:
        piece = read(sprite.levels[0], u, v)
    else:
        level = level.clamp(max=len(sprite.levels) - 1)
        below = min(int(level.detach()), len(sprite.levels) - 2)
        piece = torch.lerp(read(sprite.levels[below], u, v), read(sprite.levels[below + 1], u, v), level - below)
    tint = place[TINT].detach() if bare else place[TINT]
    return tinted(piece, sprite.light, place[RED : BLUE + 1], tint) * place[OPACITY]


def read(picture: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """(C, s, s) at places u, v (h, w) in -1 to 1: bilinear, nothing beyond the edges, (C, h, w).

    Differentiable with respect to the places, with the same gradient in every run on every device.
    """
    if u.device.type == "cpu":
        places = torch.stack([u, v], -1)[None]
        return functional.grid_sample(picture[None], places, padding_mode="zeros", align_corners=False)[0]
    return _gathered(picture, u, v)


def _gathered(picture: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """`read` in parts: torch's own refuses a graphics processor the same gradient in every run."""
    side = picture.shape[-1]
    padded = functional.pad(picture, (1, 1, 1, 1)).flatten(1)
    x, y = (((part + 1) * (side / 2) + 0.5).clamp(0, side + 1) for part in (u, v))
    left, top = (part.detach().floor().clamp(max=side) for part in (x, y))
    index = (top * (side + 2) + left).long().flatten()
    right, down = x - left, y - top

    def at(offset: int) -> Tensor:
        return padded.index_select(1, index + offset).reshape(-1, *u.shape)

    upper = torch.lerp(at(0), at(1), right)
    return torch.lerp(upper, torch.lerp(at(side + 2), at(side + 3), right), down)


def tinted(piece: Tensor, light: float, colour: Tensor, strength: Tensor) -> Tensor:
    """A premultiplied picture (4, h, w) in shades of a colour (3): lightness stays, hues go; `strength` 1 is all of it.

    As `studio.scenery.colours.dye` does it, which draws the pictures that the starter CLIP learns colours from.
    """
    if not strength.requires_grad and float(strength) == 0:
        return piece
    hidden = piece[3:]
    light_of = torch.tensordot(piece.new_tensor(LIGHTNESS), piece[:3], 1)
    relative = (1 + 1.1 * (light_of / hidden[0].clamp_min(1e-3) - light)).clamp(0.25, 1.9)
    # darker than the mean the colour times the lightness, lighter than it on the way to white
    share = torch.minimum(relative, 1.8 - 0.8 * relative) * hidden
    white = 0.8 * (relative - 1).clamp_min(0) * hidden
    shaded = torch.addcmul(white, colour.clamp(0, 1)[:, None, None], share)
    return torch.cat([torch.lerp(piece[:3], shaded, strength), hidden])


class _Context(Protocol):
    """What torch hands a function of its own."""

    saved_tensors: tuple[Tensor, ...]
    needs_input_grad: tuple[bool, ...]
    window: tuple[slice, slice]

    def save_for_backward(self, *tensors: Tensor) -> None:
        """Keep tensors until the gradient comes."""


class _Over(torch.autograd.Function):
    """Pictures with a piece over a part of them; neither they nor their gradient are put together from five parts."""

    @staticmethod
    def forward(ctx: _Context, pictures: Tensor, layer: Tensor, rows: slice, columns: slice) -> Tensor:
        under, free = pictures[..., rows, columns].clone(), 1 - layer[3:]
        made = pictures.clone()
        made[..., rows, columns] = torch.addcmul(layer[:3], under, free)
        ctx.save_for_backward(under, free)
        ctx.window = rows, columns
        return made

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        (under, free), (rows, columns) = ctx.saved_tensors, ctx.window
        seen = gradients[0][..., rows, columns]
        behind = layer = None
        if ctx.needs_input_grad[0]:
            behind = gradients[0].clone()
            behind[..., rows, columns] *= free
        if ctx.needs_input_grad[1]:
            layer = torch.cat([seen.sum(0), -(seen * under).sum((0, 1))[None]])
        return behind, layer, None, None
