"""How a BigGAN's latents are found for a prompt: in the way that its medium's options ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat

import torch

from studio.base.cancel import CancelToken
from studio.canvas.biggan import BigGanCanvas
from studio.canvas.imagenet import ImageNetCanvas
from studio.dream import evolution, search
from studio.dream.search import Judge
from studio.project.model import Medium
from studio.score.perceptor import Perceptor

_REFINED = 4  # of a generation, that take steps along the gradient where both ways go in turn


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a search has come; the canvas shows the best picture so far.

    Attributes:
        generation: of the evolution, from 1; 0 while samples are drawn.
        loss: the judge's word on the best picture.
    """

    generation: int
    loss: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How to search: what is not said is as usual.

    Attributes:
        generations: of the evolution; 0 for the best sample alone.
        population: pictures in each.
        refined: how many of a generation take steps along the gradient before it is told.
    """

    generations: int | None = None
    population: int | None = None
    refined: int = 0


def manner(medium: Medium, generations: int | None = None) -> Manner:
    """As a medium's options have it; with the number of generations, where it is not the usual one.

    A medium that is no BigGAN, and only begins as its picture, has no such options.
    """
    if medium.kind != "biggan":
        return Manner()
    way, population = medium.option("search"), medium.options.get("population")
    return Manner(
        0 if way == "gradient" else generations,
        None if population is None else int(population),
        _REFINED if way == "both" else 0,
    )


def found(
    canvas: BigGanCanvas | ImageNetCanvas,
    text: str,
    judged: Judge,
    perceptor: Perceptor,
    generator: torch.Generator,
    token: CancelToken,
    how: Manner,
) -> Iterator[Stage]:
    """Search what a text says, and let the canvas show it; a stage after every batch.

    Args:
        canvas: becomes the best picture so far.
        text: the prompt; may be empty.
        judged: by what pictures are judged; differentiated where some are refined.
        perceptor: finds classes where the text names none.
        generator: the only source of randomness, on the CPU.
        token: polled before every batch.
        how: to search.

    Raises:
        Cancelled: the token was fired.
        InputError: the text is too long for the perceptor.
    """
    changes = {"refined": how.refined} | {
        name: value
        for name, value in (("generations", how.generations), ("population", how.population))
        if value is not None
    }
    if isinstance(canvas, ImageNetCanvas):
        evolving = replace(evolution.EvolutionSettings(), **changes)
        batches = -(-evolving.samples // evolving.population)
        for number, best in zip(
            chain(repeat(0, batches), range(1, evolving.generations + 1)),
            evolution.evolve(
                canvas.model,
                text,
                judged,
                perceptor,
                generator,
                token,
                settings=evolving,
                truncation=canvas.truncation,
            ),
            strict=True,
        ):
            canvas.adopt(best.noise, best.mixture)
            yield Stage(number, best.loss)
    else:
        searching = replace(search.SearchSettings(), **changes)
        batches = -(-searching.samples // searching.population)
        for number, seen in zip(
            chain(repeat(0, batches), range(1, searching.generations + 1)),
            search.search(
                canvas.model, text, judged, perceptor, generator, token, settings=searching, size=canvas.size
            ),
            strict=True,
        ):
            canvas.adopt(seen.latents)
            yield Stage(number, seen.loss)
