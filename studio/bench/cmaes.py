"""Workload C: a generation of CMA-ES on a published BigGAN, as one batch, against the workshops' way, one by one.

Workshops that drove BigGAN by CLIP with CMA-ES drew and judged the members of a population one after the other, with
pytorch-pretrained-biggan, in single precision. Both ways get the same members, weights and judge, in one run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
import torch
from torch import Tensor

from studio.base.errors import InputError
from studio.bench.timing import Clock
from studio.canvas.imagenet_model import build
from studio.dream.evolution import Population
from studio.dream.search import Judge
from studio.models.loading import Weights

Published = Callable[[Tensor, Tensor, float], Tensor]
"""The published model: noise (n, noise), classes (n, classes) and truncation to pictures in -1 to 1."""

TRUNCATION = 1.0
CLASSES = 8
SPREAD = 0.4


@dataclass(frozen=True, slots=True)
class Measured:
    """What a generation took.

    Attributes:
        population: members of the generation.
        side: of the pictures, in pixels.
        dtype: in what ours was computed, as torch calls it.
        plain: seconds of the workshops' way.
        batched: seconds of ours.
        agreement: the correlation of the two ways' ranks of the members (Spearman), 1 where they are the same.
    """

    population: int
    side: int
    dtype: str
    plain: float
    batched: float
    agreement: float

    @property
    def ratio(self) -> float:
        """How many times as fast ours is."""
        return self.plain / self.batched


def measure(
    weights: Weights,
    judged: Judge,
    *,
    population: int = 50,
    device: torch.device | str = "cpu",
    dtypes: tuple[torch.dtype | None, ...] = (None,),
    seed: int = 0,
) -> list[Measured]:
    """Draw and judge a generation in both ways; ours in each of the precisions, None being what is fast there.

    Args:
        weights: of a BigGAN-deep, see `studio.bench.deep`.
        judged: judges pictures (n, 3, H, W), on the device; both ways ask it.
        population: members of the generation.
        device: where.
        dtypes: of ours.
        seed: of the members.

    Raises:
        InputError: pytorch-pretrained-biggan is not installed.
    """
    generation = Generation(weights, judged, population, torch.device(device), seed)
    wanted, plain = timed(generation.plainly(judged), population, generation.device)
    found = []
    for dtype in dtypes:
        ours = generation.ours(dtype)
        losses, batched = timed(partial(_first, ours, generation.members), population, generation.device)
        name = str(ours.model.dtype).removeprefix("torch.")
        found.append(Measured(population, ours.model.side, name, plain, batched, agreement(wanted, losses)))
    return found


class Generation:
    """The members of one generation, to be drawn and judged in either way.

    Args:
        weights: of a BigGAN-deep.
        judged: judges pictures (n, 3, H, W), on the device, in our way.
        population: how many members.
        device: where.
        seed: of the members.

    Attributes:
        members: (population, dimensions), on the CPU.
        device: where.
    """

    def __init__(self, weights: Weights, judged: Judge, population: int, device: torch.device, seed: int = 0) -> None:
        self._weights, self._judged = weights, judged
        generator = torch.Generator().manual_seed(seed)
        self.members = SPREAD * torch.randn(population, int(weights.config["z_dim"]) + CLASSES, generator=generator)
        self.device = device

    def ours(self, dtype: torch.dtype | None) -> Population:
        """What draws and judges members as Keydream does; None computes in what is fast on the device."""
        classes = torch.arange(CLASSES) * (int(self._weights.config["num_classes"]) // CLASSES)
        even = torch.full((CLASSES,), 1 / CLASSES)
        return Population(build(self._weights, self.device, dtype), classes, even, self._judged, TRUNCATION)

    def plainly(self, judged: Judge) -> Callable[[int], Tensor]:
        """What draws the first so many members as the workshops did, lets `judged` judge each, and gives the losses.

        Raises:
            InputError: pytorch-pretrained-biggan is not installed.
        """
        theirs = published(self._weights, self.device)
        decoded = self.ours(torch.float32).decoded(self.members.to(self.device))

        def work(count: int) -> Tensor:
            losses = []
            for number in range(count):
                noise, mixture = (values[number : number + 1] for values in decoded)
                losses.append(float(judged(theirs(TRUNCATION * noise, mixture, TRUNCATION) / 2 + 0.5)))
            return torch.tensor(losses)

        return work


def published(weights: Weights, device: torch.device | str = "cpu") -> Published:
    """The published code's own model with these weights, for drawing.

    Raises:
        InputError: pytorch-pretrained-biggan is not installed.
    """
    try:
        from pytorch_pretrained_biggan import BigGAN, BigGANConfig
    except ImportError as error:
        raise InputError(
            "The workshops' way cannot be measured", "pytorch-pretrained-biggan is missing", 'Install "keydream[dev]"'
        ) from error
    model = BigGAN(BigGANConfig.from_dict(dict(weights.config)))
    model.load_state_dict(dict(weights.tensors))
    return cast("Published", model.eval().requires_grad_(False).to(device))


@torch.no_grad()
def timed(work: Callable[[int], Tensor], count: int, device: torch.device) -> tuple[Tensor, float]:
    """What work gives for so many members, and the seconds that it takes, after it has run for two."""
    work(2)
    clock = Clock(device)
    with clock:
        result = work(count)
    return result, clock.seconds


def agreement(a: Tensor, b: Tensor) -> float:
    """Spearman's correlation of two lists of losses (n,), n above 1."""
    first, second = (values.cpu().argsort().argsort().double().numpy() for values in (a, b))
    return float(np.corrcoef(first, second)[0, 1])


def _first(ours: Population, members: Tensor, count: int) -> Tensor:
    return ours.losses(members[:count])
