"""Between two collages that were dreamed on in another medium: what was dreamed is cut out again and moves with them.

A walk's frames between two keyframes are collages on the way from one to the other. Were they cut from the pack, they
would look like cutouts between two dreams. So each piece takes its look from the dreamed picture of its keyframe, where
it lies there in full view, and the background from what lies around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas import crossing
from studio.canvas.base import State
from studio.canvas.collage import CollageCanvas
from studio.canvas.compositor import ANGLE, BLUE, NUMBERS, RED, SIZE, TINT, X, Y, alpha, compose, tinted
from studio.canvas.resample import resample
from studio.canvas.sprites import Sprite, sprite_of

_RIM = 0.04  # of the shorter side: as far around a piece the dream has changed the ground for the piece's sake
_FILL = 8  # cells across, of what the ground under the pieces is made up from
_STEP = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A dreamed collage, cut out again.

    Attributes:
        names: the pieces, the lowest first.
        places: (n, 9), without tints: those are in the sprites.
        sprites: the pieces with their dreamed look.
        ground: (1, 3, H, W), what lies around and, made up, under them.
    """

    names: tuple[str, ...]
    places: Tensor
    sprites: tuple[Sprite, ...]
    ground: Tensor


@torch.no_grad()
def cut(canvas: CollageCanvas, state: State, dreamed: Tensor) -> Cut:
    """Cut a dreamed picture along the outlines of the collage that it began from.

    Args:
        canvas: of the collage's pack; it takes the state.
        state: of the collage.
        dreamed: (1, 3, H, W), what became of it.

    Raises:
        ValueError: the state is no collage of this pack, or the sizes differ.
    """
    canvas.restore(state)
    width, height = canvas.size
    if dreamed.shape != (1, 3, height, width):
        raise ValueError(f"a picture of {tuple(dreamed.shape)} was not dreamed from a collage of {width} x {height}")
    dreamed = dreamed.to(canvas.background()).clamp(0, 1)
    sprites, places = canvas.sprites(), canvas.places().detach()
    hidden = [alpha(sprite, place, width, height) for sprite, place in zip(sprites, places, strict=True)]
    looks = tuple(
        _look(sprite, place, dreamed, hidden[index + 1 :])
        for index, (sprite, place) in enumerate(zip(sprites, places, strict=True))
    )
    bare = places.clone()
    bare[:, TINT] = 0
    return Cut(canvas.names, bare, looks, _ground(canvas.background(), dreamed, hidden))


def whole(picture: Tensor) -> Cut:
    """A picture (1, 3, H, W) of which nothing is cut out: it comes and goes as a background does, along a front."""
    return Cut((), picture.new_zeros(0, NUMBERS), (), picture.clamp(0, 1))


@torch.no_grad()
def between(a: Cut, b: Cut, t: float) -> Tensor:
    """The picture at `t`, 0 to 1, on the way of `studio.canvas.crossing`: (1, 3, H, W)."""
    t = min(max(t, _STEP), 1 - _STEP)
    height, width = a.ground.shape[-2:]
    crowd = crossing.cross(a.names, a.places.cpu(), b.names, b.places.cpu(), t)
    ground = torch.lerp(a.ground, b.ground, crossing.front(width, height, t).to(a.ground))
    sprites = [_both(a, i, b, j, t) for i, j in zip(crowd.a, crowd.b, strict=True)]
    return compose(ground, sprites, crowd.places.to(ground))


def _both(a: Cut, i: int | None, b: Cut, j: int | None, t: float) -> Sprite:
    if i is not None and j is not None:
        one, other = a.sprites[i].levels[0], b.sprites[j].levels[0]
        side = max(one.shape[-1], other.shape[-1])
        one, other = (resample(each[None], side, side)[0].clamp(0, 1) for each in (one, other))
        return sprite_of(torch.lerp(one, other, t))
    if i is not None:
        return a.sprites[i]
    assert j is not None, "a piece is in one of the collages"
    return b.sprites[j]


def _look(sprite: Sprite, place: Tensor, dreamed: Tensor, above: Sequence[Tensor]) -> Sprite:
    """A piece as it was dreamed, on its sprite's square; what is covered or beyond the edge stays as it was."""
    height, width = dreamed.shape[-2:]
    picture = sprite.levels[0]
    side = picture.shape[-1]
    line = (torch.arange(side, device=picture.device) + 0.5) * (2 / side) - 1
    v, u = torch.meshgrid(line, line, indexing="ij")
    half = place[SIZE].exp() * min(width, height) / 2
    cosine, sine = place[ANGLE].cos() * half, place[ANGLE].sin() * half
    x = 2 * place[X] - 1 + (cosine * u - sine * v) * (2 / width)
    y = 2 * place[Y] - 1 + (sine * u + cosine * v) * (2 / height)
    covered = torch.stack(list(above)).amax(0) if above else torch.zeros_like(dreamed[0, 0])
    seen = functional.grid_sample(
        torch.cat([dreamed[0], 1 - covered[None]])[None],
        torch.stack([x, y], -1)[None],
        padding_mode="zeros",
        align_corners=False,
    )[0]
    own = tinted(picture, sprite.light, place[RED : BLUE + 1], place[TINT])
    # a pixel of the picture within the outline; on it the dreamed picture is half ground, so the inside is spread there
    reach = 2 * max(1, round(side / float(2 * half))) + 1
    inside = (1 - functional.max_pool2d(1 - picture[None, 3:], reach, 1, reach // 2)[0]) * seen[3:]
    near = functional.avg_pool2d(torch.cat([seen[:3] * inside, inside])[None], 2 * reach + 1, 1, reach)[0]
    spread = near[:3] / near[3:].clamp_min(1e-6)
    rim = (seen[3:] - inside).clamp_min(0) * (near[3:] > 1e-3)
    rgb = own[:3] * (1 - inside - rim) + picture[3:] * (seen[:3] * inside + spread * rim)
    return sprite_of(torch.cat([rgb, picture[3:]]))


def _ground(drawn: Tensor, dreamed: Tensor, hidden: Sequence[Tensor]) -> Tensor:
    """The dreamed picture without the pieces: under them the drawn background, changed as it was around them."""
    if not hidden:
        return dreamed
    height, width = dreamed.shape[-2:]
    reach = 2 * max(1, round(_RIM * min(width, height))) + 1
    masked = functional.max_pool2d(torch.stack(list(hidden)).amax(0)[None, None], reach, 1, reach // 2)
    masked = functional.avg_pool2d(masked, 3, 1, 1, count_include_pad=False)
    change, free = (dreamed - drawn) * (1 - masked), 1 - masked
    columns, rows = (max(1, round(_FILL * edge / max(width, height))) for edge in (width, height))
    around, weight = (functional.adaptive_avg_pool2d(part, (rows, columns)) for part in (change, free))
    whole = around.mean((2, 3), keepdim=True) / weight.mean((2, 3), keepdim=True).clamp_min(1e-3)
    filled = (around + 0.05 * whole) / (weight + 0.05)
    return (drawn + change + masked * resample(filled, width, height)).clamp(0, 1)
