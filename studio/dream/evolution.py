"""Finding a published BigGAN's noise and classes for a prompt: by sampling, evolution, gradients, or all in turn.

CMA-ES (Hansen 2016, "The CMA Evolution Strategy: A Tutorial") over the noise and the mixture of a few classes, which
CLIP chooses; a whole population is drawn and judged together. Between being drawn and being told, the best of a
generation may take some steps along the gradient, so that both ways of searching are interleaved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.canvas.adam import adam
from studio.canvas.imagenet_fitting import truncated
from studio.canvas.imagenet_model import NOISE_EDGE, ImageNetModel
from studio.dream.classes import likely
from studio.dream.search import Judge
from studio.dream.strategy import check_settings, strategy
from studio.score.perceptor import Perceptor

_RATE = 0.05  # of Adam, between being drawn and being told
_GAIN = 3.0  # logits of a mixture are this times its numbers, so that they move as fast as the noise
_FLOOR = 1e-4
_JUDGED = 32  # pictures that a perceptor is given at once


@dataclass(frozen=True, slots=True)
class EvolutionSettings:
    """How to search. Raises InputError when a value is out of range.

    Attributes:
        samples: pictures that are drawn and judged first.
        generations: of the evolution after that; 0 for the best sample alone.
        population: pictures in each generation, 4 or more.
        spread: standard deviation of the first generation, in that of the noise.
        classes: how many classes are considered at most.
        refined: how many of a generation take steps along the gradient before it is told; 0 for evolution alone.
        steps: how many steps they take.
    """

    samples: int = 32
    generations: int = 8
    population: int = 16
    spread: float = 0.4
    classes: int = 5
    refined: int = 0
    steps: int = 2

    def __post_init__(self) -> None:
        least = {"samples": 1, "generations": 0, "population": 4, "classes": 1, "refined": 0, "steps": 1}
        check_settings({name: getattr(self, name) for name in least}, least, self.spread)


@dataclass(frozen=True, slots=True, eq=False)
class Evolved:
    """How far a search has come.

    Attributes:
        done: pictures judged.
        total: pictures that will be judged in all.
        loss: the judge's word on the best one.
        noise: (1, noise), standard normal, of the best one, for `ImageNetCanvas.adopt`.
        mixture: (1, classes), likewise.
    """

    done: int
    total: int
    loss: float
    noise: Tensor
    mixture: Tensor


def evolve(
    model: ImageNetModel,
    text: str,
    judged: Judge,
    perceptor: Perceptor,
    generator: torch.Generator,
    token: CancelToken,
    *,
    settings: EvolutionSettings | None = None,
    truncation: float = 1.0,
) -> Iterator[Evolved]:
    """Look for latents that draw what a text says; one report after each batch, the last one of the best of all.

    Deterministic on one machine with one number of threads.

    Args:
        model: the generator.
        text: the prompt; may be empty.
        judged: by what pictures are judged; where members are refined, it is differentiated.
        perceptor: finds classes where the text names none.
        generator: the only source of randomness, on the CPU.
        token: polled before every batch.
        settings: how; None for the usual.
        truncation: of the noise.

    Raises:
        Cancelled: the token was fired.
        InputError: the text is too long for the perceptor.
    """
    settings = settings or EvolutionSettings()
    classes, weights = likely(text, perceptor, model.classes, settings.classes)
    run = Population(model, classes, weights, judged, truncation)
    search = _Search(run, generator, settings)
    yield from search.sample(token)
    yield from search.evolve(token)


class Population:
    """Pictures of vectors: a noise of all layers, and a number for each class that is considered.

    Args:
        model: the generator.
        classes: (k,), the numbers of these classes.
        weights: (k,), how much each counts where the vectors' numbers are 0.
        judged: by what pictures are judged.
        truncation: of the noise.
    """

    def __init__(
        self, model: ImageNetModel, classes: Tensor, weights: Tensor, judged: Judge, truncation: float
    ) -> None:
        self.model = model
        self.classes = classes.to(model.device)
        self._weights = weights.to(model.device).clamp_min(_FLOOR).log()
        self._judged = judged
        self._truncation = truncation

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self.model.noise + len(self.classes)

    def decoded(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Noise (n, noise) and mixtures (n, classes) of vectors (n, dimensions); differentiable."""
        noise, numbers = torch.split(vectors, [self.model.noise, len(self.classes)], 1)
        mixed = (self._weights + _GAIN * numbers).softmax(1)
        mixtures = mixed.new_zeros(len(vectors), self.model.classes).index_copy(1, self.classes, mixed)
        return noise.clamp(-NOISE_EDGE, NOISE_EDGE), mixtures

    @torch.no_grad()
    def losses(self, vectors: Tensor) -> Tensor:
        """The judge's word on vectors (n, dimensions), (n,) on the CPU, infinite where it is no number.

        However many there are, memory stays bounded.
        """
        noise, mixtures = self.decoded(vectors.to(self.model.device))
        pictures = self.model.draw(self._truncation * noise, mixtures, self._truncation)
        losses = torch.cat([self._judged(part) for part in torch.split(pictures, _JUDGED)]).float().cpu()
        return torch.where(losses.isfinite(), losses, torch.inf)

    def refined(self, vectors: Tensor, steps: int) -> Tensor:
        """Vectors (n, dimensions) after some steps of Adam, one vector after the other."""
        found = []
        for vector in torch.split(vectors.to(self.model.device), 1):
            moved = vector.clone().requires_grad_()
            optimiser = adam([moved], lr=_RATE)
            for _ in range(steps):
                noise, mixtures = self.decoded(moved)
                pictures = self.model(self._truncation * noise, mixtures, self._truncation)
                optimiser.zero_grad()
                self._judged(pictures).sum().backward()  # type: ignore[no-untyped-call]
                if moved.grad is not None and bool(moved.grad.isfinite().all()):
                    optimiser.step()
            found.append(moved.detach().clamp(-NOISE_EDGE, NOISE_EDGE).cpu())
        return torch.cat(found)


class _Search:
    """One search. What changes: the best so far, the number of pictures judged, the generator."""

    def __init__(self, population: Population, generator: torch.Generator, settings: EvolutionSettings) -> None:
        self._population = population
        self._generator = generator
        self._settings = settings
        self._done = 0
        self._loss = math.inf
        self._best = torch.zeros(1, population.dimensions)

    def sample(self, token: CancelToken) -> Iterator[Evolved]:
        """The best of many: random noise, each class in turn as the first one."""
        settings, classes = self._settings, len(self._population.classes)
        for start in range(0, settings.samples, settings.population):
            token.check()
            count = min(settings.population, settings.samples - start)
            noise = truncated((count, self._population.model.noise), self._generator)
            leading = torch.nn.functional.one_hot(torch.arange(start, start + count) % classes, classes).float()
            self._judge(torch.cat([noise, leading], 1))
            yield self._report()

    def evolve(self, token: CancelToken) -> Iterator[Evolved]:
        """CMA-ES from the best sample."""
        settings = self._settings
        if not settings.generations:
            return
        start = self._best[0].double().numpy()
        evolution = strategy(start, settings.spread, settings.population, NOISE_EDGE, self._generator)
        for _ in range(settings.generations):
            token.check()
            asked = torch.from_numpy(np.stack(evolution.ask())).float()
            losses = self._judge(asked)
            if settings.refined:
                best = losses.topk(min(settings.refined, len(losses)), largest=False).indices
                asked[best] = self._population.refined(asked[best], settings.steps)
                losses[best] = self._judge(asked[best])
            evolution.tell(list(asked.double().numpy()), losses.double().tolist())
            yield self._report()

    def _judge(self, vectors: Tensor) -> Tensor:
        losses = self._population.losses(vectors)
        self._done += len(losses)
        least = int(losses.argmin())
        if float(losses[least]) < self._loss or self._done == len(losses):
            self._loss, self._best = float(losses[least]), vectors[least : least + 1].clone()
        return losses

    def _report(self) -> Evolved:
        settings = self._settings
        refined = min(settings.refined, settings.population)
        total = settings.samples + settings.generations * (settings.population + refined)
        noise, mixture = self._population.decoded(self._best.to(self._population.model.device))
        return Evolved(self._done, total, self._loss, noise, mixture)
