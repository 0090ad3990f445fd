"""Finding what a generator should draw for a prompt, before any gradient: by name, by sampling, then by evolution.

As in Big Sleep (Murdock 2021) and the workshops that drove BigGAN by CLIP with CMA-ES (Hansen 2016, "The CMA Evolution
Strategy: A Tutorial"): CLIP chooses the classes, and an evolution strategy finds noise and mixture. A whole population
is drawn and judged as one batch. The best of many samples is a good start for gradients, too (FuseDream, Liu et al.
2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.canvas.adam import adam
from studio.canvas.biggan_model import BigGanModel, Latents
from studio.canvas.placement import PLACE, TINT, unplace, untint
from studio.canvas.resample import resample, triangle
from studio.dream.gallery import gallery
from studio.dream.naming import Reading, read
from studio.dream.strategy import check_settings, strategy
from studio.score.losses import spherical_distance
from studio.score.perceptor import Perceptor
from studio.score.targets import Target

Judge = Callable[[Tensor], Tensor]
"""How far pictures (n, 3, H, W) in 0 to 1 are from what is wanted: (n,), less is better."""

_UNDYED = -1.0
_EDGE = 2.0  # how far the evolution's numbers go from 0
_RATE = 0.05  # of Adam, between being drawn and being told
_PURE = 6.0  # the logit of a mixture's first drawing, of 0 for the others


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How to search. Raises InputError when a value is out of range.

    Attributes:
        samples: pictures that are drawn and judged first.
        generations: of the evolution after that; 0 for the best sample alone.
        population: pictures in each generation, 4 or more.
        spread: standard deviation of the first generation, in that of the noise.
        classes: how many classes are considered where the prompt names none.
        side: shorter side of the pictures that are judged, in pixels.
        refined: how many of a generation take steps along the gradient before it is told; 0 for evolution alone.
        steps: how many steps they take.
    """

    samples: int = 64
    generations: int = 12
    population: int = 16
    spread: float = 0.3
    classes: int = 6
    side: int = 64
    refined: int = 0
    steps: int = 2

    def __post_init__(self) -> None:
        least = {"samples": 1, "generations": 0, "population": 4, "classes": 1, "side": 8, "refined": 0, "steps": 1}
        check_settings({name: getattr(self, name) for name in least}, least, self.spread)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """How far a search has come.

    Attributes:
        done: pictures judged.
        total: pictures that will be judged in all.
        loss: the judge's word on the best one.
        latents: of the best one, for `BigGanCanvas.adopt`.
    """

    done: int
    total: int
    loss: float
    latents: Latents


@dataclass(frozen=True, slots=True)
class Candidates:
    """What comes into question, by the numbers of drawings.

    Attributes:
        things: each with the colour that it is to be dyed with, or None; empty where there is to be no thing.
        scenes: backgrounds.
    """

    things: tuple[tuple[int, tuple[float, float, float] | None], ...]
    scenes: tuple[int, ...]


def judge(perceptors: Sequence[tuple[Perceptor, float]], targets: Sequence[Sequence[Target]]) -> Judge:
    """The spherical distance of whole pictures from targets, added up as `studio.score.objective` does.

    Args:
        perceptors: who judges, and how much each counts.
        targets: for each perceptor.
    """

    def judged(pictures: Tensor) -> Tensor:
        total = pictures.new_zeros(len(pictures))
        for (perceptor, counts), wanted in zip(perceptors, targets, strict=True):
            size = perceptor.image_size
            seen = perceptor.embed_image(resample(pictures, size, size, kernel=triangle).to(perceptor.device))
            for target in wanted:
                total += counts * target.weight * spherical_distance(seen, target.embedding).to(total.device)
        return total

    return judged


def search(
    model: BigGanModel,
    text: str,
    judged: Judge,
    perceptor: Perceptor,
    generator: torch.Generator,
    token: CancelToken,
    *,
    settings: SearchSettings | None = None,
    size: tuple[int, int] = (128, 128),
) -> Iterator[Found]:
    """Look for latents that draw what a text says; one report after each batch, the last one of the best of all.

    Deterministic on one machine with one number of threads.

    Args:
        model: the generator.
        text: the prompt; may be empty.
        judged: by what pictures are judged, see `judge`.
        perceptor: finds classes and backgrounds where the text names none.
        generator: the only source of randomness.
        token: polled before every batch.
        settings: how; None for the usual.
        size: width and height that the picture will have: only its proportions count.

    Raises:
        Cancelled: the token was fired.
        InputError: the text is too long for the perceptor.
    """
    settings = settings or SearchSettings()
    run = _Search(model, candidates(model, text, perceptor, settings.classes), judged, generator, settings, size)
    yield from run.sample(token)
    yield from run.evolve(token)


def candidates(model: BigGanModel, text: str, perceptor: Perceptor, classes: int) -> Candidates:
    """The drawings that a text may mean: those that it names, or else those that the perceptor finds in it.

    A thing named with a colour may also mean one that has it already. Of several things, the first one is drawn.
    """
    config = model.config
    reading = read(text, config.classes, config.places)
    things: list[tuple[int, tuple[float, float, float] | None]] = []
    for named in reading.things[:1]:
        for drawing in dict.fromkeys(model.thing_slots[named.kind].tolist()):
            things.append((drawing, None))
            if named.colour is not None:
                things.append((drawing, named.colour))
    scenes = tuple(int(model.scene_slots[kind, look]) for kind, look in reading.scenes)
    nothing = not reading.things and bool(scenes) and not reading.rest
    if not things and not nothing and text:
        kinds = gallery(model, perceptor).classes(text, classes)
        things = [(drawing, None) for kind in kinds for drawing in dict.fromkeys(model.thing_slots[kind].tolist())]
    if not scenes:
        scenes = _unnamed(model, reading, text, perceptor)
    return Candidates(tuple(things), scenes)


def _unnamed(model: BigGanModel, reading: Reading, text: str, perceptor: Perceptor) -> tuple[int, ...]:
    """Backgrounds for a text that names none: what its other words may mean, or else the plain ones."""
    if reading.rest and text:
        return gallery(model, perceptor).scenes(text, 6)
    plain = [number for number, place in enumerate(model.config.places) if place.name == "plain"] or [0]
    return tuple(int(number) for number in model.scene_slots[plain[0]])


class _Search:
    """One search. What changes: the best so far, the number of pictures judged, the generator."""

    def __init__(
        self,
        model: BigGanModel,
        among: Candidates,
        judged: Judge,
        generator: torch.Generator,
        settings: SearchSettings,
        size: tuple[int, int],
    ) -> None:
        self._model = model
        self._among = among
        self._judged = judged
        self._generator = generator
        self._settings = settings
        shorter = min(size)
        self._width, self._height = (max(1, round(settings.side * side / shorter)) for side in size)
        self._done = 0
        self._loss = math.inf
        self._best: Latents | None = None
        self._pair = 0, 0  # of the candidates: which thing, which scene

    def sample(self, token: CancelToken) -> Iterator[Found]:
        """The best of many, every candidate in turn, at random places."""
        settings, among = self._settings, self._among
        for start in range(0, settings.samples, settings.population):
            token.check()
            count = min(settings.population, settings.samples - start)
            pairs, rows = [], []
            for number in range(start, start + count):
                thing = number % max(1, len(among.things))
                scene = int(torch.randint(len(among.scenes), (), generator=self._generator))
                pairs.append((thing, scene))
                rows.append(self._one(thing, scene))
            latents = _stack(rows)
            losses = self._losses(latents)
            least = int(losses.argmin())
            if float(losses[least]) < self._loss or self._best is None:
                self._loss, self._best, self._pair = float(losses[least]), _row(latents, least), pairs[least]
            yield self._report()

    def evolve(self, token: CancelToken) -> Iterator[Found]:
        """CMA-ES from the best sample: place, tint, and the mixtures of what is like it."""
        settings = self._settings
        if not settings.generations:
            return
        assert self._best is not None
        things, scenes = self._alike()
        first = np.concatenate(
            [
                self._best.place[0].double().cpu().numpy(),
                self._best.tint[0].double().cpu().numpy(),
                np.zeros(len(things)),
                np.zeros(len(scenes)),
            ]
        )
        evolution = strategy(first, settings.spread, settings.population, _EDGE, self._generator)
        for _ in range(settings.generations):
            token.check()
            asked = torch.from_numpy(np.stack(evolution.ask()))
            losses = self._tried(asked, things, scenes)
            if settings.refined:
                best = losses.topk(min(settings.refined, len(losses)), largest=False).indices
                asked[best] = self._refined(asked[best], things, scenes)
                losses[best] = self._tried(asked[best], things, scenes)
            evolution.tell(list(asked.numpy()), losses.double().tolist())
            yield self._report()

    def _tried(self, vectors: Tensor, things: list[int], scenes: list[int]) -> Tensor:
        """The judge's word on vectors of the evolution; the best one so far is remembered."""
        latents = self._decoded(vectors, things, scenes)
        losses = self._losses(latents)
        least = int(losses.argmin())
        if float(losses[least]) < self._loss:
            self._loss, self._best = float(losses[least]), _row(latents, least)
        return losses

    def _refined(self, vectors: Tensor, things: list[int], scenes: list[int]) -> Tensor:
        """The vectors after some steps of Adam, all of them at once."""
        moved = vectors.clone().requires_grad_()
        optimiser = adam([moved], lr=_RATE)
        for _ in range(self._settings.steps):
            pictures = self._model.draw(self._decoded(moved, things, scenes), self._width, self._height)
            optimiser.zero_grad()
            self._judged(pictures).sum().backward()  # type: ignore[no-untyped-call]
            if moved.grad is not None:
                moved.grad.nan_to_num_(0.0, 0.0, 0.0)
            optimiser.step()
        return moved.detach().clamp(-_EDGE, _EDGE)

    def _alike(self) -> tuple[list[int], list[int]]:
        """The best sample's drawing and the others of its class; its background and the others of its kind."""
        thing, scene = self._pair
        kinds, places = self._model.thing_kinds, self._model.scene_kinds
        first = self._among.things[thing][0] if self._among.things else None
        things = [] if first is None else list(dict.fromkeys(n for n, _ in self._among.things))
        things = [n for n in things if kinds[n] == kinds[first]] if first is not None else []
        ground = self._among.scenes[scene]
        scenes = [n for n in self._among.scenes if places[n] == places[ground]]
        return (
            sorted(things, key=lambda n: n != first),
            sorted(scenes, key=lambda n: n != ground)[:4],
        )

    def _one(self, thing: int, scene: int) -> Latents:
        """A sample of one candidate: most often large and near the middle."""
        model, among = self._model, self._among
        spread = torch.rand(3, generator=self._generator)
        shown = bool(among.things)
        where = unplace(float(spread[0] - 0.5), float(spread[1] - 0.5), 0.55 + 0.4 * float(spread[2]), shown=shown)
        drawing, colour = among.things[thing] if shown else (0, None)
        tint = (_UNDYED, 0.0, 0.0, 0.0) if colour is None else untint(0.97, colour)
        things = torch.zeros(1, model.layers, model.config.things.drawings, device=model.device)
        things[..., drawing] = 1
        scenes = torch.zeros(1, model.config.scenes.drawings, device=model.device)
        scenes[:, among.scenes[scene]] = 1
        place, tints = (torch.tensor([values], device=model.device) for values in (where, tint))
        return Latents(things, place, tints, scenes)

    def _decoded(self, rows: Tensor, things: list[int], scenes: list[int]) -> Latents:
        """Latents of vectors of the evolution, double on the CPU: place, tint, mixtures; differentiable."""
        model = self._model
        vectors = rows.float().to(model.device)
        place, tint, mix, ground = torch.split(vectors, [PLACE, TINT, len(things), len(scenes)], 1)
        place = torch.cat([place[:, :4], self._best_opacity(len(place))], 1)
        among = torch.zeros(len(rows), model.config.things.drawings, device=model.device)
        if things:
            among[:, things] = _mixture(mix)
        else:
            among[:, 0] = 1
        behind = torch.zeros(len(rows), model.config.scenes.drawings, device=model.device)
        behind[:, scenes] = _mixture(ground)
        return Latents(among[:, None].expand(-1, model.layers, -1), place, tint, behind)

    def _best_opacity(self, count: int) -> Tensor:
        assert self._best is not None
        return self._best.place[:, 4:].expand(count, -1)

    def _losses(self, latents: Latents) -> Tensor:
        with torch.no_grad():
            losses = self._judged(self._model.draw(latents, self._width, self._height)).cpu()
        self._done += len(losses)
        return torch.where(losses.isfinite(), losses, torch.inf)

    def _report(self) -> Found:
        assert self._best is not None
        settings = self._settings
        refined = min(settings.refined, settings.population)
        total = settings.samples + settings.generations * (settings.population + refined)
        return Found(self._done, total, self._loss, self._best)


def _mixture(noise: Tensor) -> Tensor:
    """Shares of drawings (n, k), nearly all of them the first one's where the noise is 0."""
    logits = 3 * noise
    return torch.cat([logits[:, :1] + _PURE, logits[:, 1:]], 1).softmax(1)


def _stack(rows: Sequence[Latents]) -> Latents:
    return Latents(*(torch.cat([getattr(row, name) for row in rows]) for name in ("things", "place", "tint", "scenes")))


def _row(latents: Latents, number: int) -> Latents:
    return Latents(*(getattr(latents, name)[number : number + 1] for name in ("things", "place", "tint", "scenes")))
