"""A render's tools in miniature, and projects for them: a perceptor of one matrix, a real canvas of 16 x 16 pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from studio.base.errors import InputError
from studio.canvas.pixels import PixelCanvas
from studio.dream.seeds import generator
from studio.project.model import Asset, Medium, Motion, Project
from studio.render.keys import Identities
from studio.render.plan import Plan, plan
from studio.timeline.easing import Ease
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track

ASSETS = {"flower": "f" * 64, "tree": "7" * 64}
IDENTITIES = Identities(("a" * 64,), "b" * 64, {**ASSETS, "same flower": "f" * 64})
MODES = ("walk", "follow")


class Perceptor:
    """Sees a picture of 8 x 8 pixels through a random matrix; a text is a random point."""

    name = "fake"
    image_size = 8
    dimensions = 6
    context_length = 16
    identity = "a" * 64
    logit_scale = 10.0
    device = torch.device("cpu")

    def __init__(self) -> None:
        self._matrix = torch.randn(3 * 64, self.dimensions, generator=generator(1, "matrix"))
        self.looks = 0

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        points = [torch.randn(self.dimensions, generator=generator(2, text)) for text in texts]
        return torch.nn.functional.normalize(torch.stack(points), dim=-1)

    def embed_image(self, images: Tensor) -> Tensor:
        self.looks += 1
        return torch.nn.functional.normalize((images.flatten(1) - 0.5) @ self._matrix, dim=-1)

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def check_text(self, text: str) -> None:
        if self.count_tokens(text) > self.context_length:
            raise InputError("The prompt is too long")


class Toolbox:
    """Remembers in `built` what it was asked to build."""

    device = torch.device("cpu")

    def __init__(self, perceptor: Perceptor | None = None) -> None:
        self.perceptor = perceptor or Perceptor()
        self.built: list[str] = []

    def identities(self, project: Project) -> Identities:
        return Identities((self.perceptor.identity,) * max(1, len(project.perceptors)), "", ASSETS)

    def perceptors(self, project: Project) -> tuple[tuple[Perceptor, float], ...]:
        self.built.append("perceptors")
        return ((self.perceptor, 1.0),)

    def canvas(self, project: Project, width: int, height: int) -> PixelCanvas:
        self.built.append(f"canvas {width} x {height}")
        return PixelCanvas(width, height)

    def picture(self, project: Project, asset: str) -> Tensor:
        self.built.append(f"picture {asset}")
        seed = int(hashlib.sha256(asset.encode()).hexdigest()[:8], 16)
        return torch.rand(1, 3, 12, 20, generator=generator(seed))


def prompt_track(keys: Mapping[int, str], name: str = "main", ease: Ease = Ease.LINEAR, **fields: Any) -> PromptTrack:
    frames = (Keyframe(frame, parse_prompt(text), ease) for frame, text in sorted(keys.items()))
    return PromptTrack(name, Track(tuple(frames)), **fields)


def parameter_track(name: str, keys: Mapping[int, float], **fields: Any) -> ParameterTrack:
    return ParameterTrack(name, Track(tuple(Keyframe(frame, value) for frame, value in sorted(keys.items()))), **fields)


def project(
    keys: Mapping[int, str] | None = None,
    *,
    length: int = 9,
    mode: str = "walk",
    refine: int = 0,
    steps: int = 3,
    loop: bool = False,
    tracks: Sequence[PromptTrack] | None = None,
    parameters: Mapping[str, Mapping[int, float]] | None = None,
    ease: Ease = Ease.LINEAR,
    **fields: Any,
) -> Project:
    """A project of 16 x 16 pixels; three keyframes unless told otherwise."""
    texts = {0: "red", 4: "green", 8: "blue"} if keys is None else keys
    values = {"steps": {0: steps}, "cutouts": {0: 2}, **(parameters or {})}
    timeline = Timeline(
        rate=FrameRate(12),
        length=length,
        prompts=(prompt_track(texts, ease=ease),) if tracks is None else tuple(tracks),
        parameters=tuple(parameter_track(name, track) for name, track in values.items()),
        loop=loop,
    )
    assets = tuple(Asset(name, f"{name}.png") for name in ASSETS)
    plain = Project(
        "test",
        timeline,
        16,
        16,
        medium=Medium("pixels", "", "noise"),
        motion=Motion(mode=mode, refine=refine),
        assets=assets,
    )
    return replace(plain, **fields)


def lay_out(
    which: Project, frames: FrameRange | None = None, identities: Identities = IDENTITIES, **options: Any
) -> Plan:
    """The plan of a project with made-up identities."""
    return plan(which, frames, identities, **options)


def all_keys(which: Project, **options: Any) -> list[str]:
    """The keys of every frame and every solve."""
    made = lay_out(which, **options)
    return [job.key for job in made.jobs] + [solve.key for solve in made.solves]
