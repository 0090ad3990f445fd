"""Draws strokes: chains of cubic Bezier curves with width, colour and opacity, one over the other, differentiably.

What diffvg does for CLIPDraw (Frans, Soros, Witkowski 2021; Li et al. 2020), for round strokes alone, in batched tensor
operations. Curves become polylines. The picture is cut into tiles, and a stroke is looked at only in the tiles that it
reaches. The distance d of a pixel's centre to the line says how much of the pixel a stroke of width w covers:

    coverage = S(w / 2 - d) - S(-w / 2 - d)

with S a step that `BLUR` has softened; thinner than a pixel, a stroke gets fainter. The gradient is worked out by hand,
and only where the coverage changes: at the strokes' edges. Work and memory follow the area that strokes cover.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

from studio.canvas.tiling import BLUR, TILE, Group, Lines, Tiling, binned, cubics_of, groups, lines_of, to_line

_BLOCK = 512  # pairs that are worked out at once on a CPU, whose cache holds them


def rasterise(points: Tensor, widths: Tensor, colours: Tensor, paper: Tensor, size: tuple[int, int]) -> Tensor:
    """Draw strokes on paper, each over those before it.

    Args:
        points: (N, 3 S + 1, 2), x and y in pixels from the left and top edge: S cubic segments end to end, of which
            each has two ends and two control points in between.
        widths: (N,), in pixels, 0 or more.
        colours: (N, 4), red, green, blue and opacity, 0 to 1.
        paper: (3,).
        size: width and height of the picture.

    Returns:
        (1, 3, H, W), differentiable with respect to the four tensors, of their type.

    Raises:
        ValueError: the shapes do not go together.
    """
    _check(points, widths, colours, paper)
    with torch.no_grad():
        lines = lines_of(points)
    vertices = (lines.basis[:, :, None] * cubics_of(points).index_select(0, lines.cubic)).sum(1)
    drawn: Tensor = _Composite.apply(vertices, widths, colours, paper, lines, size)
    return drawn


def _covered(vertices: Tensor, widths: Tensor, tiling: Tiling, pairs: Tensor) -> tuple[Tensor, Tensor]:
    """How far the pixels of each pair's tile are from its stroke's line, and how much of them it covers: (p, TILE²)."""
    distances, covered = (vertices.new_empty(len(pairs), TILE * TILE) for _ in range(2))
    lengths = (tiling.begins[1:] - tiling.begins[:-1])[pairs].masked_fill(tiling.solid[pairs], 0)
    lengths, order = torch.sort(lengths, stable=True)
    step = _BLOCK if vertices.device.type == "cpu" else len(pairs)
    begin = 0
    for length, size in zip(
        *(each.tolist() for each in torch.unique_consecutive(lengths, return_counts=True)), strict=True
    ):
        for at in range(begin, begin + size, step):
            chosen = order[at : min(at + step, begin + size)]
            pair = pairs[chosen]
            distance = _distances(vertices, tiling, pair, length)
            distances[chosen] = distance
            covered[chosen] = _coverage(distance, widths[tiling.stroke[pair]][:, None])
        begin += size
    return distances, covered


def _distances(vertices: Tensor, tiling: Tiling, pair: Tensor, lines: int) -> Tensor:
    """The same of pairs of so many lines each; 0 where there are none, in tiles that are covered wholly."""
    best = vertices.new_full((len(pair), TILE, TILE), torch.inf if lines else 0.0)
    grid = torch.arange(TILE, device=vertices.device).to(vertices) + 0.5
    tile = tiling.tile[pair]
    origin = torch.stack([tile % tiling.across, tile // tiling.across], 1).to(vertices) * TILE
    for number in range(lines):
        line = tiling.line[tiling.begins[pair] + number]
        a = vertices[line] - origin
        torch.minimum(best, _square(a, vertices[line + 1] - origin - a, grid), out=best)
    return best.flatten(1).sqrt_()


def _square(a: Tensor, along: Tensor, grid: Tensor) -> Tensor:
    slope = along / along.square().sum(1, keepdim=True).clamp_min(1e-12)
    across, down = grid - a[:, :1], grid - a[:, 1:]  # (n, TILE)
    share = ((across * slope[:, :1])[:, None, :] + (down * slope[:, 1:])[:, :, None]).clamp_(0, 1)
    x = torch.addcmul(across[:, None, :], share, along[:, :1, None], value=-1)
    y = torch.addcmul(down[:, :, None], share, along[:, 1:, None], value=-1)
    return x.square_().addcmul_(y, y)


def _step(x: Tensor) -> Tensor:
    x = (x / BLUR + 0.5).clamp_(0, 1)
    return x * x * (3 - 2 * x)


def _slope(x: Tensor) -> Tensor:
    x = (x / BLUR + 0.5).clamp_(0, 1)
    return x * (1 - x) * (6 / BLUR)


def _coverage(distance: Tensor, width: Tensor) -> Tensor:
    half = width / 2
    covered = _step(half - distance)
    if bool((width < BLUR).any()):
        covered = covered - _step(-half - distance)
    return covered


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Without other threads: to wait for them at thousands of small operations costs more than they bring."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Context(FunctionCtx):
    saved_tensors: tuple[Tensor, ...]
    tiling: Tiling


class _Composite(torch.autograd.Function):
    """Vertices, widths, colours and paper to a picture. Remembers no pixel: going back, groups are worked out anew."""

    @staticmethod
    @_alone()
    def forward(
        ctx: _Context,
        vertices: Tensor,
        widths: Tensor,
        colours: Tensor,
        paper: Tensor,
        lines: Lines,
        size: tuple[int, int],
    ) -> Tensor:
        ctx.save_for_backward(vertices, widths, colours, paper)
        ctx.tiling = tiling = binned(vertices, widths, lines, *size)
        picture = paper[None, :, None].expand(tiling.count, 3, TILE * TILE).clone()
        for group in groups(tiling):
            _, covered = _covered(vertices, widths, tiling, group.pairs)
            shown = colours[tiling.stroke[group.pairs]]
            layers = paper[None, :, None].expand(len(group.tiles), 3, TILE * TILE).clone()
            for rank in group.ranks:
                _lay(layers, covered[rank], shown[rank])
            picture[group.tiles] = layers
        return _joined(picture, tiling)

    @staticmethod
    @_alone()
    def backward(ctx: _Context, gradient: Tensor) -> tuple[Tensor | None, ...]:
        vertices, widths, colours, paper = ctx.saved_tensors
        tiling: Tiling = ctx.tiling
        grads = tuple(torch.zeros_like(tensor) for tensor in (vertices, widths, colours))
        tiles = _split(gradient, tiling)
        through = tiles.sum((0, 2))  # to the paper, as if nothing was drawn
        for group in groups(tiling):
            mine = tiles[group.tiles]
            through -= mine.sum((0, 2))
            through += _back(vertices, widths, colours, paper, tiling, group, mine, grads)
        return (*grads, through, None, None)


def _lay(layers: Tensor, covered: Tensor, shown: Tensor) -> None:
    """Lay a stroke over the first tiles of `layers` (t, 3, TILE²), each its own."""
    layers[: len(shown)].lerp_(shown[:, :3, None], (covered * shown[:, 3:])[:, None])


def _back(
    vertices: Tensor,
    widths: Tensor,
    colours: Tensor,
    paper: Tensor,
    tiling: Tiling,
    group: Group,
    gradient: Tensor,
    grads: tuple[Tensor, ...],
) -> Tensor:
    """Add a group's share to the gradients of vertices, widths and colours; gives the paper's, (3,)."""
    distance, covered = _covered(vertices, widths, tiling, group.pairs)
    stroke = tiling.stroke[group.pairs]
    shown = colours[stroke]
    layers = paper[None, :, None].expand(len(group.tiles), 3, TILE * TILE).clone()
    below: list[Tensor] = []
    for rank in group.ranks:
        below.append(layers[: len(shown[rank])].clone())
        _lay(layers, covered[rank], shown[rank])

    to_coverage, to_shown = torch.empty_like(covered), torch.empty_like(shown)
    for rank in reversed(group.ranks):
        colour, opacity = shown[rank, :3, None], shown[rank, 3:]
        reached, alpha = gradient[: len(opacity)], covered[rank] * opacity
        to_alpha = (colour - below.pop()).mul_(reached).sum(1)
        to_shown[rank, :3] = (reached * alpha[:, None]).sum(2)
        to_shown[rank, 3] = (to_alpha * covered[rank]).sum(1)
        to_coverage[rank] = to_alpha.mul_(opacity)
        reached.mul_((1 - alpha)[:, None])
    grads[2].index_add_(0, stroke, to_shown)
    _edges(vertices, widths, tiling, group.pairs, distance, to_coverage, grads)
    return gradient.sum((0, 2))


def _edges(
    vertices: Tensor,
    widths: Tensor,
    tiling: Tiling,
    pairs: Tensor,
    distance: Tensor,
    to_coverage: Tensor,
    grads: tuple[Tensor, ...],
) -> None:
    """Pass the gradient of coverages on to vertices and widths, at the pixels where a coverage changes."""
    half = widths[tiling.stroke[pairs]][:, None] / 2
    begin, end = half - BLUR / 2, (half + BLUR / 2).masked_fill(tiling.solid[pairs][:, None], -1)
    step = _BLOCK if vertices.device.type == "cpu" else max(1, len(pairs))
    found = [
        torch.nonzero((part > begin[at : at + step]) & (part < end[at : at + step])) + torch.tensor([at, 0]).to(pairs)
        for at, part in ((at, distance[at : at + step]) for at in range(0, len(pairs), step))
    ]
    place, pixel = torch.cat(found).unbind(1)
    pair, distance, to_coverage = pairs[place], distance[place, pixel], to_coverage[place, pixel]
    stroke, tile = tiling.stroke[pair], tiling.tile[pair]
    half = widths[stroke] / 2
    outer, inner = _slope(half - distance), _slope(-half - distance)
    grads[1].index_add_(0, stroke, to_coverage * (outer + inner) / 2)

    x = (tile % tiling.across) * TILE + pixel % TILE
    y = (tile // tiling.across) * TILE + pixel // TILE
    here = torch.stack([x, y], 1).to(vertices) + 0.5
    line, away, share = _nearest(vertices, tiling, pair, here)
    pull = (to_coverage * (outer - inner) / distance.clamp_min(1e-6))[:, None] * away
    grads[0].index_add_(0, line, pull * (1 - share))
    grads[0].index_add_(0, line + 1, pull * share)


def _nearest(vertices: Tensor, tiling: Tiling, pair: Tensor, here: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The line of its pair that each place (n, 2) is nearest to: its vertex, the way from it (n, 2), where on it."""
    begins, lengths = tiling.begins[pair], (tiling.begins[1:] - tiling.begins[:-1])[pair]
    line = tiling.line[begins]
    away, share = to_line(here, vertices[line], vertices[line + 1])
    best = away.square().sum(1)
    for number in range(1, int(lengths.max()) if len(lengths) else 0):
        some = torch.nonzero(lengths > number)[:, 0]
        other = tiling.line[begins[some] + number]
        other_away, other_share = to_line(here[some], vertices[other], vertices[other + 1])
        square = other_away.square().sum(1)
        closer = square < best[some]
        some = some[closer]
        best[some], line[some] = square[closer], other[closer]
        away[some], share[some] = other_away[closer], other_share[closer]
    return line, away, share


def _joined(tiles: Tensor, tiling: Tiling) -> Tensor:
    rows = tiling.count // tiling.across
    picture = tiles.view(rows, tiling.across, 3, TILE, TILE).permute(2, 0, 3, 1, 4)
    picture = picture.reshape(1, 3, rows * TILE, tiling.across * TILE)
    return picture[..., : tiling.height, : tiling.width].contiguous()


def _split(picture: Tensor, tiling: Tiling) -> Tensor:
    rows = tiling.count // tiling.across
    padding = (0, tiling.across * TILE - tiling.width, 0, rows * TILE - tiling.height)
    padded = torch.nn.functional.pad(picture[0], padding)
    tiles = padded.view(3, rows, TILE, tiling.across, TILE).permute(1, 3, 0, 2, 4)
    return tiles.reshape(tiling.count, 3, TILE * TILE)


def _check(points: Tensor, widths: Tensor, colours: Tensor, paper: Tensor) -> None:
    strokes = len(points)
    fine = points.ndim == 3 and points.shape[1] >= 4 and points.shape[1] % 3 == 1 and points.shape[2] == 2
    if not (fine and widths.shape == (strokes,) and colours.shape == (strokes, 4) and paper.shape == (3,)):
        shapes = [tuple(tensor.shape) for tensor in (points, widths, colours, paper)]
        raise ValueError(f"strokes are (N, 3 S + 1, 2), (N,), (N, 4) and (3,), not {shapes}")
