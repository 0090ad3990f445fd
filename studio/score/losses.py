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
