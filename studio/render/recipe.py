"""From what the timeline says about a frame to what the optimiser is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from torch import Tensor

from studio.dream.ladder import Stage
from studio.dream.settings import DreamSettings
from studio.score.cutouts import CutoutSettings
from studio.score.objective import (
    Anchor,
    ClipObjective,
    Colourfulness,
    Objective,
    Range,
    Rolled,
    Symmetry,
    TotalVariation,
)
from studio.score.perceptor import Perceptor
from studio.score.targets import encode
from studio.timeline.prompt import Image, Text
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

LADDER = (Stage(0.4, 0.25), Stage(0.3, 0.5), Stage(0.3, 1.0))
"""Share of the steps, and scale of the canvas."""

SMALLEST_RUNG = 64
"""Pixels on the shorter side, below which a perceptor would only see enlarged blocks."""

_FULL_SIZE = 128  # pixels; perceptors that look at larger pictures were trained on photographs and captions at large


def objective(
    state: FrameState,
    perceptors: Sequence[tuple[Perceptor, float]],
    medium: str,
    pictures: Mapping[str, Tensor],
    anchor: Tensor | None = None,
) -> Objective:
    """What a frame is dreamed towards: its prompts in the eyes of each perceptor, smoothness, and the range of colours.

    Saturation, symmetry, the anchor and tiling come in where the timeline asks for them.

    Args:
        state: what the timeline says about the frame.
        perceptors: who judges, and how much each counts.
        medium: kind of the canvas.
        pictures: asset id to picture (1, 3, H, W), at least for `pictures_in(state)`.
        anchor: the init image (1, 3, H, W), if there is one.

    Raises:
        InputError: a prompt is too long for a perceptor.
    """
    total: Objective = TotalVariation(SMOOTHNESS[medium] * state.parameter("smoothness"))
    total = total + Range(RANGE * state.parameter("range"))
    for perceptor, weight in perceptors:
        total = total + ClipObjective(perceptor, encode(state, perceptor, pictures), cutouts(state, perceptor), weight)
    if state.parameter("tiling"):
        total = Rolled(total)
    for name, made in (("saturation", Colourfulness), ("symmetry", Symmetry)):
        if state.parameter(name):
            total = total + made(state.parameter(name))
    if anchor is not None and state.parameter("anchor"):
        total = total + Anchor(anchor, state.parameter("anchor"))
    return total


def cutouts(state: FrameState, perceptor: Perceptor) -> CutoutSettings:
    """How a perceptor's cutouts are drawn: in the manner that suits its size, as many and as small as asked for."""
    manner = CutoutSettings.field() if perceptor.image_size > _FULL_SIZE else CutoutSettings()
    return replace(manner, count=int(state.parameter("cutouts")), power=state.parameter("cut_power"))


def settings(
    state: FrameState, steps: int, *, climb: tuple[int, int] | None = None, gentle: float = 1.0
) -> DreamSettings:
    """How a frame is dreamed for `steps`.

    Args:
        state: what the timeline says about the frame.
        steps: of the optimiser.
        climb: width and height in pixels, where the dream begins from nothing and so from coarse to fine; None where it
            goes on from a picture, which climbing would blur.
        gentle: what the step size is multiplied by.
    """
    rungs = () if climb is None else ladder(climb)
    return DreamSettings(steps=steps, step_size=gentle * state.parameter("step_size"), ladder=rungs)


def ladder(size: tuple[int, int]) -> tuple[Stage, ...]:
    """From coarse to fine, up to a canvas of `size`: shapes are found on a small canvas sooner, cheaper and whole."""
    rungs = [stage for stage in LADDER if min(size) * stage.scale >= SMALLEST_RUNG]
    return tuple(rungs) if len(rungs) > 1 else ()


def wishes(state: FrameState) -> tuple[tuple[str, float], ...]:
    """The texts that a frame is to show, and how much each counts; what it is to avoid says nothing of a layout."""
    found: dict[str, float] = {}
    for term in state.terms:
        content = term.end if term.mix >= 0.5 else term.start
        if isinstance(content, Text) and term.weight > 0:
            found[content.text] = found.get(content.text, 0.0) + term.weight
    return tuple(found.items())


def pictures_in(state: FrameState) -> tuple[str, ...]:
    """The ids of the assets that the frame's prompts show."""
    contents = (content for term in state.terms for content in (term.start, term.end))
    return tuple(sorted({content.asset for content in contents if isinstance(content, Image)}))
