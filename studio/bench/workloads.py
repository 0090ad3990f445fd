"""The named workloads: what the peers do at their defaults, and the starter pair.

A  VQGAN f16-16384 and ViT-B-32, 32 cutouts, 512x512 (256x256 on a CPU): nerdyrodent/VQGAN-CLIP
B  the same VQGAN at 384x208, ViT-B-32 and ViT-B-16, 30 cutouts each: Pixray
D  Fourier 1280x720 and ViT-B-32, 200 cutouts: Aphantasia
E  the starter VQGAN and the starter perceptor at 256x256

Weights are random but for E's. Workload C, a generation of CMA-ES on BigGAN-512, is in `studio.bench.workshop`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from studio.bench import published, reference
from studio.bench.textbook import Textbook
from studio.canvas import networks
from studio.canvas.base import Canvas
from studio.canvas.fourier import FourierCanvas
from studio.canvas.vqgan import VqganCanvas
from studio.models.loading import Weights, read_weights
from studio.models.precision import Precision
from studio.score import clip
from studio.score.cutouts import CutoutSettings
from studio.score.objective import ClipObjective, Objective
from studio.score.targets import Target

PROMPT = "a red apple on the moon"

_F16 = "vqgan-imagenet-f16-16384"


@dataclass(frozen=True, slots=True)
class Workload:
    """A step to measure.

    Attributes:
        name: a letter.
        title: what it is, in words.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        vqgan: name of the published VQGAN; "starter"; or "" for Fourier.
        perceptors: open_clip's architectures, or "starter".
        cutouts: how many each of them looks at; 0 for the manner's own.
    """

    name: str
    title: str
    width: int
    height: int
    vqgan: str
    perceptors: tuple[str, ...]
    cutouts: int

    @property
    def referred(self) -> bool:
        """Whether the plain reference step can do it."""
        return bool(self.vqgan)


def workloads(device: torch.device) -> dict[str, Workload]:
    """The workloads by name, at the sizes for a device."""
    side = 512 if device.type == "cuda" else 256
    both = ("ViT-B-32", "ViT-B-16")
    every = (
        Workload("A", f"VQGAN f16-16384, ViT-B-32, {side}x{side}", side, side, _F16, both[:1], 32),
        Workload("B", "VQGAN f16-16384, ViT-B-32 and B-16, 384x208", 384, 208, _F16, both, 30),
        Workload("D", "Fourier 1280x720, ViT-B-32", 1280, 720, "", both[:1], 200),
        Workload("E", "starter VQGAN and perceptor, 256x256", 256, 256, "starter", ("starter",), 0),
    )
    return {each.name: each for each in every}


class Studio:
    """A workload as Keydream does it.

    Attributes:
        canvas: where it begins: the seed's clouds.
        perceptors: who looks.
        manners: how each one's cutouts are drawn.
        objective: what is lowered.
    """

    def __init__(self, work: Workload, device: torch.device, precision: Precision) -> None:
        self.canvas: Canvas = FourierCanvas(work.width, work.height, device)
        if work.vqgan:
            model = networks.build(_vqgan(work), device, precision)
            self.canvas = VqganCanvas(model, work.width, work.height, device)
        self.perceptors = [clip.build(_clip(name), device, precision) for name in work.perceptors]
        self.manners = [manner(work, one.image_size) for one in self.perceptors]
        objectives: list[Objective] = [
            ClipObjective(one, [Target(one.embed_text([PROMPT])[0])], looks)
            for one, looks in zip(self.perceptors, self.manners, strict=True)
        ]
        self.objective = sum(objectives[1:], start=objectives[0])
        self.canvas.start(torch.Generator().manual_seed(1))


def plain(work: Workload, device: torch.device, studio: Studio, generator: torch.Generator) -> reference.Step:
    """A workload as the textbook does it, from where `studio` is.

    Args:
        work: one that is `referred`.
        device: where.
        studio: built for it, at its beginning.
        generator: the only source of chance.
    """
    sides = [perceptor.image_size for perceptor in studio.perceptors]
    seeing = list(zip(map(_clip, work.perceptors), sides, strict=True))
    textbook = Textbook(_vqgan(work), seeing, device)
    latents = studio.canvas.parameters()[0].detach().clone().contiguous().requires_grad_()
    eyes = textbook.eyes([perceptor.embed_text([PROMPT])[0] for perceptor in studio.perceptors])
    picture = partial(textbook.picture, latents, work.width, work.height)
    looking = list(zip(eyes, studio.manners, strict=True))
    return reference.Step([latents], picture, looking, studio.canvas.rate, generator)


def manner(work: Workload, side: int) -> CutoutSettings:
    """How a workload's cutouts are drawn for a perceptor that looks at `side` pixels."""
    settings = CutoutSettings.field() if side > 128 else CutoutSettings()
    return replace(settings, count=work.cutouts) if work.cutouts else settings


def _vqgan(work: Workload) -> Weights:
    return shipped("vqgan") if work.vqgan == "starter" else published.vqgan(work.vqgan)


def _clip(name: str) -> Weights:
    return shipped("clip") if name == "starter" else published.perceptor(name)


def shipped(kind: str) -> Weights:
    """The weights of the starter of a kind, "vqgan" or "clip"."""
    from studio.models.catalogue import find

    entry = find("", kind)
    return read_weights(Path(entry.path), name=entry.name, expect_kind=kind, expect_sha256=entry.sha256)
