"""The parameters that a timeline may animate: their names, ranges, units and what they do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from studio.timeline.validate import number


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """What is known of one parameter.

    Attributes:
        name: the name of its track.
        label: its name on screen.
        default: its value where no track says otherwise.
        minimum: the least value that reaches the renderer.
        maximum: the greatest.
        unit: what the number counts; empty for a plain factor.
        help: one sentence for a tooltip.
        integer: whether only whole numbers reach the renderer.
    """

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    unit: str
    help: str
    integer: bool = False

    def __post_init__(self) -> None:
        for what in ("minimum", "maximum"):
            object.__setattr__(self, what, number(getattr(self, what), f"the {what} of {self.name}"))
        object.__setattr__(self, "default", number(self.default, self.name, self.minimum, self.maximum))

    def clamp(self, value: float) -> float:
        """The nearest value that the renderer takes: within the range, and whole if `integer` (halves go up)."""
        inside = min(max(value, self.minimum), self.maximum)
        return float(math.floor(inside + 0.5)) if self.integer else inside


_SPECS: Final = (
    ParameterSpec(
        "zoom", "Zoom", 1.0, 0.5, 2.0, "× a frame", "How much larger the picture grows from one frame to the next."
    ),
    ParameterSpec(
        "pan_x", "Pan X", 0.0, -1.0, 1.0, "widths a frame", "How far the camera goes to the right in a frame."
    ),
    ParameterSpec("pan_y", "Pan Y", 0.0, -1.0, 1.0, "heights a frame", "How far the camera goes down in a frame."),
    ParameterSpec("rotate", "Rotate", 0.0, -180.0, 180.0, "° a frame", "How far the picture turns in a frame."),
    ParameterSpec("steps", "Steps", 150, 0, 5000, "steps", "How many optimiser steps a frame is dreamed for.", True),
    ParameterSpec(
        "step_size", "Step size", 1.0, 0.0, 10.0, "", "How large a step is, compared with the medium's own step size."
    ),
    ParameterSpec(
        "cutouts", "Cutouts", 8, 1, 256, "cutouts", "How many crops the perceptor sees in a step: more is calmer.", True
    ),
    ParameterSpec(
        "cut_power",
        "Cut power",
        1.0,
        0.1,
        4.0,
        "",
        "How small the cutouts tend to be: a higher power makes more small ones.",
    ),
    ParameterSpec(
        "smoothness",
        "Smoothness",
        1.0,
        0.0,
        100.0,
        "",
        "The weight of total variation, compared with the medium's own: more is smoother.",
    ),
    ParameterSpec(
        "saturation", "Saturation", 0.0, -10.0, 10.0, "", "More colour above 0, less below; 1 is a gentle push."
    ),
    ParameterSpec("symmetry", "Symmetry", 0.0, 0.0, 100.0, "", "The weight of left and right being alike."),
    ParameterSpec("anchor", "Anchor", 0.0, 0.0, 100.0, "", "The weight of staying near the init image."),
    ParameterSpec(
        "palette", "Palette", 0.0, 0.0, 100.0, "", "The weight of the project's palette: colours are drawn to it."
    ),
    ParameterSpec(
        "edges",
        "Edges",
        0.0,
        0.0,
        100.0,
        "",
        "The weight of a border in the project's border colour, all the way round.",
    ),
    ParameterSpec(
        "coherence",
        "Colour coherence",
        0.0,
        0.0,
        100.0,
        "",
        "The weight of neighbours of one lightness having one colour: fewer specks, edges stay.",
    ),
    ParameterSpec("tiling", "Tiling", 0, 0, 1, "", "1: the picture goes on over its edges, without a seam.", True),
    ParameterSpec("range", "Range", 1.0, 0.0, 10.0, "", "The weight that keeps colours within what a screen can show."),
)

PARAMETERS: Final[dict[str, ParameterSpec]] = {spec.name: spec for spec in _SPECS}
"""Every parameter the renderer knows, by name. A track of another name is allowed and passed on as it is."""
