"""The palette canvas: pixel art, big cells in few colours, which are dreamed along with the cells.

After the pixel drawer of Pixray (Dixon 2021). A cell has a colour of its own, which the gradient moves, and shows the
nearest one of the palette; the gradient passes through the choice as if it were none (straight-through estimator,
Bengio, Leonard and Courville 2013) and reaches the palette's colour that is shown, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas import resample
from studio.canvas.base import State, blend_end, check_picture, check_size, check_state, size_tensor
from studio.canvas.clouds import clouds

CELLS = 64
"""Cells on the longer side."""

COLOURS = 16
"""Colours of the palette, as on the home computers whose pictures it reminds of."""

_ROUNDS = 12  # of k-means; it has settled by then


class PaletteCanvas:
    """image = palette[nearest(cells)], every cell a square of pixels.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        device: where to compute.
        cells: how many on the longer side, as far as it has pixels for them.
        colours: of the palette.
    """

    kind = "palette"
    rate = 0.03

    def __init__(
        self,
        width: int,
        height: int,
        device: torch.device | str = "cpu",
        *,
        cells: int = CELLS,
        colours: int = COLOURS,
    ) -> None:
        self._device = torch.device(device)
        if cells < 1 or colours < 1:
            raise ValueError(f"pixel art has at least one cell and one colour, not {cells} and {colours}")
        self._across, self._count = cells, colours
        self._build(*check_size(width, height))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The cells' own colours, (1, 3, rows, columns), and the palette, (colours, 3); both in 0 to 1."""
        return [self._cells, self._palette]

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), of the palette's colours alone."""
        shown = self._palette[self.choice()].movedim(-1, 0)[None]
        return self._drawn(shown, self._cells)

    def together(self, others: Sequence[PaletteCanvas]) -> Tensor:
        """The pictures of this canvas and of others of its size, (1 + n, 3, H, W), drawn as one batch.

        Raises:
            ValueError: they have other numbers of cells or colours.
        """
        shapes = {(each._cells.shape, each._palette.shape) for each in (self, *others)}
        if len(shapes) > 1:
            raise ValueError("pixel art of different cells or colours cannot be drawn together")
        cells = torch.cat([self._cells, *(each._cells for each in others)])
        palettes = torch.stack([self._palette, *(each._palette for each in others)])
        with torch.no_grad():
            choice = torch.cdist(cells.flatten(2).transpose(1, 2), palettes).argmin(dim=-1, keepdim=True)
        shown = palettes.gather(1, choice.expand(-1, -1, 3)).transpose(1, 2)
        return self._drawn(shown.reshape(cells.shape), cells)

    def choice(self) -> Tensor:
        """The number of the palette's colour that each cell shows, (rows, columns)."""
        with torch.no_grad():
            cells = self._cells[0].movedim(0, -1)
            return _nearest(cells.reshape(-1, 3), self._palette).view(cells.shape[:2])

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture."""
        self.encode(clouds(*self.size, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Become `image` (1, 3, h, w) in 0 to 1 as nearly as so few cells and colours can."""
        picture = check_picture(image).to(self._device, torch.float32)
        rows, columns = self._cells.shape[-2:]
        cells = resample.resample(picture, columns, rows, kernel=resample.triangle).clamp(0, 1)
        self._cells.copy_(cells)
        self._palette.copy_(choose_palette(cells[0].movedim(0, -1).reshape(-1, 3), len(self._palette)))

    def state(self) -> State:
        """The size, the cells and the palette, as copies."""
        return {
            "size": size_tensor(*self.size),
            "cells": self._cells.detach().clone(),
            "palette": self._palette.detach().clone(),
        }

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size, cells and colours too.

        Raises:
            ValueError: the state is of another kind.
        """
        shown, palette = (list(state[name].shape) if name in state else [0] for name in ("cells", "palette"))
        across, count = max(shown[-2:]), palette[0] if palette else 0

        def shapes(width: int, height: int) -> dict[str, tuple[int, ...]]:
            return {"cells": (1, 3, *grid(width, height, across)), "palette": (count, 3)}

        width, height = check_state(state, self.kind, shapes)
        if shapes(width, height)["cells"][2:] == grid(width, height, self._across):
            across = self._across  # which may be more than such a picture has pixels for
        if (width, height, across, count) != (*self.size, self._across, self._count):
            self._across, self._count = across, count
            self._build(width, height)
        self._cells.copy_(state["cells"])
        self._palette.copy_(state["palette"])

    @torch.no_grad()
    def constrain(self) -> None:
        """Keep colours within what a screen can show."""
        self._cells.clamp_(0, 1)
        self._palette.clamp_(0, 1)

    @torch.no_grad()
    def resize(self, width: int, height: int) -> None:
        """Show the same cells with other numbers of pixels; where their number changes, they are resampled."""
        if check_size(width, height) == self.size:
            return
        cells, palette = self._cells.detach(), self._palette.detach().clone()
        self._build(width, height)
        rows, columns = self._cells.shape[-2:]
        self._cells.copy_(resample.resample(cells, columns, rows, kernel=resample.triangle))
        self._palette.copy_(palette)

    def blend(self, a: State, b: State, t: float) -> State:
        """Cells and palette in between, on the straight line. Raises ValueError when sizes differ or t is outside.

        The palettes' colours are paired so that each goes to the nearest one that is left.
        """
        if (end := blend_end(a, b, t)) is not None:
            return end
        cells = torch.lerp(a["cells"], b["cells"], t)
        palette = torch.lerp(a["palette"], b["palette"][_paired(a["palette"], b["palette"])], t)
        return {"size": a["size"].clone(), "cells": cells, "palette": palette}

    def _drawn(self, shown: Tensor, cells: Tensor) -> Tensor:
        """Squares of the colours that are shown, (B, 3, rows, columns), whose gradient the cells get as well."""
        through = shown + (cells - cells.detach())
        return functional.interpolate(through, (self._height, self._width), mode="nearest-exact")

    def _build(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        rows, columns = grid(width, height, self._across)
        self._cells = torch.full((1, 3, rows, columns), 0.5, device=self._device, requires_grad=True)
        greys = torch.linspace(0, 1, self._count, device=self._device)[:, None].expand(-1, 3)
        self._palette = greys.clone().requires_grad_()


def grid(width: int, height: int, cells: int = CELLS) -> tuple[int, int]:
    """Rows and columns of cells of a picture: so many on the longer side, as far as it has pixels for them."""
    longer = max(width, height)
    cells = min(cells, longer)
    return max(1, round(cells * height / longer)), max(1, round(cells * width / longer))


def choose_palette(colours: Tensor, count: int = COLOURS) -> Tensor:
    """So many colours that stand for many (n, 3), by k-means from colours spread as far as possible.

    The first is the mean's nearest, each further one the farthest from those chosen (Gonzalez 1985): no randomness.
    """
    first = (colours - colours.mean(dim=0)).square().sum(dim=1).argmin()
    chosen = [colours[first]]
    gap = (colours - chosen[0]).square().sum(dim=1)
    for _ in range(count - 1):
        chosen.append(colours[gap.argmax()])
        gap = torch.minimum(gap, (colours - chosen[-1]).square().sum(dim=1))
    palette = torch.stack(chosen)
    for _ in range(_ROUNDS):
        nearest = _nearest(colours, palette)
        counts = torch.bincount(nearest, minlength=count)[:, None]
        sums = torch.zeros_like(palette).index_add_(0, nearest, colours)
        palette = torch.where(counts > 0, sums / counts.clamp_min(1), palette)
    return palette


def _nearest(colours: Tensor, palette: Tensor) -> Tensor:
    return torch.cdist(colours, palette).argmin(dim=1)


def _paired(a: Tensor, b: Tensor) -> Tensor:
    """For each colour of `a` the one of `b` that it becomes, each used once, the nearest pairs first."""
    distances = torch.cdist(a, b)
    pairing = torch.zeros(len(a), dtype=torch.long, device=a.device)
    for _ in range(len(a)):
        place = int(distances.argmin())
        one, other = divmod(place, len(b))
        pairing[one] = other
        distances[one, :] = torch.inf
        distances[:, other] = torch.inf
    return pairing
