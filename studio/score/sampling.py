"""Many views of a picture at once: one pyramid of smaller copies and one look-up, differentiable and antialiased.

A view is a homography: a 3x3 matrix from the view's square to the picture, both with corners at -1 and 1. Where a
view's pixels are farther apart than the picture's, they are read from a smaller copy (Williams 1983, "Pyramidal
Parametrics"), so that nothing between them is skipped: fine patterns average out, and every pixel of the picture gets
its part of the gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STEPS_PER_OCTAVE = 2
"""Copies are smaller by the square root of 2 each: the one that is read is at most 19 % too fine or too coarse."""


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
    spacing = (torch.linalg.det(homographies).abs() * height * width).sqrt() / size
    coarsest = int(STEPS_PER_OCTAVE * torch.tensor(min(height, width)).log2())
    first = int(_level(spacing / (1 + tilt) ** 1.5).min().clamp(0, coarsest))
    last = int(_level(spacing / (1 - tilt) ** 1.5).max().clamp(first, coarsest))
    atlas, sizes = _atlas(images, first, last)
    with torch.no_grad():
        x, y = _places(*(_beside(part, images) for part in (homographies, spacing, sizes)), size=size, first=first)
        x, y = (part.reshape(batch, -1, size) for part in (x, y))
    views = look_up(atlas, x, y).reshape(batch, images.shape[1], -1, size, size)
    return views.transpose(1, 2).flatten(0, 1)


def look_up(atlas: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Read (B, C, H, W) between its pixels: (B, C, h, w) for places x, y (B, h, w) in pixels, 0 for the first's centre.

    By `grid_sample`, or by `gather_bilinear` where its gradient is missing (MPS) or adds up in any order (CUDA) though
    deterministic algorithms are asked for.
    """
    if atlas.device.type == "cpu" or (atlas.is_cuda and not torch.are_deterministic_algorithms_enabled()):
        height, width = atlas.shape[-2:]
        grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=-1)
        return functional.grid_sample(atlas, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return gather_bilinear(atlas, x, y)


def gather_bilinear(atlas: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """`look_up` by `torch.gather`, whose gradient is deterministic where PyTorch is asked for that. Slower."""
    channels, height, width = atlas.shape[1:]
    left, top = x.floor().clamp(0, width - 1), y.floor().clamp(0, height - 1)
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    across, down = (x - left).unsqueeze(1), (y - top).unsqueeze(1)

    def read(column: Tensor, row: Tensor) -> Tensor:
        index = (row * width + column).long().flatten(1).unsqueeze(1).expand(-1, channels, -1)
        return atlas.flatten(2).gather(2, index).reshape(-1, channels, *x.shape[1:])

    above = torch.lerp(read(left, top), read(right, top), across)
    below = torch.lerp(read(left, bottom), read(right, bottom), across)
    return torch.lerp(above, below, down)


def shrink(images: Tensor, height: int, width: int) -> Tensor:
    """Pictures (B, C, H, W) at a smaller size (height, width), antialiased with a triangle as wide as two new pixels.

    Two matrix products: unlike `interpolate`, the gradient is the same in every run on every device.
    """
    rows, columns = (
        _beside(_triangle(old, new), images) for old, new in zip(images.shape[-2:], (height, width), strict=True)
    )
    return rows @ images @ columns.T


def _triangle(old: int, new: int) -> Tensor:
    """The (new, old) matrix that shrinks a line of `old` samples to `new`."""
    scale = old / new
    centres = (torch.arange(new, dtype=torch.float64) + 0.5) * scale - 0.5
    weights = (1 - (torch.arange(old, dtype=torch.float64) - centres[:, None]).abs() / scale).clamp(min=0)
    return weights / weights.sum(1, keepdim=True)


def _beside(tensor: Tensor, images: Tensor) -> Tensor:
    return tensor.to(images.dtype).to(images.device)  # in this order, since not every device knows fp64


def _level(spacing: Tensor) -> Tensor:
    return (STEPS_PER_OCTAVE * spacing.log2()).round()


def _atlas(images: Tensor, first: int, last: int) -> tuple[Tensor, Tensor]:
    """Copies `first` to `last` one under the other, (B, C, h, w), and the (top, height, width) of each, (levels, 3)."""
    height, width = images.shape[-2:]
    copies: list[Tensor] = []
    sizes: list[tuple[int, int, int]] = []
    top = 0
    for level in range(first, last + 1):
        factor = 2.0 ** (-level / STEPS_PER_OCTAVE)
        h, w = max(1, round(height * factor)), max(1, round(width * factor))
        copy = shrink(images, h, w) if level else images
        copies.append(functional.pad(copy, (0, sizes[0][2] - w)) if sizes else copy)
        sizes.append((top, h, w))
        top += h
    return torch.cat(copies, dim=2), torch.tensor(sizes)


def _places(homographies: Tensor, spacing: Tensor, sizes: Tensor, *, size: int, first: int) -> tuple[Tensor, Tensor]:
    """Where in the atlas each pixel of each view lies: x and y, (n, S, S), in pixels."""
    ticks = (torch.arange(size, dtype=spacing.dtype, device=spacing.device) * 2 + 1) / size - 1
    corners = torch.stack(torch.meshgrid(ticks, ticks, indexing="xy"), dim=-1).flatten(0, 1)
    points = homographies[:, :, :2] @ corners.T + homographies[:, :, 2:]
    x, y, w = points.reshape(-1, 3, size, size).unbind(1)
    level = (_level(spacing[:, None, None] / w**1.5) - first).clamp(0, len(sizes) - 1).long()
    top, height, width = sizes[level].unbind(-1)
    return _pixel(x / w, width), top + _pixel(y / w, height)


def _pixel(place: Tensor, length: Tensor) -> Tensor:
    """From -1 ... 1, reflected at both ends, to pixels 0 ... length - 1 of a line."""
    folded = 1 - (torch.remainder(place + 1, 4) - 2).abs()
    return torch.minimum(((folded + 1) * length / 2 - 0.5).clamp(min=0), length - 1)
