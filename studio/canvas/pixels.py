"""The pixel canvas: a picture as a sum of planes of many resolutions.

After Direct Ascent Synthesis (Fort and Whitaker 2025, arXiv:2502.07753). A gradient that reaches every scale at once
makes shapes before speckle; plain pixels make adversarial noise.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import torch
from torch import Tensor

from studio.canvas import resample
from studio.canvas.base import State, check_picture, check_size, check_state, size_tensor, straight_blend
from studio.canvas.clouds import clouds

_DETAIL = "detail"  # of a state

_MARGIN = 1 / 512
"""How far from black and white an encoded picture stays: tanh reaches neither. Half of one 8-bit level."""


Up = Sequence[tuple[Tensor, Tensor]]


class PixelCanvas:
    """image = ½ + ½ tanh(Σ_r up_r(plane_r)), with planes of 1, 2, 4, … cells on the longer side and one of full size.

    The planes keep the picture's proportions and are upsampled bicubically.
    """

    kind = "pixels"
    rate = 0.03

    def __init__(self, width: int, height: int, device: torch.device | str = "cpu") -> None:
        self._device = torch.device(device)
        self._detail: Tensor | None = None
        self._sum: Tensor | None = None  # what the planes are to add up to, until somebody asks for them
        self._build(*check_size(width, height))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The planes, coarse to fine, each (1, 3, h, w)."""
        self._spread()
        return list(self._planes)

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), strictly inside 0 to 1."""
        return self._drawn(self.parameters())

    def together(self, others: Sequence[PixelCanvas]) -> Tensor:
        """The pictures of this canvas and of others of its size, (1 + n, 3, H, W), drawn as one batch."""
        planes = [torch.cat(level) for level in zip(*(each.parameters() for each in (self, *others)), strict=True)]
        return self._drawn(planes)

    def _drawn(self, planes: Sequence[Tensor]) -> Tensor:
        return cast("Tensor", _Drawing.apply(self._up, self._rows, *planes))

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture."""
        self.encode(clouds(*self.size, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Become `image` (1, 3, h, w) to within 1/512 of its values (clamped to 0 to 1), resampled to `size`."""
        picture = resample.resample(check_picture(image).to(self._device, torch.float32), *self.size)
        self._detail = None
        self._sum = torch.atanh(picture.clamp(_MARGIN, 1 - _MARGIN) * 2 - 1)

    def state(self) -> State:
        """The size and the planes, as copies; and the detail, on a canvas that was made smaller."""
        planes = {_name(index): plane.detach().clone() for index, plane in enumerate(self.parameters())}
        detail = {} if self._detail is None else {_DETAIL: self._detail.clone()}
        return {"size": size_tensor(*self.size), **planes, **detail}

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size too. Raises ValueError for a state of another kind."""
        planes = {name: value for name, value in state.items() if name != _DETAIL}
        width, height = check_state(planes, self.kind, _state_shapes)
        detail = state.get(_DETAIL)
        if detail is not None and (detail.ndim != 4 or detail.shape[:2] != (1, 3)):
            raise ValueError(f"{tuple(detail.shape)} is no detail of a picture (1, 3, H, W)")
        self._detail = None if detail is None else detail.to(self._device).clone()
        if (width, height) != self.size:
            self._build(width, height)
        self._sum = None
        for index, plane in enumerate(self._planes):
            plane.copy_(state[_name(index)])

    def constrain(self) -> None:
        """Nothing to do: every stack of planes is a picture."""

    @torch.no_grad()
    def resize(self, width: int, height: int) -> None:
        """Show the same picture with other numbers of pixels.

        What a smaller canvas cannot hold is kept and comes back, to what was made of the rest meanwhile, where the
        canvas gets its former size again (as in a pyramid: Burt and Adelson 1983).
        """
        if check_size(width, height) == self.size:
            return
        whole = self._logits(self._planes) if self._sum is None else self._sum
        if self._detail is not None:
            whole = _with_detail(whole, self._detail)
        logits = resample.resample(whole, width, height)
        smaller = width * height < whole[0, 0].numel()
        self._detail = whole - resample.resample(logits, whole.shape[-1], whole.shape[-2]) if smaller else None
        self._build(width, height)
        self._sum = logits

    def whole(self) -> Callable[[Tensor], Tensor] | None:
        """What gives this canvas' pictures (1, 3, h, w) back the detail that it was made too small for, or None."""
        return None if self._detail is None else functools.partial(_whole, self._detail)

    def blend(self, a: State, b: State, t: float) -> State:
        """The planes in between, on the straight line. Raises ValueError when sizes differ or t is outside 0 to 1."""
        return straight_blend(a, b, t)

    def _build(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        shapes = plane_shapes(width, height)
        self._planes = [torch.zeros(1, 3, *shape, device=self._device, requires_grad=True) for shape in shapes]
        up, rows = _matrices(width, height)
        self._up = [(down.to(self._device), across.to(self._device)) for down, across in up]
        self._rows = rows.to(self._device)

    def _logits(self, planes: Sequence[Tensor]) -> Tensor:
        """What planes (B, 3, h, w) of these shapes add up to, (B, 3, H, W)."""
        return _added(planes, self._up, self._rows, 1)

    @torch.no_grad()
    def _spread(self) -> None:
        """Write what is still to be written into the planes: each takes what it can hold of what coarser ones left."""
        if self._sum is None:
            return
        left, self._sum = self._sum, None
        *coarse, finest = self._planes
        for plane, (rows, columns) in zip(coarse, self._up, strict=True):
            height, width = plane.shape[-2:]
            plane.copy_(resample.resample(left, width, height, kernel=resample.triangle))
            left = left - resample.apply(rows, plane, columns)
        finest.copy_(left)


@functools.lru_cache(maxsize=3)  # a ladder's sizes; of large ones they are many megabytes
def _matrices(width: int, height: int) -> tuple[Up, Tensor]:
    """What brings each coarse plane up to full size: matrices of its rows and of its columns; and those of all rows
    side by side, which are one product of the planes one above the other."""
    coarse = plane_shapes(width, height)[:-1]
    up = [(resample.matrix(rows, height), resample.matrix(columns, width)) for rows, columns in coarse]
    return up, torch.cat([torch.zeros(height, 0), *(rows for rows, _ in up)], dim=1)


def _with_detail(logits: Tensor, detail: Tensor) -> Tensor:
    return resample.resample(logits, detail.shape[-1], detail.shape[-2]) + detail


@torch.no_grad()
def _whole(detail: Tensor, picture: Tensor) -> Tensor:
    logits = torch.atanh(picture.clamp(_MARGIN, 1 - _MARGIN) * 2 - 1)
    return torch.tanh(_with_detail(logits, detail)) * 0.5 + 0.5


def _added(planes: Sequence[Tensor], up: Up, rows: Tensor, times: float) -> Tensor:
    """The sum of planes (B, 3, h, w), brought up to the last one's size, `times` over.

    Args:
        planes: coarse to fine.
        up: for each but the last, the matrices of its rows and of its columns.
        rows: the former side by side: one product brings up the rows of all planes.
        times: a factor.
    """
    *coarse, finest = planes
    wide = [
        (plane.flatten(0, 2) @ columns.T).view(-1, plane.shape[-2], len(columns))
        for plane, (_, columns) in zip(coarse, up, strict=True)
    ]
    stacked = torch.cat(wide, dim=1) if wide else finest.new_zeros(finest[:, :, 0, 0].numel(), 0, finest.shape[-1])
    all_rows = rows.expand(len(stacked), -1, -1)
    return torch.baddbmm(finest.flatten(0, 1), all_rows, stacked, beta=times, alpha=times).view_as(finest)


class _Context(Protocol):
    """What a `torch.autograd.Function` remembers."""

    saved_tensors: tuple[Tensor, ...]
    up: Up
    rows: Tensor

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Drawing(torch.autograd.Function):
    """½ + ½ tanh of the sum, which is the logistic function of twice the sum; nothing but the picture is kept."""

    @staticmethod
    def forward(ctx: _Context, up: Up, rows: Tensor, *planes: Tensor) -> Tensor:
        picture = _added(planes, up, rows, 2).sigmoid_()
        ctx.save_for_backward(picture)
        ctx.up, ctx.rows = up, rows
        return picture

    @staticmethod
    def backward(ctx: _Context, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (picture,) = ctx.saved_tensors
        finest = torch.ops.aten.sigmoid_backward(gradients[0], picture).mul_(2)
        flat = finest.flatten(0, 1)
        stacked = torch.bmm(ctx.rows.T.expand(len(flat), -1, -1), flat)
        parts = torch.split(stacked, [rows.shape[1] for rows, _ in ctx.up], dim=1)
        coarse = [
            torch.bmm(part, columns.expand(len(flat), -1, -1)).view(*picture.shape[:2], part.shape[1], -1)
            for part, (_, columns) in zip(parts, ctx.up, strict=True)
        ]
        return None, None, *coarse, finest


def plane_shapes(width: int, height: int) -> list[tuple[int, int]]:
    """Rows and columns of each plane of a picture, coarse to fine; the last is the picture's own size."""
    longer = max(width, height)
    shapes = []
    cells = 1
    while cells < longer:
        shapes.append((max(1, round(cells * height / longer)), max(1, round(cells * width / longer))))
        cells *= 2
    return [*shapes, (height, width)]


def _state_shapes(width: int, height: int) -> dict[str, tuple[int, ...]]:
    return {_name(index): (1, 3, *shape) for index, shape in enumerate(plane_shapes(width, height))}


def _name(index: int) -> str:
    return f"plane{index:02d}"
