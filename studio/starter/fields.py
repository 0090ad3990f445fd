"""Drawings as fields, which a network learns sooner than pictures: distances to outlines, colours that go on beyond.

And first codes of drawings: their principal components, so that a decoder has something to decode from its first step.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.placement import FIELD_SIDE, REACH

_AT_ONCE = 128
_FAR = 1e4


def to_fields(drawings: Tensor) -> Tensor:
    """The fields that `studio.canvas.placement.cover` turns back into drawings.

    Where a drawing is half transparent throughout, the distance is not what `cover` would need.

    Args:
        drawings: (n, 4, s, s) uint8, red, green, blue premultiplied by alpha, and alpha.

    Returns:
        (n, 4, s, s) fp16: distance to the outline in units of `REACH`, -1 to 1; red, green, blue in -1 to 1.
    """
    parts = [_fields(drawings[at : at + _AT_ONCE].float() / 255) for at in range(0, len(drawings), _AT_ONCE)]
    return torch.cat(parts)


def _fields(drawings: Tensor) -> Tensor:
    alpha = drawings[:, 3]
    reach = max(1, round(REACH * drawings.shape[-1] / FIELD_SIDE))
    inside = alpha >= 0.5
    away = distance(~inside, reach) - distance(inside, reach)
    away = torch.where(inside, away - 0.5, away + 0.5)
    away = torch.where(away.abs() <= 0.75, alpha - 0.5, away)  # on the outline, alpha itself knows to a part of a pixel
    return torch.cat([(away[:, None] / reach).clamp(-1, 1), extended(drawings) * 2 - 1], 1).half()


def distance(goal: Tensor, reach: int) -> Tensor:
    """How far it is from each place to the nearest where `goal` (n, h, w) is true, in pixels, `reach` at most.

    One pass over columns and one over rows, as of Felzenszwalb and Huttenlocher 2012 ("Distance Transforms of Sampled
    Functions"), looking no farther than `reach`.
    """
    squares = torch.where(goal, 0.0, _FAR)
    for dim in (1, 2):
        found = squares.clone()
        size = squares.shape[dim]
        for step in range(1, min(reach, size - 1) + 1):
            here, there = found.narrow(dim, step, size - step), squares.narrow(dim, 0, size - step)
            here.copy_(torch.minimum(here, there + step**2))
            here, there = found.narrow(dim, 0, size - step), squares.narrow(dim, step, size - step)
            here.copy_(torch.minimum(here, there + step**2))
        squares = found
    return squares.sqrt().clamp(max=reach)


def extended(drawings: Tensor) -> Tensor:
    """Colours (n, 3, s, s) of premultiplied drawings (n, 4, s, s) that go on softly where there is nothing.

    By a pyramid of means that is filled from above (Gortler et al. 1996, "The Lumigraph", pull-push). `s` is a power of
    two.
    """
    levels = [drawings]
    while levels[-1].shape[-1] > 1:
        levels.append(functional.avg_pool2d(levels[-1], 2))
    colours = levels[-1][:, :3] / levels[-1][:, 3:].clamp_min(1e-3)
    for level in levels[-2::-1]:
        larger = functional.interpolate(colours, scale_factor=2, mode="bilinear")
        colours = level[:, :3] + larger * (1 - level[:, 3:])
    return colours.clamp(0, 1)


def map_codes(fields: Tensor, cells: int, channels: int) -> Tensor:
    """First maps of drawings: principal components of their parts, each of mean 0 and variance 1.

    Args:
        fields: (n, c, s, s).
        cells: parts each way.
        channels: components, from the strongest; those that the parts do not have are 0.

    Returns:
        (n, channels, cells, cells) fp32.
    """
    size = min(fields.shape[-1], 8 * cells)  # finer detail than 8 pixels a part is for the network to learn
    small = functional.adaptive_avg_pool2d(fields.float(), size)
    parts = functional.pixel_unshuffle(small, size // cells).movedim(1, -1)
    found: Tensor = _components(parts.flatten(0, 2), channels).view(*parts.shape[:3], -1)
    return found.movedim(-1, 1).contiguous()


def vector_codes(fields: Tensor, length: int) -> Tensor:
    """First vectors of drawings, (n, length) fp32: principal components of what they look like from afar."""
    small = functional.adaptive_avg_pool2d(fields.float(), min(8, fields.shape[-1]))
    return _components(small.flatten(1), length)


def _components(rows: Tensor, count: int) -> Tensor:
    rows = rows - rows.mean(0)
    variances, axes = torch.linalg.eigh(rows.T @ rows / len(rows))
    variances, axes = variances.flip(0)[:count], axes.flip(1)[:, :count]
    found = variances > 1e-6 * variances[0].clamp_min(1e-12)
    codes = rows @ axes * torch.where(found, variances.clamp_min(1e-12).rsqrt(), 0.0)
    return functional.pad(codes, (0, count - codes.shape[1]))
