"""The 2D camera of the motion mode "follow": the next frame starts from the last one, zoomed, turned and panned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from studio.base.errors import InputError
from studio.canvas import resample

Border = Literal["reflect", "wrap"]

_MARGIN = 2  # pixels that a bicubic kernel reaches beyond the sample it starts from


@dataclass(frozen=True, slots=True)
class Camera:
    """How the picture moves from one frame to the next: turned and zoomed about a centre, then panned.

    Attributes:
        zoom: how many times larger things get; above 1 magnifies, below 1 shows more around.
        pan_x: how far the camera goes to the right, as a share of the width; the picture slides left.
        pan_y: how far the camera goes down, as a share of the height; the picture slides up.
        rotate: how far the picture turns clockwise, in degrees.
        centre_x: what stays in place, as a share of the width from the left.
        centre_y: what stays in place, as a share of the height from the top.
        border: what is beyond the edges: the picture mirrored ("reflect") or repeated ("wrap").

    Raises:
        InputError: a number is not finite, the zoom is not positive, or the border is unknown.
    """

    zoom: float = 1.0
    pan_x: float = 0.0
    pan_y: float = 0.0
    rotate: float = 0.0
    centre_x: float = 0.5
    centre_y: float = 0.5
    border: Border = "reflect"

    def __post_init__(self) -> None:
        for name in ("zoom", "pan_x", "pan_y", "rotate", "centre_x", "centre_y"):
            if not math.isfinite(getattr(self, name)):
                raise InputError(
                    f"The camera cannot move by {name} = {getattr(self, name)}", "", f"Give {name} a number"
                )
        if self.zoom <= 0:
            raise InputError(
                f"The camera cannot zoom by {self.zoom:g}",
                "A zoom is a factor, and has to be above 0; easing that overshoots can carry it below",
                "Use 1 for no zoom, 2 to magnify twofold, 0.5 to show twice as much",
            )
        if self.border not in ("reflect", "wrap"):
            raise InputError(f"There is no border {self.border!r}", "", 'Use "reflect" or "wrap"')

    @property
    def still(self) -> bool:
        """Whether nothing moves."""
        return self.zoom == 1 and self.pan_x == 0 and self.pan_y == 0 and self.rotate == 0


@torch.no_grad()
def move(images: Tensor, camera: Camera) -> Tensor:
    """Pictures (B, C, H, W) as the camera sees them next; same size, none beyond the range of its own values before.

    One bicubic `grid_sample`. Rotation keeps shapes whatever the proportions. When the zoom is below 1 the picture is
    first freed of detail that the smaller copy could not show. A camera that is still gives `images` itself.
    """
    if camera.still:
        return images
    home = images.device
    moved = images.cpu() if home.type == "mps" else images  # Metal has no bicubic grid_sample
    height, width = moved.shape[-2:]
    if camera.zoom < 1:
        # at a zoom of 1 this would be the identity, so a zoom that comes to rest does not jump
        rows, columns = (
            resample.matrix(side, side, shrink=1 / camera.zoom, border=camera.border).to(moved)
            for side in (height, width)
        )
        moved = resample.apply(rows, moved, columns)
    x, y = _sources(width, height, camera)
    if camera.border == "wrap":
        # grid_sample cannot wrap: fold the positions into the picture, and give the kernel real neighbours at the seam
        x, y = _fold(x, width), _fold(y, height)
        across = torch.arange(-_MARGIN, width + _MARGIN) % width
        down = torch.arange(-_MARGIN, height + _MARGIN) % height
        moved = moved[:, :, down.to(moved.device)][..., across.to(moved.device)]
        x, y = x + _MARGIN, y + _MARGIN
    height, width = moved.shape[-2:]
    grid = torch.stack([2 * x / width - 1, 2 * y / height - 1], dim=-1).to(moved)
    grid = grid.expand(moved.shape[0], -1, -1, -1)
    moved = functional.grid_sample(moved, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
    moved = moved.to(home)
    return moved.clamp(images.amin((1, 2, 3), keepdim=True), images.amax((1, 2, 3), keepdim=True))


def _sources(width: int, height: int, camera: Camera) -> tuple[Tensor, Tensor]:
    """Where each pixel comes from: x and y, (H, W), in pixels from the left and top edge; centres are at halves."""
    centre_x, centre_y = camera.centre_x * width, camera.centre_y * height
    x = (torch.arange(width, dtype=torch.float64) + 0.5 - centre_x + camera.pan_x * width) / camera.zoom
    y = (torch.arange(height, dtype=torch.float64) + 0.5 - centre_y + camera.pan_y * height)[:, None] / camera.zoom
    angle = math.radians(camera.rotate)
    # On the screen y points down, so turning things clockwise by the angle is this rotation's inverse
    return (
        (centre_x + math.cos(angle) * x) + math.sin(angle) * y,
        (centre_y - math.sin(angle) * x) + math.cos(angle) * y,
    )


def _fold(position: Tensor, side: int) -> Tensor:
    return position - torch.floor(position / side) * side
