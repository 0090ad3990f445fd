"""The formulas that dreaming lowers, on plain tensors."""

from __future__ import annotations

import torch
from torch import Tensor


def spherical_distance(a: Tensor, b: Tensor) -> Tensor:
    """Half the squared angle between vectors: 0 where they agree, pi**2 / 2 where they are opposite.

    2 * asin(|a - b| / 2) ** 2 for unit vectors, as in Katherine Crowson's VQGAN+CLIP notebook (2021). The angle is
    computed as 2 * atan2(|a - b|, |a + b|) (Kahan 2006, "How Futile are Mindless Assessments of Roundoff"): the same,
    but its gradient stays finite for opposite vectors, and rounding cannot push it out of the domain of asin.

    Args:
        a: (..., d), of any length but 0.
        b: (..., d), broadcast against `a`.

    Returns:
        (...), radians squared.
    """
    return angle(a, b).square() / 2


def angle(a: Tensor, b: Tensor) -> Tensor:
    """The angle between vectors (..., d), in radians, 0 to pi: (...). See `spherical_distance`."""
    a, b = (torch.nn.functional.normalize(vector, dim=-1) for vector in (a, b))
    return 2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1))


def total_variation(images: Tensor) -> Tensor:
    """How rough pictures are: the squared differences of neighbouring pixels, averaged over pixels and channels.

    The total variation of Mahendran and Vedaldi (2015, beta = 2), scaled as in Crowson's CLIP guided diffusion (2021).

    Args:
        images: (B, C, H, W).

    Returns:
        (B,), 0 for flat pictures.
    """
    across, down = images.diff(dim=-1).square(), images.diff(dim=-2).square()
    return (across.sum((1, 2, 3)) + down.sum((1, 2, 3))) / images[0].numel()


def range_loss(images: Tensor) -> Tensor:
    """How far pictures leave the range 0 to 1 that a screen can show: the squared excess, averaged.

    As in Crowson's CLIP guided diffusion (2021), for pictures in 0 to 1 instead of -1 to 1.

    Args:
        images: (B, C, H, W).

    Returns:
        (B,), 0 for pictures within the range.
    """
    return (images - images.clamp(0, 1)).square().mean((1, 2, 3))


def saturation(images: Tensor) -> Tensor:
    """How colourful pictures are: the standard deviation of a pixel's three channels, averaged over pixels.

    As in Pixray's saturation loss (Dixon 2021).

    Args:
        images: (B, 3, H, W).

    Returns:
        (B,), 0 for grey pictures, at most about 0.47 for values in 0 to 1.
    """
    spread = (images - images.mean(1, keepdim=True)).square().mean(1)
    return (spread + 1e-8).sqrt().mean((1, 2))  # the root of 0 has no gradient


def asymmetry(images: Tensor) -> Tensor:
    """How much the right half differs from the left one mirrored: the squared difference, averaged.

    As in Pixray's symmetry loss (Dixon 2021).

    Args:
        images: (B, C, H, W).

    Returns:
        (B,), 0 for pictures that are their own mirror images.
    """
    return (images - images.flip(-1)).square().mean((1, 2, 3))


def departure(images: Tensor, anchor: Tensor) -> Tensor:
    """How far pictures have gone from another: the squared difference, averaged.

    The `init_weight` of VQGAN-CLIP notebooks (Crowson 2021), on pixels so that it means the same in every medium.

    Args:
        images: (B, C, H, W).
        anchor: (1, C, h, w), resampled where the size is another.

    Returns:
        (B,), 0 where they are the same.
    """
    size = (images.shape[-2], images.shape[-1])
    if anchor.shape[-2:] != size:
        anchor = torch.nn.functional.interpolate(anchor, size, mode="bilinear", antialias=True)
    return (images - anchor).square().mean((1, 2, 3))
