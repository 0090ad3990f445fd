"""Many views of a picture at once: one pyramid of smaller copies and one look-up, differentiable and antialiased.

A view is a homography: a 3x3 matrix from the view's square to the picture, both with corners at -1 and 1. Where a
view's pixels are farther apart than the picture's, they are read from a smaller copy (Williams 1983, "Pyramidal
Parametrics"), so that nothing between them is skipped: fine patterns average out, and every pixel of the picture gets
its part of the gradient.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

STEPS_PER_OCTAVE = 2
"""Copies are smaller by the square root of 2 each: the one that is read is at most 19 % too fine or too coarse."""

_TILE = 28
"""Pixels of a view, about, that are read from one copy, though perspective has some a little nearer than others."""

_NEAR = 2.9
"""So near, what lies beyond an end is reflected once at most (and a little for rounding)."""


def view(images: Tensor, homographies: Tensor, size: int) -> Tensor:
    """Look at pictures through homographies; beyond their borders pictures go on as their own reflection.

    Args:
        images: (B, C, H, W), fp32 or fp64.
        homographies: (B * n, 3, 3) on the CPU, n for each picture in turn. The last element of each is 1, and the
            magnitudes of the two before it add up to less than 1: the horizon is out of sight.
        size: the side S of a view in pixels.

    Returns:
        (B * n, C, S, S), in the order of the homographies.
    """
    batch, _, height, width = images.shape
    if homographies.shape[1:] != (3, 3) or len(homographies) % batch:
        raise ValueError(f"{tuple(homographies.shape)} are no homographies for {batch} pictures")
    tilt = homographies[:, 2, :2].abs().sum(-1)
    if not bool((tilt < 1).all()):
        raise ValueError("a view is tilted past the horizon")
    # Picture pixels to one pixel of the view, at its centre; elsewhere perspective divides it by w ** 1.5, since the
    # determinant of a homography's derivative is its own determinant divided by w cubed.
    spacing = (_determinants(homographies).abs() * height * width).sqrt() / size
    coarsest = int(STEPS_PER_OCTAVE * math.log2(min(height, width)))
    first = int(_level(spacing / (1 + tilt) ** 1.5).min().clamp(0, coarsest))
    last = int(_level(spacing / (1 - tilt) ** 1.5).max().clamp(first, coarsest))
    atlas, copies = _atlas(images, first, last)
    with torch.no_grad():
        grid = _grid(homographies, _levels(homographies, spacing, size, first, last), copies, size, atlas)
    views = look_up(atlas, grid.view(batch, -1, size, 2)).reshape(batch, images.shape[1], -1, size, size)
    return views.transpose(1, 2).flatten(0, 1)


def look_up(atlas: Tensor, grid: Tensor) -> Tensor:
    """Read (B, C, H, W) between its pixels: (B, C, h, w) for places (B, h, w, 2), x and y from edge to edge -1 to 1.

    By `grid_sample`, or by `gather_bilinear` where its gradient is missing (MPS) or adds up in any order (CUDA) though
    deterministic algorithms are asked for.
    """
    if atlas.device.type == "cpu" or (atlas.is_cuda and not torch.are_deterministic_algorithms_enabled()):
        return functional.grid_sample(atlas, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return gather_bilinear(atlas, grid)


def gather_bilinear(atlas: Tensor, grid: Tensor) -> Tensor:
    """`look_up` by `torch.gather`, whose gradient is deterministic where PyTorch is asked for that. Slower."""
    channels, height, width = atlas.shape[1:]
    x, y = (grid + 1).mul_(grid.new_tensor([width / 2, height / 2])).sub_(0.5).unbind(-1)
    left, top = x.floor().clamp(0, width - 1), y.floor().clamp(0, height - 1)
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    across, down = (x - left).unsqueeze(1), (y - top).unsqueeze(1)

    def read(column: Tensor, row: Tensor) -> Tensor:
        index = (row * width + column).long().flatten(1).unsqueeze(1).expand(-1, channels, -1)
        return atlas.flatten(2).gather(2, index).reshape(-1, channels, *x.shape[1:])

    above = torch.lerp(read(left, top), read(right, top), across)
    below = torch.lerp(read(left, bottom), read(right, bottom), across)
    return torch.lerp(above, below, down)


def shrink(images: Tensor, *sizes: tuple[int, int]) -> list[Tensor]:
    """Pictures (B, C, H, W) at smaller sizes (height, width), antialiased with a triangle as wide as two new pixels.

    Matrix products, the rows of all sizes in one: unlike `interpolate`, the gradient is the same in every run on every
    device.
    """
    height, width = images.shape[-2:]
    like = images.dtype, images.device
    rows = [_shrinking(height, new, *like) for new, _ in sizes]
    flat = (torch.cat(rows) if len(rows) > 1 else rows[0]) @ images
    parts = torch.split(flat, [new for new, _ in sizes], dim=-2)
    return [part @ _shrinking(width, new, *like).T for part, (_, new) in zip(parts, sizes, strict=True)]


class _Copy(NamedTuple):
    """One copy in an atlas: the row where it begins, and its size in pixels."""

    top: int
    height: int
    width: int


@lru_cache(maxsize=256)
def _shrinking(old: int, new: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """`_triangle`, kept: a dream asks for the same few at every step."""
    return _triangle(old, new).to(dtype).to(device)  # in this order, since not every device knows fp64


def _triangle(old: int, new: int) -> Tensor:
    """The (new, old) matrix that shrinks a line of `old` samples to `new`."""
    scale = old / new
    centres = (torch.arange(new, dtype=torch.float64) + 0.5) * scale - 0.5
    weights = (1 - (torch.arange(old, dtype=torch.float64) - centres[:, None]).abs() / scale).clamp(min=0)
    return weights / weights.sum(1, keepdim=True)


@lru_cache(maxsize=16)
def _corners(size: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The middles of a view's pixels, row by row: (3, S * S), the third number being 1."""
    ticks = (torch.arange(size, dtype=torch.float64) * 2 + 1) / size - 1
    x, y = torch.meshgrid(ticks, ticks, indexing="xy")
    return torch.stack([x, y, torch.ones_like(x)]).flatten(1).to(dtype).to(device)


def _determinants(homographies: Tensor) -> Tensor:
    """Those of matrices (n, 3, 3), as their rows' triple products: (n,)."""
    first, second, third = homographies.unbind(1)
    products: Tensor = torch.linalg.cross(first, second) * third
    return products.sum(-1)


def _level(spacing: Tensor) -> Tensor:
    return (STEPS_PER_OCTAVE * spacing.log2()).round()


def _atlas(images: Tensor, first: int, last: int) -> tuple[Tensor, list[_Copy]]:
    """Copies `first` to `last` of pictures, one under the other, (B, C, h, w), and where each of them lies."""
    height, width = images.shape[-2:]
    factors = [2.0 ** (-level / STEPS_PER_OCTAVE) for level in range(first, last + 1)]
    sizes = [(max(1, round(height * factor)), max(1, round(width * factor))) for factor in factors]
    smaller = sizes if first else sizes[1:]
    parts = [*([] if first else [images]), *(shrink(images, *smaller) if smaller else [])]
    tops = [0, *accumulate(h for h, _ in sizes)]
    widest = sizes[0][1]
    padded = [functional.pad(part, (0, widest - part.shape[-1])) if part.shape[-1] < widest else part for part in parts]
    copies = [_Copy(top, h, w) for top, (h, w) in zip(tops, sizes, strict=False)]
    return torch.cat(padded, dim=2) if len(padded) > 1 else padded[0], copies


def _levels(homographies: Tensor, spacing: Tensor, size: int, first: int, last: int) -> Tensor:
    """Which copy each tile of each view is read from, (n, k, k), 0 for the level `first`: as its middle would be."""
    tiles = _tiles(size) if last > first else 1
    w = (homographies[:, 2:] @ _corners(tiles, homographies.dtype, homographies.device)).view(-1, tiles, tiles)
    return _level(spacing[:, None, None] / w**1.5).long().clamp_(first, last).sub_(first)


def _tiles(size: int) -> int:
    """Tiles of about `_TILE` pixels along a view's side, of equal size."""
    return next(count for count in range(max(1, size // _TILE), 0, -1) if size % count == 0)


def _grid(homographies: Tensor, levels: Tensor, copies: list[_Copy], size: int, atlas: Tensor) -> Tensor:
    """Where in the atlas each pixel of each view lies, (n, S, S, 2), as `look_up` takes it.

    Args:
        homographies: (n, 3, 3).
        levels: (n, k, k), which of the copies each tile is read from.
        copies: where they lie.
        size: S.
        atlas: (B, C, h, w), in whose precision and on whose device the places are.
    """
    dtype, device = atlas.dtype, atlas.device
    height, width = atlas.shape[-2:]
    # the first two rows plus the third: places come as 0 ... 2 instead of -1 ... 1
    moved = homographies + torch.cat([homographies[:, 2:].expand(-1, 2, -1), torch.zeros_like(homographies[:, 2:])], 1)
    points = moved.to(dtype).to(device) @ _corners(size, dtype, device)
    place, mirrored = _folded(points[:, :2].div_(points[:, 2:]), _reach(homographies))
    lines = torch.tensor(
        [[(0, each.width, width), (each.top, each.height, height)] for each in copies], dtype=torch.float64
    )
    begin, length, whole = lines.unbind(-1)
    # a pixel's middle lies half of it from its edge; beyond the outermost middles nothing is mixed in
    table = torch.stack(
        [
            (begin + length * mirrored) * 2 / whole - 1,
            length * (1 - 2 * mirrored) / whole,
            (begin + 0.5) * 2 / whole - 1,
            (begin + length - 0.5) * 2 / whole - 1,
        ]
    )
    count, tiles = len(levels), levels.shape[-1]
    tile = size // tiles
    start, slope, least, most = (
        each[levels].movedim(-1, 1)[:, :, :, None, :, None] for each in table.to(dtype).to(device)
    )
    grid = place.new_empty(count, tiles, tile, tiles, tile, 2)
    place = place.view(count, 2, tiles, tile, tiles, tile)
    torch.clamp(torch.addcmul(start, place, slope, out=place), least, most, out=grid.movedim(-1, 1))
    return grid.view(count, size, size, 2)


def _reach(homographies: Tensor) -> float:
    """How far from the picture's middle the views reach: where their corners lie, at most."""
    corners = torch.tensor([[-1.0, 1, -1, 1], [-1, -1, 1, 1], [1, 1, 1, 1]], dtype=homographies.dtype)
    points = homographies @ corners
    return float((points[:, :2] / points[:, 2:]).abs().max())


def _folded(place: Tensor, reach: float) -> tuple[Tensor, int]:
    """Places from 0 ... 2, reflected at both ends, and 1; `reach` bounds how far from 1 they are. Overwritten.

    Where nothing reaches beyond the ends places are left alone, and the second is 0; otherwise 2 ... 0 comes out.
    """
    if reach <= 1:
        return place, 0
    place = place.abs_() if reach <= _NEAR else place.remainder_(4)
    return place.sub_(2).abs_(), 1
