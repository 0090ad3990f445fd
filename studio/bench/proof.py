"""That every medium dreams with networks of the published sizes, before anybody fetches a gigabyte: five steps each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from studio.base.errors import RenderError
from studio.bench import deep, published
from studio.canvas import imagenet_model, networks
from studio.canvas.base import Canvas
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.vqgan import VqganCanvas
from studio.dream.loop import Run
from studio.dream.settings import DreamSettings
from studio.project.model import MEDIA, Medium, Project
from studio.render.toolbox import LocalToolbox
from studio.score.cutouts import CutoutSettings
from studio.score.objective import ClipObjective
from studio.score.perceptor import Perceptor
from studio.score.targets import Target
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

STEPS = 5
_CUTOUTS = 4
_PROMPT = "a red apple on the moon"

Make = Callable[[], Canvas]
"""Makes a canvas, networks and all."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What some steps of a medium came to.

    Attributes:
        medium: its name, and its model's if it has one.
        perceptor: who guided it.
        seconds: that a step took, the first left out.
        gradient: the largest value of any gradient, over all steps.
        sound: whether every step was done, every value of every gradient was finite, and each step moved something.
    """

    medium: str
    perceptor: str
    seconds: float
    gradient: float
    sound: bool


def media(side: int, device: torch.device | str = "cpu") -> dict[str, Make]:
    """A maker of each medium's canvas of `side` by `side` pixels, with random weights where it has any."""
    tools = LocalToolbox(Path(), torch.device(device))
    makes: dict[str, Make] = {}
    for kind in MEDIA:
        if kind not in ("vqgan", "biggan"):
            makes[kind] = partial(
                tools.canvas, Project("", Timeline(FrameRate(24), 1), medium=Medium(kind)), side, side
            )
    for name in published.VQGANS:
        makes[f"vqgan, {name}"] = partial(_vqgan, name, side, device)
    for size in deep.LAYERS:
        makes[f"biggan, biggan-deep-{size}"] = partial(_biggan, size, side, device)
    return makes


def prove(makes: Mapping[str, Make], perceptor: Perceptor, steps: int = STEPS) -> Iterator[Proven]:
    """Take steps of each medium, one result after the other; nothing of one is kept for the next."""
    for name, make in makes.items():
        yield _steps(name, make(), perceptor, steps)


def _steps(name: str, canvas: Canvas, perceptor: Perceptor, steps: int) -> Proven:
    canvas.start(torch.Generator().manual_seed(1))
    targets = [Target(perceptor.embed_text([_PROMPT])[0])]
    objective = ClipObjective(perceptor, targets, CutoutSettings(count=_CUTOUTS))
    run = Run(canvas, objective, DreamSettings(steps=steps, average=0.0), torch.Generator().manual_seed(2))
    sound, largest, times = True, 0.0, []
    for _ in range(steps):
        begun = time.perf_counter()
        try:
            done = run.advance() is not None
        except RenderError:  # it was undone once too often
            done = False
        largest_now = _largest(canvas)
        times.append(time.perf_counter() - begun)
        sound = sound and done and 0 < largest_now < float("inf")
        largest = max(largest, largest_now)
    return Proven(name, perceptor.name, sum(times[1:]) / max(1, steps - 1), largest, sound)


def _largest(canvas: Canvas) -> float:
    """The largest value of a canvas' gradients; infinite where one of them is no number."""
    values = [leaf.grad.abs().max() for leaf in canvas.parameters() if leaf.grad is not None and leaf.numel()]
    highest = torch.stack(values).max() if values else torch.zeros(())
    return float(torch.nan_to_num(highest, nan=torch.inf, posinf=torch.inf))


def _vqgan(name: str, side: int, device: torch.device | str) -> Canvas:
    return VqganCanvas(networks.build(published.vqgan(name), device), side, side, device)


def _biggan(size: int, side: int, device: torch.device | str) -> Canvas:
    return ImageNetCanvas(imagenet_model.build(deep.weights(deep.config(size)), device), side, side, device)
