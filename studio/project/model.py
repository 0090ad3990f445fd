"""A project: all that determines an animation. Frozen; to change one, `dataclasses.replace` it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.base.errors import AssetError
from studio.project import limits
from studio.project.canonical import JSON
from studio.project.options import Value, normal, options_of
from studio.project.places import Place
from studio.project.swatches import Colours
from studio.timeline.model import Timeline

MEDIA = ("vqgan", "pixels", "fourier", "palette", "strokes", "collage", "biggan")
"""The canvases a project can ask for."""

STARTS = ("", "noise", "collage", "biggan")
"""What a dream can begin from: its medium's own way, bare noise, or what fits the prompt best in another medium."""

MODES = ("walk", "follow")
"""The motion modes: keyframes dreamed and latents between them, or every frame from the moved one before it."""

BORDERS = ("reflect", "wrap")
"""What the camera shows beyond the picture's edge."""


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} must be {low} to {high}, got {value}")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")


@dataclass(frozen=True, slots=True)
class Medium:
    """Which canvas is dreamed on.

    Attributes:
        kind: one of `MEDIA`.
        model: name of the weights; empty means the starter that ships with Keydream. Some media have none.
        start: one of `STARTS`: what the first picture, or each keyframe of a walk, is begun from.
        options: what is set otherwise than usual, by the names in `studio.project.options`.
    """

    kind: str = "vqgan"
    model: str = ""
    start: str = ""
    options: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, MEDIA)
        _one_of("start", self.start, STARTS)
        object.__setattr__(self, "options", normal(self.kind, self.options))

    def option(self, name: str) -> Value:
        """An option's value, given or usual. Raises KeyError when this medium has none of that name."""
        return self.options.get(name, options_of(self.kind)[name].default)

    def with_option(self, name: str, value: Value) -> Medium:
        """The same with another value of an option.

        Raises:
            ValueError: there is no such option, or it cannot have that value.
        """
        return replace(self, options={**self.options, name: value})


@dataclass(frozen=True, slots=True)
class Motion:
    """How frames follow one another.

    Attributes:
        mode: one of `MODES`.
        refine: optimiser steps on each in-between frame of a walk, 0 to `limits.STEPS`.
        border: one of `BORDERS`.
        centre_x: the camera's centre as a share of the width, 0 (left) to 1.
        centre_y: the camera's centre as a share of the height, 0 (top) to 1.
    """

    mode: str = "walk"
    refine: int = 0
    border: str = "reflect"
    centre_x: float = 0.5
    centre_y: float = 0.5

    def __post_init__(self) -> None:
        _one_of("mode", self.mode, MODES)
        _one_of("border", self.border, BORDERS)
        _within("refine", self.refine, 0, limits.STEPS)
        _within("centre_x", self.centre_x, 0, 1)
        _within("centre_y", self.centre_y, 0, 1)


@dataclass(frozen=True, slots=True)
class PerceptorRef:
    """A perceptor by name, and how much its opinion counts (0 to `limits.VALUE`)."""

    model: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        _within("weight", self.weight, 0, limits.VALUE)


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture that the project refers to.

    Attributes:
        id: the name by which prompts and the init image call it.
        path: where it is, relative to the project's folder and inside it, with forward slashes.
        sha256: its content's hash when it was added, to find it when it moved: 64 lower-case hex digits, or empty.
    """

    id: str
    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How the animation was last exported.

    Attributes:
        format: the exporter's name for the file format ("gif", "mp4", ...).
        quality: 0 (smallest file) to 100 (best picture).
        loop: whether it plays for ever, where the format can say so.
    """

    format: str = "gif"
    quality: int = 80
    loop: bool = True

    def __post_init__(self) -> None:
        _within("quality", self.quality, 0, 100)


@dataclass(frozen=True, slots=True)
class Project:
    """All that determines an animation, save the weights themselves.

    Attributes:
        name: what the artist calls it.
        timeline: prompts and parameters over time.
        width: of the picture in pixels, `limits.SIDE_MIN` to `limits.SIDE_MAX`.
        height: of the picture in pixels, likewise.
        seed: 0 to `limits.SEED`; the same project and seed give the same frames on the same machine.
        medium: which canvas.
        motion: how frames follow one another.
        perceptors: who judges; empty means the starter.
        init_image: id of the asset that the first canvas starts from; empty means noise.
        assets: the pictures it refers to, ids unique.
        export: how it was last exported.
        colours: what the parameters palette and edges draw colours to.
        extra: unknown top-level keys of its file, kept for the version of Keydream that knows them.
        kept: unknown keys deeper down, by the `studio.project.places.Place` of the object they stood in.

    Raises:
        ValueError: a number is out of its range, a name not among those known, or an asset's id is used twice.
    """

    name: str
    timeline: Timeline
    width: int = 256
    height: int = 256
    seed: int = 0
    medium: Medium = Medium()
    motion: Motion = Motion()
    perceptors: tuple[PerceptorRef, ...] = ()
    init_image: str = ""
    assets: tuple[Asset, ...] = ()
    export: ExportSettings = ExportSettings()
    colours: Colours = field(default_factory=Colours)
    extra: Mapping[str, JSON] = field(default_factory=dict, hash=False)
    kept: Mapping[Place, Mapping[str, JSON]] = field(default_factory=dict, hash=False, repr=False)

    def __post_init__(self) -> None:
        _within("width", self.width, limits.SIDE_MIN, limits.SIDE_MAX)
        _within("height", self.height, limits.SIDE_MIN, limits.SIDE_MAX)
        _within("seed", self.seed, 0, limits.SEED)
        ids = [asset.id for asset in self.assets]
        if len(set(ids)) != len(ids):
            raise ValueError(f"asset ids must be unique, got {ids}")

    def asset(self, name: str) -> Asset:
        """The asset with that id.

        Raises:
            AssetError: the project has none.
        """
        for asset in self.assets:
            if asset.id == name:
                return asset
        raise AssetError(
            f"The project has no picture called {name[:80]}",
            f"Its pictures are: {', '.join(asset.id for asset in self.assets) or 'none'}",
            "Add the picture to the project, or choose another in the prompt",
        )
