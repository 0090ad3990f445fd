"""A pack of cutouts as training artwork: what every machine has, without fetching anything."""

from __future__ import annotations

import numpy as np
import torch

from studio.base.errors import AssetError, InputError
from studio.base.progress import Progress, Report, silent
from studio.canvas.pack import Cutout, Pack
from studio.canvas.sprites import draw
from studio.starter.artwork import Atlas
from studio.starter.objects import Kind


def from_pack(pack: Pack, side: int, report: Report = silent) -> tuple[tuple[Kind, ...], Atlas]:
    """The kinds that a pack shows, cutouts of the same first noun being of one kind, and their drawings.

    Args:
        pack: of cutouts.
        side: width and height of a drawing, in pixels.
        report: told how many are drawn.

    Raises:
        InputError: some cutouts cannot be drawn; they are named.
    """
    members: dict[str, list[Cutout]] = {}
    for cutout in pack.cutouts.values():
        members.setdefault(cutout.nouns[0], []).append(cutout)
    taken: set[str] = set()
    kinds: list[Kind] = []
    pictures, kind_of, names, broken = [], [], [], []
    for name, cutouts in members.items():
        nouns = tuple(dict.fromkeys(noun for cutout in cutouts for noun in cutout.nouns if noun not in taken))
        taken.update(nouns)
        for cutout in cutouts:
            try:
                picture = draw(pack, cutout.name, side)
            except AssetError as error:
                broken.append(f"{cutout.file} ({error.why})")
                continue
            pictures.append((picture.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy())
            kind_of.append(len(kinds))
            names.append(cutout.name)
            report(Progress(len(names), len(pack.cutouts), "drawing cutouts"))
        kinds.append(Kind((name, *(noun for noun in nouns if noun != name)), cutouts[0].group, tuple(names[-1:])))
    if broken:
        raise InputError(
            f"The pack {pack.path} cannot be trained on",
            f"These cannot be drawn: {', '.join(broken[:5])}",
            "Take them out",
        )
    style = np.zeros(len(names), np.int64)
    return tuple(kinds), Atlas(np.stack(pictures), np.array(kind_of), style, tuple(names))
