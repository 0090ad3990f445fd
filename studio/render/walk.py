"""Walk: keyframes are dreamed to rest from one shared start, and the frames between are blends of their latents.

Every solve begins from the same picture and sees the same cutouts, so solves differ by their prompts alone and a blend
of two is a picture on the way. Where solves begin on another canvas instead, each from the picture of its own prompt,
a blend of their latents would show two layouts at once: then those pictures are blended on their own canvas, and what
is half-way is handed over; collages with the looks that were dreamed, see `studio.canvas.recut`. Strokes alone are
blended as they are, wherever they began: each goes its way. A solve that began from a picture which its keyframe names
has no canvas beside its own: it comes and goes whole, as a background does.

A frame between depends on its two solves and on no neighbour: any frame can be made alone, and an edited keyframe
touches only the segments beside it. Refinement sees the same cutouts in every frame, too, or frames would flicker with
their noise.
"""

from __future__ import annotations

import time
from collections.abc import Generator

import torch
from torch import Tensor

from studio.canvas.base import State
from studio.canvas.collage import CollageCanvas
from studio.canvas.recut import Cut, between, cut, whole
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.render.checkpoint import unpack
from studio.render.dreaming import Dreamer
from studio.render.events import Event, FrameStarted, SolveDone
from studio.render.plan import SolveJob, WalkJob
from studio.render.writing import Promise


def walk(dreamer: Dreamer) -> Generator[Event | Promise, None, None]:
    """Make the frames of a walk that are not in the store yet.

    Raises:
        Cancelled: the token was fired.
        StudioError: a frame could not be made or stored; those before it are kept.
    """
    plan = dreamer.plan
    solves = {solve.key: solve for solve in plan.solves}
    known: dict[str, State] = {}
    begun: dict[tuple[str, bool], State | Cut] = {}
    for job in plan.jobs:
        assert isinstance(job, WalkJob)
        dreamer.token.check()
        if (entry := dreamer.stored(job.key)) is not None:
            yield dreamer.done(job, entry)
            continue
        known = {key: state for key, state in known.items() if key in job.solves}  # two states at most are held
        for key in job.solves:
            if key not in known:
                known[key] = yield from _solve(solves[key], dreamer)
        dreamer.token.check()
        began = time.monotonic()
        strokes = isinstance(dreamer.canvas, StrokeCanvas)
        if dreamer.hands_over and job.start != job.end and not strokes:
            named = any(solves[key].state.begin for key in job.solves)
            begun = {place: state for place, state in begun.items() if place[0] in job.solves}
            for key in job.solves:
                if (key, named) not in begun:
                    begun[key, named] = _beginning(solves[key], known[key], dreamer, beside_a_picture=named)
            yield from _handed_over(job, begun[job.start, named], begun[job.end, named], dreamer)
        else:
            yield from _between(job, known[job.start], known[job.end], dreamer)
        yield dreamer.keep(job, dreamer.made(latents=strokes), time.monotonic() - began)


def _solve(job: SolveJob, dreamer: Dreamer) -> Generator[Event, None, State]:
    stored = _stored(job.key, dreamer)
    if stored is not None:
        return stored
    began = time.monotonic()
    seed = dreamer.project.seed
    yield from dreamer.dream(job, generator(seed, "walk", "dream"), lambda: dreamer.begin(job.state, _start(dreamer)))
    state = dreamer.commit_solve(job.key)
    yield SolveDone(job.state.frame, job.key, time.monotonic() - began)
    return state


def _stored(key: str, dreamer: Dreamer) -> State | None:
    entry = dreamer.store.get(key)
    if entry is None or entry.latents is None:
        return None
    try:
        state = unpack(entry.latents.read_bytes())
        dreamer.canvas.restore(state)
    except (OSError, ValueError, KeyError):
        return None  # gone meanwhile, or another medium's: it is solved again
    return state


def _start(dreamer: Dreamer) -> torch.Generator:
    return generator(dreamer.project.seed, "walk", "start")


def _beginning(job: SolveJob, solved: State, dreamer: Dreamer, *, beside_a_picture: bool) -> State | Cut:
    """What a solve was begun from, as it can be blended; a collage with the looks that its pieces were dreamed to.

    One that began from a picture of its own is whole, and beside it so is every other that began from no collage.
    """
    if job.state.begin or (beside_a_picture and not isinstance(dreamer.beginning(), CollageCanvas)):
        with torch.no_grad():
            dreamer.canvas.restore(solved)
            return whole(dreamer.canvas.image())
    begun = dreamer.begun(job.state, _start(dreamer))
    if not isinstance(begun, CollageCanvas):
        return begun.state()
    with torch.no_grad():
        dreamer.canvas.restore(solved)
        return cut(begun, begun.state(), dreamer.canvas.image())


def _handed_over(job: WalkJob, start: State | Cut, end: State | Cut, dreamer: Dreamer) -> Generator[Event, None, None]:
    def prepare() -> None:
        with torch.no_grad():
            dreamer.canvas.encode(_half_way(start, end, job.mix, dreamer))

    yield from dreamer.dream(job, generator(dreamer.project.seed, "walk", "refine"), prepare)


def _half_way(start: State | Cut, end: State | Cut, mix: float, dreamer: Dreamer) -> Tensor:
    if isinstance(start, Cut) and isinstance(end, Cut):
        return between(start, end, mix)
    assert not isinstance(start, Cut) and not isinstance(end, Cut), "both solves began on one kind of canvas"
    beginning = dreamer.beginning()
    beginning.restore(beginning.blend(start, end, mix))
    return beginning.image()


def _between(job: WalkJob, start: State, end: State, dreamer: Dreamer) -> Generator[Event, None, None]:
    canvas = dreamer.canvas
    with torch.no_grad():
        state = start if job.start == job.end else canvas.blend(start, end, job.mix)
    if job.steps:
        chance = generator(dreamer.project.seed, "walk", "refine")
        yield from dreamer.dream(job, chance, lambda: canvas.restore(state))
    else:
        yield FrameStarted(job.frame, job.key, 0)
        canvas.restore(state)
