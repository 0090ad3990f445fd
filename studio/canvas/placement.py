"""Putting a drawn thing before a background, differentiably: its colour, its outline, its place.

A thing is drawn as fields (Green 2007, "Improved Alpha-Tested Magnification for Vector Textures"): the distance to its
outline, and colours that go on beyond it. Its outline is sharp at any size, and between the fields of two things lies
a thing with an outline of its own, where between two pictures lies a double exposure.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.camera import Camera
from studio.canvas.resample import resample

REACH = 12
"""Up to how many pixels of 128 a field knows the distance to the outline: its values -1 and 1."""

FIELD_SIDE = 128
"""Pixels that `REACH` is measured in, each way."""

SMALLEST, LARGEST = 0.3, 1.05
"""Sizes that a thing can have, in shorter sides of the picture."""

PLACE = 5
"""Numbers that say where a thing goes, see `place`."""

TINT = 4
"""Numbers that say how it is dyed, see `tinted`."""

_LEVELS = 4
_LIGHT = (0.299, 0.587, 0.114)


def cover(fields: Tensor) -> Tensor:
    """A thing's picture, (n, 4, s, s): red, green, blue multiplied by alpha, and alpha.

    Args:
        fields: (n, 4, s, s): the distance to the outline, positive inside, in `REACH`; then red, green, blue in -1..1.
    """
    steepness = 4 * REACH * fields.shape[-1] / FIELD_SIDE  # so that an edge is a pixel wide
    alpha = torch.sigmoid(steepness * fields[:, :1])
    return torch.cat([(fields[:, 1:] * 0.5 + 0.5) * alpha, alpha], 1)


def dye(things: Tensor, amount: Tensor, colour: Tensor) -> Tensor:
    """Things in shades of a colour, by the formula of `studio.scenery.colours.dye`.

    Args:
        things: (n, 4, s, s), as `cover` gives them.
        amount: (n,) from 0, as they are, to 1, dyed.
        colour: (n, 3) in 0..1.
    """
    alpha = things[:, 3:]
    light = (things[:, :3] * things.new_tensor(_LIGHT).view(1, 3, 1, 1)).sum(1, keepdim=True)
    mean = light.sum((2, 3), keepdim=True) / alpha.sum((2, 3), keepdim=True).clamp_min(1e-3)
    relative = (1 + 1.1 * (light / alpha.clamp_min(1e-3) - mean)).clamp(0.25, 1.9)
    target = colour[:, :, None, None]
    dark, bright = target * relative, target + (1 - target) * (relative - 1) * 0.8
    dyed = torch.where(relative <= 1, dark, bright).clamp(0, 1) * alpha
    return torch.cat([torch.lerp(things[:, :3], dyed, amount[:, None, None, None]), alpha], 1)


def tinted(things: Tensor, noise: Tensor) -> Tensor:
    """Things dyed by standard normal noise (n, 4): how much, most often hardly at all, and red, green, blue."""
    return dye(things, torch.sigmoid(4 * (noise[:, 0] - 1)), torch.sigmoid(1.702 * noise[:, 1:]))


def untint(amount: float, colour: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """The noise that `tinted` turns into this amount and colour, as nearly as it can."""
    red, green, blue = (_logit(value) / 1.702 for value in colour)
    return 1 + _logit(amount) / 4, red, green, blue


def place(noise: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Where a thing goes, from standard normal noise (n, 5): x and y of its middle, size, angle, opacity, each (n,).

    x and y are shares of what room its size leaves, -1..1; sizes are in shorter sides, spread evenly on a log scale;
    angles are in radians; opacity is 0 to 1, and nearly always 1.
    """
    even = 2 * torch.sigmoid(1.702 * noise[:, :3]) - 1  # nearly the normal distribution's own, so nearly uniform
    ratio = LARGEST / SMALLEST
    size = SMALLEST * torch.exp(math.log(ratio) * (0.5 + 0.5 * even[:, 2]))
    opacity = torch.sigmoid(12 * (noise[:, 4] + 1.5))
    return even[:, 0], even[:, 1], size, noise[:, 3] * math.radians(8), opacity


def moved(noise: Tensor, camera: Camera, width: int, height: int) -> Tensor:
    """The noise (1, 5) that places a thing where the camera takes it, as nearly as it can; a still camera leaves it.

    A thing stays within the picture and its sizes, and turns by twice the noise's deviation at most; borders are none.

    Args:
        noise: see `place`.
        camera: how the picture moves.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
    """
    if camera.still:
        return noise
    x, y, size, angle, _ = (float(value) for value in place(noise))
    shorter = min(width, height)
    across, down = width / shorter, height / shorter
    turn = math.radians(camera.rotate)
    room_x, room_y = _room(size, across), _room(size, down)
    # in shorter sides from the camera's centre
    u = x * room_x - (camera.centre_x - 0.5) * across
    v = y * room_y - (camera.centre_y - 0.5) * down
    u, v = (
        camera.zoom * (math.cos(turn) * u - math.sin(turn) * v) + (camera.centre_x - 0.5 - camera.pan_x) * across,
        camera.zoom * (math.sin(turn) * u + math.cos(turn) * v) + (camera.centre_y - 0.5 - camera.pan_y) * down,
    )
    size = min(LARGEST, max(SMALLEST, size * camera.zoom))
    room_x, room_y = _room(size, across), _room(size, down)
    x, y = u / room_x if room_x else 0.0, v / room_y if room_y else 0.0
    numbers = unplace(min(1.0, max(-1.0, x)), min(1.0, max(-1.0, y)), size, angle=angle + turn)
    return torch.cat([noise.new_tensor([numbers[:4]]), noise[:, 4:]], 1)


def _room(size: float, side: float) -> float:
    """How far a thing's middle may be from the picture's, which is so many shorter sides wide."""
    return max(0.0, 0.55 - size / 2) + (side - 1) / 2


def unplace(
    x: float, y: float, size: float, *, shown: bool = True, angle: float = 0.0
) -> tuple[float, float, float, float, float]:
    """The noise that `place` turns into these, as nearly as it can; `shown` is whether there is a thing at all."""
    share = math.log(max(size, 1e-6) / SMALLEST) / math.log(LARGEST / SMALLEST)
    across, down, large = (_logit(even) / 1.702 for even in ((x + 1) / 2, (y + 1) / 2, share))
    return across, down, large, angle / math.radians(8), 0.0 if shown else -2.0


def _logit(share: float) -> float:
    share = min(0.97, max(0.03, share))  # within twice the deviation of the noise
    return math.log(share / (1 - share))


def composite(things: Tensor, backgrounds: Tensor, noise: Tensor, width: int, height: int) -> Tensor:
    """Things before backgrounds: pictures (n, 3, height, width) in 0 to 1.

    Things are read from the two of several smaller copies that fit their size (Williams 1983, "Pyramidal
    Parametrics"), so that nothing of them is skipped. On CUDA, the gradient of this adds up in any order.

    Args:
        things: (n, 4, s, s), as `cover` gives them.
        backgrounds: (n, 3, h, w).
        noise: (n, 5), see `place`.
        width: of the pictures, in pixels.
        height: of the pictures, in pixels.
    """
    picture = resample(backgrounds, width, height).clamp(0, 1)
    shorter = min(width, height)
    x, y, size, angle, opacity = place(noise)
    room = (0.55 - size / 2).clamp_min(0)
    across, down = width / shorter, height / shorter
    middle_x, middle_y = x * (room + (across - 1) / 2), y * (room + (down - 1) / 2)
    # from the picture's pixels, in shorter sides from its middle, to the thing's square from -1 to 1
    v, u = torch.meshgrid(
        *((torch.arange(n, device=things.device, dtype=things.dtype) + 0.5 - n / 2) / shorter for n in (height, width)),
        indexing="ij",
    )
    u, v = u - middle_x[:, None, None], v - middle_y[:, None, None]
    cosine, sine = angle.cos()[:, None, None], angle.sin()[:, None, None]
    scale = (size / 2)[:, None, None]
    grid = torch.stack([(cosine * u + sine * v) / scale, (cosine * v - sine * u) / scale], -1)
    detail = (things.shape[-1] / (size * shorter)).log2().clamp(0, _LEVELS - 1)  # how much finer things are
    layer = picture.new_zeros(())
    copy = things
    for level in range(_LEVELS):
        share = (1 - (detail - level).abs()).clamp_min(0)
        if bool((share > 0).any()):
            seen = functional.grid_sample(copy, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
            layer = layer + share[:, None, None, None] * seen
        if copy.shape[-1] > 1 and level + 1 < _LEVELS:
            copy = functional.avg_pool2d(copy, 2)
    layer = layer * opacity[:, None, None, None]
    return picture * (1 - layer[:, 3:]) + layer[:, :3]


def enlarged(fields: Tensor, side: int) -> Tensor:
    """Fields (n, 4, s, s) at a side that is at least as large; the same side gives them back."""
    return resample(fields, side, side) if side > fields.shape[-1] else fields
