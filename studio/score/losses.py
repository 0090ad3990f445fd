"""The formulas that dreaming lowers, on plain tensors."""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor

_TINY = 1e-12  # what lengths are at least, as `torch.nn.functional.normalize` has it


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
    return cast("Tensor", _Spherical.apply(a, b))


def angle(a: Tensor, b: Tensor) -> Tensor:
    """The angle between vectors (..., d), in radians, 0 to pi: (...). See `spherical_distance`."""
    return _between(*(torch.nn.functional.normalize(vector, dim=-1) for vector in (a, b)))


def _between(a: Tensor, b: Tensor) -> Tensor:
    """The angle between vectors of unit length."""
    return 2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1))


def total_variation(images: Tensor) -> Tensor:
    """How rough pictures are: the squared differences of neighbouring pixels, averaged over pixels and channels.

    The total variation of Mahendran and Vedaldi (2015, beta = 2), scaled as in Crowson's CLIP guided diffusion (2021).

    Args:
        images: (B, C, H, W).

    Returns:
        (B,), 0 for flat pictures, but for rounding.
    """
    return cast("Tensor", _Roughness.apply(images))


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    needs_input_grad: tuple[bool, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Spherical(torch.autograd.Function):
    """Half the squared angle, which falls fastest along the great circle from one to the other, by the angle."""

    @staticmethod
    def forward(ctx: _Context, a: Tensor, b: Tensor) -> Tensor:
        lengths = [vector.norm(dim=-1, keepdim=True).clamp_min(_TINY) for vector in (a, b)]
        one, two = (vector / length for vector, length in zip((a, b), lengths, strict=True))
        between = _between(one, two)
        ctx.save_for_backward(one, two, *lengths, between[..., None])
        return between.square() / 2

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        one, two, *lengths, between = ctx.saved_tensors
        pull = gradients[0][..., None] * between
        made: list[Tensor | None] = []
        for here, there, length, wanted in zip((one, two), (two, one), lengths, ctx.needs_input_grad, strict=True):
            if not wanted:
                made.append(None)
                continue
            along = torch.addcmul(there, here, between.cos(), value=-1)
            away = along * (-pull / along.norm(dim=-1, keepdim=True).clamp_min(_TINY))
            made.append((away / length).sum_to_size(here.shape))
        return tuple(made)


class _Roughness(torch.autograd.Function):
    """The squared differences add up to <x, Lx>, L being the Laplacian, and 2 Lx is their gradient: about half
    the time that differences of their own take."""

    @staticmethod
    def forward(ctx: _Context, images: Tensor) -> Tensor:
        # four times each pixel without its neighbours; an edge's missing one is the pixel itself
        laplacian = images * 4
        for dim in (-1, -2):
            last = images.shape[dim] - 1
            laplacian.narrow(dim, 0, last).sub_(images.narrow(dim, 1, last))
            laplacian.narrow(dim, 1, last).sub_(images.narrow(dim, 0, last))
            for edge in (0, last):
                laplacian.select(dim, edge).sub_(images.select(dim, edge))
        ctx.save_for_backward(laplacian)
        sums = [torch.dot(*both) for both in zip(laplacian.flatten(1), images.flatten(1), strict=True)]
        return torch.stack(sums) / images[0].numel()

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> Tensor:
        (laplacian,) = ctx.saved_tensors
        scale: Tensor = gradients[0] * (2 / laplacian[0].numel())
        made: Tensor = laplacian * scale[:, None, None, None]
        return made


def range_loss(images: Tensor) -> Tensor:
    """How far pictures leave the range 0 to 1 that a screen can show: the squared excess, averaged.

    As in Crowson's CLIP guided diffusion (2021), for pictures in 0 to 1 instead of -1 to 1.

    Args:
        images: (B, C, H, W).

    Returns:
        (B,), 0 for pictures within the range.
    """
    return cast("Tensor", _Excess.apply(images))


class _Excess(torch.autograd.Function):
    """The excess is its own gradient, but for a factor."""

    @staticmethod
    def forward(ctx: _Context, images: Tensor) -> Tensor:
        excess = images - images.clamp(0, 1)
        ctx.save_for_backward(excess)
        return excess.square().mean((1, 2, 3))

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> Tensor:
        (excess,) = ctx.saved_tensors
        scale: Tensor = gradients[0] * (2 / excess[0].numel())
        made: Tensor = excess * scale[:, None, None, None]
        return made


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


def off_palette(images: Tensor, palette: Tensor) -> Tensor:
    """How far colours are from the nearest of a palette: the distance in RGB, averaged over pixels.

    As in Pixray's palette loss (White 2021), on the whole picture instead of its cutouts.

    Args:
        images: (B, 3, H, W).
        palette: (n, 3), at least one colour.

    Returns:
        (B,), almost 0 where every pixel has a colour of the palette.
    """
    pixels = images.movedim(1, -1).flatten(1, 2)
    with torch.no_grad():
        nearest = torch.cdist(pixels, palette.expand(len(images), -1, -1)).argmin(-1)
    away = (pixels - palette[nearest]).square().sum(-1)
    return (away + 1e-8).sqrt().mean(1)  # the root of 0 has no gradient


def off_border(images: Tensor, colour: Tensor, share: float = 1 / 16) -> Tensor:
    """How far a border all the way round a picture is from a colour: the squared difference, averaged over the border.

    As in Pixray's edge loss (White 2021) without its global part, which draws the whole picture to the colour.

    Args:
        images: (B, 3, H, W).
        colour: (3,).
        share: of the shorter side that the border is wide, above 0, at most 1/2; it is a pixel wide at least.

    Returns:
        (B,), 0 where the border has the colour.
    """
    height, width = images.shape[-2:]
    wide = max(1, round(share * min(height, width)))
    inner = torch.zeros(height, width, dtype=torch.bool, device=images.device)
    inner[wide : height - wide, wide : width - wide] = True
    away = (images - colour[:, None, None]).square().mean(1)
    return away[:, ~inner].mean(1)


def incoherence(images: Tensor, tolerance: float = 0.05) -> Tensor:
    """How much neighbours of one lightness differ in colour: the squared difference of their chrominance, averaged.

    The premise of colourisation by optimisation (Levin, Lischinski and Weiss 2004, "Colorization Using Optimization",
    equation 1): neighbouring pixels of similar lightness have similar colours. Each pair of neighbours counts
    exp(-(difference in Y)**2 / (2 * tolerance**2)); chrominance is U and V. Lightness only says which pairs count, and
    gets no gradient: what is drawn stays, and its colours become areas.

    Args:
        images: (B, 3, H, W).
        tolerance: difference in lightness up to which neighbours belong together; greater than 0.

    Returns:
        (B,), 0 where colour changes only across edges.
    """
    yuv = torch.tensor(
        [[0.299, 0.587, 0.114], [-0.14713, -0.28886, 0.436], [0.615, -0.51499, -0.10001]],
        dtype=images.dtype,
        device=images.device,
    )
    lightness, *chrominance = torch.einsum("ij,bjhw->ibhw", yuv, images)
    total = torch.zeros(len(images), dtype=images.dtype, device=images.device)
    for axis in (-1, -2):
        alike = (-(lightness.detach().diff(dim=axis) ** 2) / (2 * tolerance**2)).exp()
        differing = sum(part.diff(dim=axis).square() for part in chrominance)
        total = total + (alike * differing).sum((-2, -1))
    return total / images[0, 0].numel()
