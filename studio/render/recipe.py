"""From what the timeline says about a frame to what the optimiser is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from studio.base.errors import AssetError
from studio.dream.arrange import Wish
from studio.dream.ladder import Stage
from studio.dream.settings import DreamSettings
from studio.project.swatches import Colours, shares
from studio.score.cutouts import CutoutSettings
from studio.score.objective import (
    Anchor,
    Border,
    ClipObjective,
    Coherence,
    Colourfulness,
    Objective,
    Palette,
    Range,
    Rolled,
    Symmetry,
    TotalVariation,
)
from studio.score.perceptor import Perceptor
from studio.score.regions import AtOnce, Window, Within, split
from studio.score.targets import encode
from studio.timeline.prompt import Image, Text
from studio.timeline.region import Area, Mask, Region
from studio.timeline.sample import FrameState

GENTLE = {
    "pixels": 0.2,
    "fourier": 0.2,
    "palette": 0.5,
    "strokes": 0.3,
    "vqgan": 0.08,
    "collage": 1.0,
    "biggan": 1.0,
}
"""What the step size is multiplied by where a dream begins from a picture of its prompt: it is dreamed on, not over."""

SMOOTHNESS = {
    "pixels": 3.0,
    "fourier": 1.0,
    "palette": 0.1,
    "strokes": 0.1,
    "vqgan": 0.1,
    "collage": 0.1,
    "biggan": 0.0,
}
"""What the parameter smoothness = 1 means in each medium: the weight of total variation. Pixels have no notion of their
own of what a picture is; a decoder has."""

RANGE = 1.0
"""What the parameter range = 1 means: the weight of leaving 0 to 1."""

BOUNDED = ("pixels", "fourier", "collage")
"""Media whose pictures cannot leave 0 to 1, a collage's by more than 1/512: there is no range to keep."""

LADDER = (Stage(0.4, 0.25), Stage(0.3, 0.5), Stage(0.3, 1.0))
"""Share of the steps, and scale of the canvas."""

SHARP_LADDER = (Stage(0.3, 0.25), Stage(0.3, 0.5), Stage(0.4, 1.0))
"""The same for a canvas that loses nothing on the way down and up: it is drawn anew, or keeps what it cannot hold."""

SHORT = 8
"""Steps of a dream that is too short for a ladder to save anything."""

SHARP_RUNG = 2
"""How many times as large as what perceptors look at a canvas has to be, that they see on it all that they would see on
a larger one."""

SMALLEST_RUNG = 64
"""Pixels on the shorter side, below which a perceptor would only see enlarged blocks."""

_FULL_SIZE = 128  # pixels; perceptors that look at larger pictures were trained on photographs and captions at large


def objective(
    state: FrameState,
    perceptors: Sequence[tuple[Perceptor, float]],
    medium: str,
    pictures: Mapping[str, Tensor],
    anchor: Tensor | None = None,
    colours: Colours | None = None,
) -> Objective:
    """What a frame is dreamed towards: its prompts in the eyes of each perceptor, smoothness, and the range of colours.

    Saturation, symmetry, the anchor, the palette and the rest come in where the timeline asks for them. Terms of one
    region share cutouts that look there alone; the cutouts of a step are shared out among regions and the whole. A
    region lies where it lies: tiling does not push it round.

    Args:
        state: what the timeline says about the frame.
        perceptors: who judges, and how much each counts.
        medium: kind of the canvas.
        pictures: asset id to picture (1, 3, H, W), at least for `pictures_in(state)`.
        anchor: the init image (1, 3, H, W), if there is one.
        colours: the project's, for the palette and the edges.

    Raises:
        InputError: a prompt is too long for a perceptor.
    """
    whole: list[Objective] = []
    within: list[Objective] = []
    total: Objective = TotalVariation(SMOOTHNESS[medium] * state.parameter("smoothness"))
    if medium not in BOUNDED:
        total = total + Range(RANGE * state.parameter("range"))
    colours = colours or Colours()
    parts = regions(state)
    for perceptor, weight in perceptors:
        manner = cutouts(state, perceptor)
        targets = encode(state, perceptor, pictures)
        for region, count in zip(parts, split(manner.count, len(parts)), strict=True):
            chosen = [target for target, term in zip(targets, state.terms, strict=True) if term.region == region]
            looking = ClipObjective(perceptor, chosen, replace(manner, count=count), weight)
            if region is None:
                whole.append(looking)
            else:
                within.append(Within(looking, window(region, pictures)))
    tiling = bool(state.parameter("tiling"))
    if tiling or not within:
        total = sum(whole, total)
    total = Rolled(total) if tiling else total
    if within:
        total = total + AtOnce(within if tiling else [*whole, *within])
    for name, made in (("saturation", Colourfulness), ("symmetry", Symmetry), ("coherence", Coherence)):
        if state.parameter(name):
            total = total + made(state.parameter(name))
    if colours.palette and state.parameter("palette"):
        total = total + Palette(torch.tensor([*map(shares, colours.palette)]), state.parameter("palette"))
    if state.parameter("edges"):
        total = total + Border(torch.tensor(shares(colours.border)), state.parameter("edges"))
    if anchor is not None and state.parameter("anchor"):
        total = total + Anchor(anchor, state.parameter("anchor"))
    return total


def regions(state: FrameState) -> tuple[Region | None, ...]:
    """Where the terms of a frame count, each place once; that of none is the whole, as if it were the first."""
    found = dict.fromkeys(term.region for term in state.terms)
    return tuple(sorted(found, key=lambda region: region is not None)) or (None,)


def window(region: Region, pictures: Mapping[str, Tensor]) -> Window:
    """The part of the picture that a region is; `AssetError` when its mask is not among `pictures`."""
    if isinstance(region, Area):
        return Window(region.sides)
    if region.asset not in pictures:
        raise AssetError(
            f"The picture {region.asset} of a mask is missing",
            "It is not among the project's assets",
            "Add the picture to the project, or choose another region",
        )
    return Window.of_picture(pictures[region.asset])


def cutouts(state: FrameState, perceptor: Perceptor) -> CutoutSettings:
    """How a perceptor's cutouts are drawn: in the manner that suits its size, as many and as small as asked for."""
    manner = CutoutSettings.field() if perceptor.image_size > _FULL_SIZE else CutoutSettings()
    return replace(manner, count=int(state.parameter("cutouts")), power=state.parameter("cut_power"))


def settings(state: FrameState, steps: int, *, rungs: tuple[Stage, ...] = (), gentle: float = 1.0) -> DreamSettings:
    """How a frame is dreamed for `steps`.

    Args:
        state: what the timeline says about the frame.
        steps: of the optimiser.
        rungs: from coarse to fine; none for full size throughout.
        gentle: what the step size is multiplied by.
    """
    return DreamSettings(steps=steps, step_size=gentle * state.parameter("step_size"), ladder=rungs)


def ladder(size: tuple[int, int]) -> tuple[Stage, ...]:
    """From coarse to fine, up to a canvas of `size`: shapes are found on a small canvas sooner, cheaper and whole."""
    rungs = [stage for stage in LADDER if min(size) * stage.scale >= SMALLEST_RUNG]
    return tuple(rungs) if len(rungs) > 1 else ()


def sharp_ladder(size: tuple[int, int], seen: int) -> tuple[Stage, ...]:
    """The same for a canvas that loses nothing on the way: fewer pixels while things find their places.

    Args:
        size: width and height of the canvas in pixels.
        seen: the side of what the perceptor with the sharpest eyes looks at, in pixels.
    """
    rungs: list[Stage] = []
    share = 0.0
    for stage in SHARP_LADDER:
        share += stage.share
        if stage.scale == 1 or min(size) * stage.scale >= SHARP_RUNG * seen:
            rungs.append(Stage(share, stage.scale))
            share = 0.0
    return tuple(rungs) if len(rungs) > 1 else ()


def wishes(state: FrameState, pictures: Mapping[str, Tensor]) -> tuple[Wish, ...]:
    """The texts that a frame is to show, how much each counts, and where; what it is to avoid says nothing of a layout.

    Args:
        state: what the timeline says about the frame.
        pictures: asset id to picture, at least for the masks.
    """
    found: dict[tuple[str, Region | None], float] = {}
    for term in state.terms:
        content = term.end if term.mix >= 0.5 else term.start
        if isinstance(content, Text) and term.weight > 0:
            found[content.text, term.region] = found.get((content.text, term.region), 0.0) + term.weight
    return tuple(
        Wish(text, weight, None if region is None else window(region, pictures).sides)
        for (text, region), weight in found.items()
    )


def pictures_in(state: FrameState) -> tuple[str, ...]:
    """The ids of the assets that the frame's prompts show, or are masked by."""
    parts = (part for term in state.terms for part in (term.start, term.end, term.region))
    return tuple(sorted({part.asset for part in parts if isinstance(part, Image | Mask)}))
