"""Paints a given picture with strokes: wide ones first, then finer ones where they lack, all along the shapes.

After "Painterly Rendering with Curved Brush Strokes of Multiple Sizes" (Hertzmann 1998), with a fixed number of
strokes, put where the error is largest. At the end all of them are moved together by their gradient.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.adam import adam
from studio.canvas.drawing import Drawing, draw, parts, samples
from studio.canvas.palette import choose_palette
from studio.canvas.resample import resample

SIDE = 128
"""Pixels on the longer side of the picture that is looked at; a few hundred strokes can show no more."""

LAYERS = ((0.12, 0.18), (0.2, 0.09), (0.3, 0.045), (0.38, 0.022))
"""Share of the strokes, and their width as a share of the shorter side, from the lowest layer up."""

_ROUNDS = 3  # times in a layer that the error is looked at anew
_REACH = 7  # half widths that a stroke goes on to each side
_STEPS = 30  # in which all strokes are moved together
_TOUCHES = 12  # in which those are that were put on a finished drawing
_RATE = 0.02
_SEEN = 1 / 1020  # a quarter of an 8-bit level
_OPACITY = 0.95
_FADED = 1e-4  # an error to spread strokes by where there is none
_PATH = 12  # places on a path that a curve is fitted to


def fit(picture: Tensor, strokes: int, points: int, widest: float = math.inf) -> Drawing:
    """A painting of `picture` (1, 3, h, w) in 0 to 1, by so many strokes of so many points. The same for the same.

    No stroke becomes wider than `widest`, a share of the shorter side.
    """
    picture = _looked_at(picture)
    paper = _commonest(picture)
    drawing = _none(paper, points)
    for number, (count, share) in enumerate(_shares(strokes, LAYERS)):
        rounds = _ROUNDS if number else 1
        for turn in range(rounds):
            some = count * (turn + 1) // rounds - count * turn // rounds
            if some:
                drawing = _placed(picture, drawing, some, min(share, widest), points).over(drawing)
    return _polished(picture, drawing, _STEPS, widest)


def refit(drawing: Drawing, picture: Tensor, spare: float = 0.0, widest: float = math.inf) -> Drawing:
    """The drawing with those of its strokes that lie beyond the picture's edges put on top, where it differs most.

    Args:
        drawing: what is kept of it moves no more.
        picture: (1, 3, h, w), what it should show.
        spare: share of the strokes, the smallest, that are free to be put elsewhere, too.
        widest: of a stroke that is put anew, as a share of the shorter side.
    """
    picture = _looked_at(picture)
    places = samples(drawing.points, 5)
    margin = drawing.widths.exp()[:, None, None]
    free = (places.amin(1) - margin[:, 0] > 1).any(1) | (places.amax(1) + margin[:, 0] < -1).any(1)
    wanted = math.ceil(spare * len(drawing.points))
    if wanted > int(free.sum()):
        lengths = (places[:, 1:] - places[:, :-1]).norm(dim=2).sum(1) + drawing.widths.exp()
        area = lengths * drawing.widths.exp() * drawing.colours[:, 3]
        area = area.masked_fill(free, -1)
        free[torch.argsort(area, stable=True)[:wanted]] = True
    count = int(free.sum())
    if not count:
        return drawing
    kept, points = drawing[~free], drawing.points.shape[1]
    fresh = _none(drawing.paper, points)
    for some, share in _shares(count, LAYERS[1:]):
        if some:
            fresh = _placed(picture, fresh.over(kept), some, min(share, widest), points).over(fresh)
    return _polished(picture, fresh, _TOUCHES, widest, kept).over(kept)


def _shares(strokes: int, layers: tuple[tuple[float, float], ...]) -> list[tuple[int, float]]:
    total, done, found = sum(share for share, _ in layers), 0.0, []
    for share, width in layers:
        before, done = done, done + share / total
        found.append((round(strokes * done) - round(strokes * before), width))
    return found


def _looked_at(picture: Tensor) -> Tensor:
    height, width = picture.shape[-2:]
    scale = SIDE / max(width, height)
    return resample(picture, max(8, round(width * scale)), max(8, round(height * scale))).clamp(0, 1)


def _commonest(picture: Tensor) -> Tensor:
    colours = resample(picture, 32, 32)[0].flatten(1).T
    palette = choose_palette(colours)
    counts = torch.cdist(colours, palette).argmin(1).bincount(minlength=len(palette))
    return palette[counts.argmax()]


def _none(paper: Tensor, points: int) -> Drawing:
    return Drawing(paper.new_zeros(0, points, 2), paper.new_zeros(0), paper.new_zeros(0, 4), paper)


def _placed(picture: Tensor, drawing: Drawing, count: int, share: float, points: int) -> Drawing:
    """So many new strokes of one width, along the picture's shapes, where the drawing differs from it most."""
    height, width = picture.shape[-2:]
    side = share * min(width, height)  # of the brush, in pixels
    target = _blurred(picture, side / 4)
    now = draw(drawing, width, height)
    missing = (target - now).square().sum(1, keepdim=True)
    places = _worst(_blurred(missing, side / 3)[0, 0] + _FADED, count, side)
    paths = _traced(target, missing[0, 0].sqrt(), _tangents(picture, max(1.0, side / 2)), places, side / 2)
    curves = _curves(paths, points)
    scale = torch.tensor([width / 2, height / 2]).to(picture)
    colours = _looked_up(target, paths).mean(1)
    return Drawing(
        curves / scale - 1,
        torch.full((count,), math.log(share)).to(picture),
        torch.cat([colours, torch.full((count, 1), _OPACITY).to(picture)], 1),
        drawing.paper,
    )


def _worst(error: Tensor, count: int, side: float) -> Tensor:
    """The places of the largest errors, each about a brush's width from the others: (n, 2), x and y in pixels."""
    height, width = error.shape
    y, x = torch.meshgrid(torch.arange(height).to(error), torch.arange(width).to(error), indexing="ij")
    left, found = error.clone(), []
    for _ in range(count):
        row, column = divmod(int(left.argmax()), width)
        found.append((column + 0.5, row + 0.5))
        near = ((x - column).square() + (y - row).square()) / (2 * side**2)
        left *= 1 - 0.95 * torch.exp(-near)
    return torch.tensor(found).to(error)


def _tangents(picture: Tensor, radius: float) -> Tensor:
    """The directions of edges, and around them: (1, 2, h, w), cosine and sine of twice the angle."""
    grey = picture.mean(1, keepdim=True)
    padded = functional.pad(grey, (1, 1, 1, 1), mode="replicate")
    x, y = padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2], padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]
    # a gradient's square as a complex number has twice its angle, and opposite ones add up (Kass and Witkin 1987)
    double = torch.cat([y * y - x * x, -2 * x * y], 1)
    near, far = _blurred(double, radius), _blurred(double, 6 * radius)
    return near + 0.1 * far


def _traced(target: Tensor, missing: Tensor, tangents: Tensor, places: Tensor, step: float) -> Tensor:
    """The way of a brush from each place (n, 2) to both sides, while its colour helps: (n, 2 `_REACH` + 1, 2)."""
    colour = _looked_up(target, places[:, None])[:, 0]
    height, width = target.shape[-2:]
    limit = torch.tensor([width, height]).to(places)
    sides = []
    for sign in (-1, 1):
        here, before = places, _direction(tangents, places) * sign
        going = torch.ones(len(places), 1, dtype=torch.bool, device=places.device)
        way = []
        for number in range(_REACH):
            along = _direction(tangents, here)
            along = torch.where((along * before).sum(1, keepdim=True) < 0, -along, along)
            along = functional.normalize(0.5 * along + 0.5 * before, dim=1)
            there = here + step * along
            wrong = (_looked_up(target, there[:, None])[:, 0] - colour).norm(dim=1, keepdim=True)
            helps = wrong <= _looked_up(missing[None, None], there[:, None])[:, 0] + 0.02
            inside = ((there >= -step) & (there <= limit + step)).all(1, keepdim=True)
            going = going & inside & (helps | (number < 1))
            here, before = torch.where(going, there, here), along
            way.append(here)
        sides.append(torch.stack(way, 1))
    return torch.cat([sides[0].flip(1), places[:, None], sides[1]], 1)


def _direction(tangents: Tensor, places: Tensor) -> Tensor:
    double = _looked_up(tangents, places[:, None])[:, 0]
    angle = torch.atan2(double[:, 1], double[:, 0]) / 2
    return torch.stack([angle.cos(), angle.sin()], 1)


def _looked_up(plane: Tensor, places: Tensor) -> Tensor:
    """Values (n, k, C) of a plane (1, C, h, w) at places (n, k, 2) in pixels; beyond the edges, those at the edges."""
    size = torch.tensor([plane.shape[-1], plane.shape[-2]]).to(places)
    grid = (places / size * 2 - 1)[None]
    found = functional.grid_sample(plane, grid, padding_mode="border", align_corners=False)
    values: Tensor = found[0].movedim(0, -1)
    return values


def _curves(paths: Tensor, points: int) -> Tensor:
    """Curves of so many points, (n, `points`, 2), nearest to paths (n, m, 2) in the sense of least squares."""
    lengths = functional.pad((paths[:, 1:] - paths[:, :-1]).norm(dim=2).cumsum(1), (1, 0))
    wanted = torch.linspace(0, 1, _PATH).to(paths) * lengths[:, -1:]
    after = torch.searchsorted(lengths, wanted.contiguous()).clamp(1, paths.shape[1] - 1)
    low, high = lengths.gather(1, after - 1), lengths.gather(1, after)
    share = ((wanted - low) / (high - low).clamp_min(1e-6)).clamp(0, 1)[..., None]
    index = after[..., None].expand(-1, -1, 2)
    even = paths.gather(1, index - 1) * (1 - share) + paths.gather(1, index) * share
    segments = points // 3
    where = torch.linspace(0, segments, _PATH, dtype=torch.float64)
    number = where.floor().clamp_max(segments - 1)
    t = where - number
    bernstein = torch.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], 1)
    basis = torch.zeros(_PATH, points, dtype=torch.float64)
    columns = number.long()[:, None] * 3 + torch.arange(4)
    basis.scatter_add_(1, columns, bernstein)
    fitted: Tensor = torch.linalg.pinv(basis).to(paths) @ even
    return fitted


def _polished(picture: Tensor, drawing: Drawing, steps: int, widest: float, lower: Drawing | None = None) -> Drawing:
    """The drawing's strokes moved together towards the picture, by the square of the error, on those of `lower`."""
    height, width = picture.shape[-2:]
    leaves = [part.detach().clone().requires_grad_() for part in parts(drawing)]
    optimiser = adam(leaves, lr=_RATE, betas=(0.8, 0.95))
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = _RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
        with torch.enable_grad():
            shown = Drawing(*leaves)
            error = (draw(shown.over(lower) if lower else shown, width, height) - picture).square().mean()
            if float(error.detach()) < _SEEN**2:
                break  # or Adam would make steps of what is only rounding
            optimiser.zero_grad()
            error.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            leaves[1].clamp_(max=math.log(widest))
            leaves[2].clamp_(0, 1)
            leaves[3].clamp_(0, 1)
    return Drawing(*(leaf.detach() for leaf in leaves))


def _blurred(planes: Tensor, sigma: float) -> Tensor:
    """Planes (1, C, h, w) under a Gaussian of that many pixels; the edges' values go on beyond them."""
    reach = max(1, math.ceil(3 * sigma))
    line = torch.exp(-torch.arange(-reach, reach + 1).to(planes).square() / (2 * max(sigma, 1e-3) ** 2))
    line = line / line.sum()
    stacked = planes.movedim(1, 0)
    stacked = functional.conv2d(functional.pad(stacked, (reach, reach, 0, 0), mode="replicate"), line[None, None, None])
    stacked = functional.pad(stacked, (0, 0, reach, reach), mode="replicate")
    return functional.conv2d(stacked, line[None, None, :, None]).movedim(0, 1)
