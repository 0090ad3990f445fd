"""What the starter BigGAN learns to draw: all artwork, and some backgrounds of every kind, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from studio.scenery.backgrounds import KINDS, Background, Backgrounds
from studio.starter.artwork import STYLES, Atlas
from studio.starter.objects import Kind

_TRIED = 6  # backgrounds looked at for each that is chosen
_GLANCE = 32  # pixels at which they are looked at
_SAYINGS = 60  # backgrounds of a kind whose captions are gathered


@dataclass(frozen=True, slots=True, eq=False)
class Repertoire:
    """Drawings with their places.

    Attributes:
        things: (n, 4, s, s) uint8, red, green, blue premultiplied by alpha, and alpha.
        thing_slots: (kinds, looks), the number of the drawing in each place; as many places for each style.
        scenes: (m, 3, s, s) uint8.
        scene_slots: (kinds of background, looks), likewise.
        names: what `BigGanConfig` has beside shapes: classes, styles, looks, places.
    """

    things: Tensor
    thing_slots: Tensor
    scenes: Tensor
    scene_slots: Tensor
    names: Mapping[str, Any]


def gather(kinds: tuple[Kind, ...], atlas: Atlas, looks: int, seed: int) -> Repertoire:
    """All drawings of the atlas, and `looks` backgrounds of every kind, as unlike each other as can be found."""
    things = torch.from_numpy(atlas.pictures).permute(0, 3, 1, 2).contiguous()
    slots = slots_of(len(kinds), atlas)
    chosen = [choose(kind, looks, seed) for kind in range(len(KINDS))]
    brush = Backgrounds(things.shape[-1])
    drawn = [[brush.draw(_rng(seed, kind, n), kind) for n in numbers] for kind, numbers in enumerate(chosen)]
    pictures = np.stack([np.rint(one.picture * 255) for row in drawn for one in row]).astype(np.uint8)
    names = {
        "classes": [list(kind.nouns) for kind in kinds],
        "styles": [style.name for style in STYLES],
        "looks": slots.shape[1],
        "places": [
            {
                "name": kind.name,
                "phrases": _phrases(number, seed),
                "looks": [[one.phrase, one.alone] for one in drawn[number]],
            }
            for number, kind in enumerate(KINDS)
        ],
    }
    return Repertoire(
        things,
        slots,
        torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(),
        torch.arange(len(pictures)).view(len(KINDS), looks),
        names,
    )


def slots_of(kinds: int, atlas: Atlas) -> Tensor:
    """(kinds, looks): for each style as many places as the richest kind has drawings in one.

    A kind's drawings of a style stand in its places in turn, again from the first when all are placed; where a style
    has none, the kind's others do.
    """
    table: dict[tuple[int, int], list[int]] = {}
    for number, (kind, style) in enumerate(zip(atlas.kind.tolist(), atlas.style.tolist(), strict=True)):
        table.setdefault((kind, style), []).append(number)
    variants = max(map(len, table.values()))
    rows = []
    for kind in range(kinds):
        every = [number for style in range(len(STYLES)) for number in table.get((kind, style), [])]
        row = []
        for style in range(len(STYLES)):
            own = table.get((kind, style), every)
            row += [own[place % len(own)] for place in range(variants)]
        rows.append(row)
    return torch.tensor(rows)


def choose(kind: int, count: int, seed: int) -> list[int]:
    """The numbers of `count` backgrounds of a kind, each as far from those before it as can be (Gonzalez 1985)."""
    brush = Backgrounds(_GLANCE)
    seen = [brush.draw(_rng(seed, kind, n), kind).picture for n in range(_TRIED * count)]
    glances = (
        torch.from_numpy(np.stack(seen)).view(len(seen), 8, _GLANCE // 8, 8, _GLANCE // 8, -1).mean((2, 4)).flatten(1)
    )
    chosen = [0]
    far = torch.cdist(glances, glances[:1])[:, 0]
    for _ in range(count - 1):
        chosen.append(int(far.argmax()))
        far = torch.minimum(far, torch.cdist(glances, glances[chosen[-1] :][:1])[:, 0])
    return chosen


def _phrases(kind: int, seed: int) -> list[str]:
    brush = Backgrounds(8)
    drawn: list[Background] = [brush.draw(_rng(seed, kind, n), kind) for n in range(_SAYINGS)]
    return sorted({one.phrase for one in drawn} | {one.alone for one in drawn})


def _rng(seed: int, kind: int, number: int) -> np.random.Generator:
    return np.random.default_rng([seed, kind, number])
