"""The stroke canvas: coloured Bezier strokes on paper, as in CLIPDraw (Frans, Soros and Witkowski 2021).

A stroke is a chain of cubic curves with a width, a colour and an opacity. Its places are in units of the picture's, so
the same drawing is sharp at every size; `studio.canvas.stroke_svg` writes it as a drawing for other programs.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from studio.canvas.base import State, blend_end, check_picture, check_size, check_state, size_tensor
from studio.canvas.camera import Camera, move
from studio.canvas.clouds import clouds
from studio.canvas.drawing import Drawing, draw, moved, parts
from studio.canvas.resample import resample
from studio.canvas.stroke_fitting import fit, refit
from studio.canvas.stroke_pairing import paired

STROKES = 256
"""Strokes of a drawing where nothing else is said: what CLIPDraw draws its richer pictures with."""

MARGIN = 1.25
"""How far from the middle a stroke's points may go, where 1 is the edge of the picture."""

THINNEST, WIDEST = 0.003, 0.3
"""Widths of strokes, as shares of the picture's shorter side."""

_PARTS = ("points", "widths", "colours", "paper")
_WIDTHS = (0.008, 0.04)  # of a first drawing's strokes
_CLOUD = 64  # pixels of the clouds that a first drawing takes its colours from


class StrokeCanvas:
    """image = paper under strokes, each over those before it.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        device: where to compute.
        strokes: how many.
        segments: cubic curves in each.
        widest: the width of a stroke at most, as a share of the picture's shorter side.
    """

    kind = "strokes"
    rate = 0.01

    def __init__(
        self,
        width: int,
        height: int,
        device: torch.device | str = "cpu",
        *,
        strokes: int = STROKES,
        segments: int = 1,
        widest: float = WIDEST,
    ) -> None:
        self._device = torch.device(device)
        self._width, self._height = check_size(width, height)
        if strokes < 1 or segments < 1:
            raise ValueError(f"a drawing has at least one stroke of one curve, not {strokes} of {segments}")
        if not THINNEST < widest <= WIDEST:
            raise ValueError(f"a stroke is at most {WIDEST} wide, and more than {THINNEST}, not {widest}")
        self._widest = widest
        self._limit = widest if widest < WIDEST else math.inf  # of a stroke that is being fitted
        self._build(strokes, segments)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """Points, widths, colours and paper, in units that suit one rate: a step of 0.01 is a pixel of 200.

        Points (N, 3 S + 1, 2) go from -1, the left or top edge, to 1. Widths (N,) are natural logarithms of shares of
        the shorter side. Colours (N, 4) are red, green, blue and opacity, paper (3,) a colour, all 0 to 1.
        """
        return [self._points, self._widths, self._colours, self._paper]

    @property
    def drawing(self) -> Drawing:
        """The strokes; they share the parameters' memory."""
        return Drawing(*self.parameters())

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W)."""
        return draw(self.drawing, *self.size)

    @torch.no_grad()
    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture: strokes scattered over the paper in the colours of soft grey clouds."""
        cloud = clouds(_CLOUD, _CLOUD, generator)
        strokes, points = self._points.shape[:2]
        self._take(_scattered(cloud, strokes, points, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Become a painting of `image` (1, 3, h, w) in 0 to 1: wide strokes first, then finer ones where they lack."""
        picture = resample(check_picture(image).to(self._device, torch.float32), *self.size).clamp(0, 1)
        strokes, points = self._points.shape[:2]
        self._take(fit(picture, strokes, points, self._limit))

    @torch.no_grad()
    def move(self, camera: Camera) -> None:
        """See the drawing through a camera: strokes move, turn and grow.

        Those that leave the picture are drawn anew, where it shows what the camera found beyond its edges.
        """
        if camera.still:
            return
        seen = move(self.image(), camera).clamp(0, 1)
        vacated = max(0.0, 1 - camera.zoom**2)
        self._take(refit(moved(self.drawing, camera, *self.size), seen, vacated, self._limit))

    def state(self) -> State:
        """The size, and the parameters by their names, as copies."""
        parts = zip(_PARTS, self.parameters(), strict=True)
        return {"size": size_tensor(*self.size)} | {name: part.detach().clone() for name, part in parts}

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size and number of strokes. Raises ValueError for another kind."""
        strokes, points = (*state["points"].shape, 0, 0)[:2] if "points" in state else (0, 0)
        width, height = check_state(state, self.kind, lambda *_: _shapes(strokes, points))
        if strokes < 1 or points < 4 or points % 3 != 1:
            raise ValueError(f"this is no state of a {self.kind} canvas: {strokes} strokes of {points} points")
        self._width, self._height = width, height
        if self._points.shape[:2] != (strokes, points):
            self._build(strokes, points // 3)
        for parameter, name in zip(self.parameters(), _PARTS, strict=True):
            parameter.copy_(state[name])

    @torch.no_grad()
    def constrain(self) -> None:
        """Keep strokes near the picture, their widths within reason and colours on the screen."""
        self._points.clamp_(-MARGIN, MARGIN)
        self._widths.clamp_(math.log(THINNEST), math.log(self._widest))
        self._colours.clamp_(0, 1)
        self._paper.clamp_(0, 1)

    def resize(self, width: int, height: int) -> None:
        """Show the same drawing with other numbers of pixels."""
        self._width, self._height = check_size(width, height)

    def blend(self, a: State, b: State, t: float) -> State:
        """The drawing in between: each stroke of one on its straight way to a near one of the other.

        Strokes keep one order all the way in which both drawings look right, so none jumps in front of another. Raises
        ValueError when sizes or numbers of strokes differ, or t is outside 0 to 1.
        """
        if (end := blend_end(a, b, t)) is not None:
            return end
        ways = zip(*(parts(drawing) for drawing in paired(of_state(a), of_state(b), *map(int, a["size"]))), strict=True)
        between = (torch.lerp(start, end, t) for start, end in ways)
        return {"size": a["size"].clone()} | dict(zip(_PARTS, between, strict=True))

    def _build(self, strokes: int, segments: int) -> None:
        self._points, self._widths, self._colours, self._paper = (
            torch.zeros(shape, device=self._device, requires_grad=True)
            for shape in _shapes(strokes, 3 * segments + 1).values()
        )

    def _take(self, drawing: Drawing) -> None:
        for parameter, part in zip(self.parameters(), parts(drawing), strict=True):
            parameter.copy_(part)
        self.constrain()


def of_state(state: State) -> Drawing:
    """The drawing that a canvas' state holds."""
    return Drawing(*(state[name] for name in _PARTS))


def _scattered(cloud: Tensor, strokes: int, points: int, generator: torch.Generator) -> Drawing:
    """Strokes of all places, directions and sizes, gently bent; on the generator's device."""

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=generator.device)

    middle = uniform(strokes, 1, 2) * 2 - 1
    turn = uniform(strokes) * math.pi
    along = torch.stack([turn.cos(), turn.sin()], 1)[:, None]
    across = along.flip(-1) * torch.tensor([-1.0, 1.0], device=along.device)
    length = 0.15 * 4 ** uniform(strokes, 1, 1)
    t = torch.linspace(-0.5, 0.5, points, device=along.device)[:, None]
    bend = (uniform(strokes, 1, 1) - 0.5) * (1 - 4 * t**2)
    widths = math.log(_WIDTHS[0]) + math.log(_WIDTHS[1] / _WIDTHS[0]) * uniform(strokes)
    opacity = 0.6 + 0.4 * uniform(strokes, 1)
    places = ((middle[:, 0] + 1) / 2 * _CLOUD).long().clamp(0, _CLOUD - 1)
    colours = cloud[0][:, places[:, 1], places[:, 0]].T
    order = torch.argsort(widths, descending=True, stable=True)
    drawing = Drawing(
        middle + length * (t * along + bend * across), widths, torch.cat([colours, opacity], 1), cloud.mean((0, 2, 3))
    )
    return drawing[order]


def _shapes(strokes: int, points: int) -> dict[str, tuple[int, ...]]:
    return {"points": (strokes, points, 2), "widths": (strokes,), "colours": (strokes, 4), "paper": (3,)}
