"""A drawing: strokes on paper, in units of the picture, so that it is sharp at any size."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from studio.canvas.camera import Camera
from studio.canvas.rasteriser import rasterise


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Strokes on paper, the lowest first.

    Attributes:
        points: (N, 3 S + 1, 2), ends and control points of S cubic curves end to end; x and y go from -1, the left or
            top edge of the picture, to 1.
        widths: (N,), natural logarithms of widths as shares of the shorter side.
        colours: (N, 4), red, green, blue and opacity, 0 to 1.
        paper: (3,), a colour.
    """

    points: Tensor
    widths: Tensor
    colours: Tensor
    paper: Tensor

    def __getitem__(self, which: Tensor) -> Drawing:
        """Some of the strokes, or all in another order, by their numbers or a mask."""
        return Drawing(self.points[which], self.widths[which], self.colours[which], self.paper)

    def over(self, lower: Drawing) -> Drawing:
        """These strokes on those of `lower`, and on its paper."""
        return Drawing(
            torch.cat([lower.points, self.points]),
            torch.cat([lower.widths, self.widths]),
            torch.cat([lower.colours, self.colours]),
            lower.paper,
        )


def parts(drawing: Drawing) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Its points, widths, colours and paper."""
    return drawing.points, drawing.widths, drawing.colours, drawing.paper


def in_pixels(drawing: Drawing, width: int, height: int) -> tuple[Tensor, Tensor]:
    """The points and the widths of strokes in pixels of a picture of that size."""
    half = torch.tensor([width / 2, height / 2]).to(drawing.points)
    return (drawing.points + 1) * half, drawing.widths.exp() * min(width, height)


def draw(drawing: Drawing, width: int, height: int) -> Tensor:
    """The picture, (1, 3, H, W), differentiable. Opacities beyond 0 to 1 count as 0 or 1."""
    colours = torch.cat([drawing.colours[:, :3], drawing.colours[:, 3:].clamp(0, 1)], 1)
    return rasterise(*in_pixels(drawing, width, height), colours, drawing.paper, (width, height))


def samples(points: Tensor, count: int) -> Tensor:
    """Places along strokes (N, 3 S + 1, 2): (N, S * count, 2), `count` on each curve, its ends among them."""
    t = torch.linspace(0, 1, count, dtype=points.dtype, device=points.device)
    basis = torch.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], 1)
    cubics = points.unfold(1, 4, 3)  # (N, S, 2, 4)
    return (cubics @ basis.T).transpose(2, 3).flatten(1, 2)


def moved(drawing: Drawing, camera: Camera, width: int, height: int) -> Drawing:
    """The drawing as `studio.canvas.camera.move` moves pictures of that size, with nothing beyond its edges."""
    half = torch.tensor([width / 2, height / 2]).to(drawing.points)
    centre = torch.tensor([camera.centre_x, camera.centre_y]).to(drawing.points) * 2 - 1
    pan = torch.tensor([camera.pan_x, camera.pan_y]).to(drawing.points) * 2
    angle = torch.tensor(camera.rotate, dtype=torch.float64).deg2rad()
    cosine, sine = float(angle.cos()), float(angle.sin())
    turn = torch.tensor([[cosine, sine], [-sine, cosine]]).to(drawing.points)  # rows times this turn clockwise
    points = ((drawing.points - centre) * half) @ turn * camera.zoom / half + centre - pan
    widths = drawing.widths + float(torch.tensor(camera.zoom, dtype=torch.float64).log())
    return Drawing(points, widths, drawing.colours, drawing.paper)
