"""Which strokes reach which parts of a picture: curves become lines, lines are sorted into tiles, tiles into groups.

The rasteriser looks at a stroke only in the tiles that it reaches, and works on so many tiles at once as keep its
memory bounded. Nothing here has a gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

BLUR = 1.5
"""Pixels across a stroke's edge, from nothing to full. This smoothstep is as steep as a pixel's own box filter."""

TOLERANCE = 0.1
"""Pixels between a curve and its polyline, at most."""

TILE = 16
"""Pixels on a tile's side."""

_FINEST = 64  # lines that a cubic becomes at most
_GROUP = 4096  # pairs that are composited together: 12 MiB of history, whatever the picture's size


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """How curves become lines.

    Attributes:
        cubic: (V,), which cubic a vertex lies on.
        basis: (V, 4), the weights of its control points there.
        first: (L,), the vertex that each line goes from, to the one after it.
        stroke: (L,), the stroke that each line belongs to.
    """

    cubic: Tensor
    basis: Tensor
    first: Tensor
    stroke: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Tiling:
    """Which strokes reach which tiles. A pair is a tile and a stroke; pairs are in order of tiles, then of strokes.

    Attributes:
        width: of the picture.
        height: of the picture.
        tile: (P,), of each pair.
        stroke: (P,), of each pair.
        solid: (P,), whether the stroke covers the whole tile.
        begins: (P + 1,), where each pair's lines begin among `line`.
        line: the vertex that a line goes from, for the lines that may be the nearest to some pixel.
    """

    width: int
    height: int
    tile: Tensor
    stroke: Tensor
    solid: Tensor
    begins: Tensor
    line: Tensor

    @property
    def across(self) -> int:
        """Tiles in a row."""
        return -(-self.width // TILE)

    @property
    def count(self) -> int:
        """Tiles of the picture."""
        return self.across * -(-self.height // TILE)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some tiles, the fullest first, with their pairs.

    Attributes:
        tiles: (t,).
        pairs: the pairs of these tiles: the lowest stroke of each, then the next of each that has two, and so on.
        ranks: where the lowest ones are among `pairs`, the next ones, and so on; the first is that of the first tile.
    """

    tiles: Tensor
    pairs: Tensor
    ranks: tuple[slice, ...]


def cubics_of(points: Tensor) -> Tensor:
    """The control points of each cubic curve of strokes (N, 3 S + 1, 2): (N S, 4, 2); has a gradient."""
    return points.unfold(1, 4, 3).transpose(2, 3).reshape(-1, 4, 2)


def lines_of(points: Tensor) -> Lines:
    """Strokes (N, 3 S + 1, 2) in pixels as lines, so many that no curve is further than `TOLERANCE` from its own."""
    cubics = cubics_of(points)
    # a chord is at most |B''| / (8 n²) from its curve, and |B''| at most 6 times the larger second difference
    bend = (cubics[:, :-2] - 2 * cubics[:, 1:-1] + cubics[:, 2:]).norm(dim=-1).amax(1)
    pieces = (0.75 * bend / TOLERANCE).sqrt().ceil().nan_to_num(1, _FINEST, 1).clamp(1, _FINEST).long()
    cubic = torch.arange(len(cubics), device=points.device).repeat_interleave(pieces + 1)
    starts = (pieces + 1).cumsum(0) - (pieces + 1)
    number = torch.arange(len(cubic), device=points.device) - starts[cubic]
    t = (number / pieces[cubic]).to(points)
    basis = torch.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], 1)
    first = torch.nonzero(number < pieces[cubic])[:, 0]
    return Lines(cubic, basis, first, cubic[first] // (points.shape[1] // 3))


def binned(vertices: Tensor, widths: Tensor, lines: Lines, width: int, height: int) -> Tiling:
    """Sort lines into tiles.

    Args:
        vertices: (V, 2), in pixels.
        widths: (N,), of the strokes, in pixels.
        lines: between the vertices.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
    """
    a, b = vertices[lines.first], vertices[lines.first + 1]
    reach = widths[lines.stroke] / 2 + BLUR / 2
    last = torch.tensor([-(-width // TILE) - 1, -(-height // TILE) - 1], device=a.device)
    low = ((torch.minimum(a, b) - reach[:, None]) / TILE).floor().nan_to_num(0).long()
    high = ((torch.maximum(a, b) + reach[:, None]) / TILE).floor().nan_to_num(0).long()
    low, high = low.clamp_min(0), torch.minimum(high, last)
    spans = (high - low + 1).clamp_min(0)
    areas = spans[:, 0] * spans[:, 1]
    line = torch.arange(len(a), device=a.device).repeat_interleave(areas)
    place = torch.arange(len(line), device=a.device) - (areas.cumsum(0) - areas)[line]
    column = low[line, 0] + place % spans[line, 0]
    row = low[line, 1] + place // spans[line, 0]
    centre = (torch.stack([column, row], 1) + 0.5).to(a) * TILE
    distance = to_line(centre, a[line], b[line])[0].norm(dim=1)
    half = TILE / 2 * 2**0.5
    near = distance <= reach[line] + half
    line, distance, tile = line[near], distance[near], (row * (last[0] + 1) + column)[near]

    order = torch.argsort(tile * len(widths) + lines.stroke[line], stable=True)
    line, distance, tile = line[order], distance[order], tile[order]
    key, pair = torch.unique_consecutive(tile * len(widths) + lines.stroke[line], return_inverse=True)
    nearest = torch.full((len(key),), torch.inf, dtype=distance.dtype, device=a.device)
    nearest = nearest.scatter_reduce(0, pair, distance, "amin")
    # from any pixel of the tile, the line nearest to the centre is closer than one that is two half-diagonals further
    useful = distance <= nearest[pair] + 2 * half
    line, pair = line[useful], pair[useful]
    lengths = torch.bincount(pair, minlength=len(key))
    begins = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
    stroke = key % len(widths)
    solid = nearest + half <= widths[stroke] / 2 - BLUR / 2
    return Tiling(width, height, key // len(widths), stroke, solid, begins, lines.first[line])


def to_line(p: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """From the nearest point of a line to `p` (n, 2), and where on the line, 0 to 1, that point is (n, 1)."""
    along = b - a
    share = ((p - a) * along).sum(1, keepdim=True) / along.square().sum(1, keepdim=True).clamp_min(1e-12)
    share = share.clamp(0, 1)
    return p - a - share * along, share


def groups(tiling: Tiling) -> Iterator[Group]:
    """The tiles that any stroke reaches, in groups of bounded size; a single tile may hold every stroke."""
    counts = torch.bincount(tiling.tile, minlength=tiling.count)
    starts = counts.cumsum(0) - counts
    full, tiles = torch.sort(counts, descending=True, stable=True)
    tiles = tiles[full > 0]
    sizes: list[int] = counts[tiles].tolist()
    begin = 0
    while begin < len(sizes):
        end, held = begin, 0
        while end < len(sizes) and (end == begin or held + sizes[end] <= _GROUP):
            held += sizes[end]
            end += 1
        yield _group(tiles[begin:end], counts, starts)
        begin = end


def _group(tiles: Tensor, counts: Tensor, starts: Tensor) -> Group:
    reached = torch.arange(int(counts[tiles[0]]), device=tiles.device)[:, None] < counts[tiles]
    rank, tile = torch.nonzero(reached, as_tuple=True)
    ends = reached.sum(1).cumsum(0).tolist()
    return Group(tiles, starts[tiles][tile] + rank, tuple(slice(*each) for each in pairwise([0, *ends])))
