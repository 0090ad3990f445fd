from __future__ import annotations

import torch

from studio.canvas.tiling import BLUR, TILE, TOLERANCE, binned, cubics_of, groups, lines_of, to_line


def strokes(count: int = 12, side: float = 100.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.rand(count, 7, 2, generator=generator) * side


def test_lines_stay_near_their_curves() -> None:
    points = strokes()
    lines, cubics = lines_of(points), cubics_of(points)
    assert len(cubics) == 24
    vertices = (lines.basis[:, :, None] * cubics[lines.cubic]).sum(1)
    t = torch.linspace(0, 1, 500)
    basis = torch.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], 1)
    for number, cubic in enumerate(cubics):
        first = lines.first[lines.cubic[lines.first] == number]
        places = basis @ cubic
        distances = torch.stack([to_line(places, vertices[i], vertices[i + 1])[0].norm(dim=1) for i in first[:, None]])
        assert distances.amin(0).max() <= TOLERANCE * 1.01
    assert torch.equal(lines.stroke, lines.cubic[lines.first] // 2)


def test_every_pixel_that_a_stroke_reaches_is_in_one_of_its_tiles() -> None:
    points, width, height = strokes(), 100, 70
    widths = torch.linspace(1, 30, len(points))
    lines = lines_of(points)
    vertices = (lines.basis[:, :, None] * cubics_of(points)[lines.cubic]).sum(1)
    tiling = binned(vertices, widths, lines, width, height)
    pairs = set(zip(tiling.tile.tolist(), tiling.stroke.tolist(), strict=True))
    assert len(pairs) == len(tiling.tile)
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    pixels = torch.stack([x.flatten(), y.flatten()], 1)
    tiles = (pixels[:, 1] // TILE * tiling.across + pixels[:, 0] // TILE).long()
    for stroke in range(len(points)):
        first = lines.first[lines.stroke == stroke]
        away = torch.stack([to_line(pixels, vertices[i], vertices[i + 1])[0].norm(dim=1) for i in first[:, None]])
        nearest = away.amin(0)
        reached = set(tiles[nearest < widths[stroke] / 2 + BLUR / 2].tolist())
        assert reached <= {tile for tile, other in pairs if other == stroke}
        for tile in reached:  # the lines that are kept give the same distances
            pair = int(torch.nonzero((tiling.tile == tile) & (tiling.stroke == stroke))[0])
            kept = tiling.line[tiling.begins[pair] : tiling.begins[pair + 1]]
            inside = (tiles == tile) & (nearest < widths[stroke] / 2 + BLUR / 2)
            if tiling.solid[pair]:
                assert bool((nearest[inside] <= widths[stroke] / 2 - BLUR / 2 + 1e-4).all())
            here = [to_line(pixels[inside], vertices[i], vertices[i + 1])[0].norm(dim=1) for i in kept[:, None]]
            assert torch.allclose(torch.stack(here).amin(0), nearest[inside], atol=1e-5)


def test_groups_hold_every_pair_once_from_the_lowest_stroke_up() -> None:
    points = strokes(40)
    lines = lines_of(points)
    vertices = (lines.basis[:, :, None] * cubics_of(points)[lines.cubic]).sum(1)
    tiling = binned(vertices, torch.full((40,), 9.0), lines, 100, 100)
    seen = []
    for group in groups(tiling):
        seen.append(group.pairs)
        before = torch.full((len(group.tiles),), -1)
        for rank in group.ranks:
            pairs = group.pairs[rank]
            assert torch.equal(tiling.tile[pairs], group.tiles[: len(pairs)])
            assert bool((tiling.stroke[pairs] > before[: len(pairs)]).all())
            before[: len(pairs)] = tiling.stroke[pairs]
        assert group.ranks[-1].stop == len(group.pairs)
    assert torch.equal(torch.cat(seen).sort().values, torch.arange(len(tiling.tile)))
