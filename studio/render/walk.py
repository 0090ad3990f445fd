"""Walk: keyframes are dreamed to rest from one shared start, and the frames between are blends of their latents.

Every solve begins from the same picture and sees the same cutouts, so solves differ by their prompts alone and a blend
of two is a picture on the way. Where solves begin on another canvas instead, each from the picture of its own prompt,
a blend of their latents would show two layouts at once: then those pictures are blended on their own canvas, and what
is half-way is handed over; collages with the looks that were dreamed, see `studio.canvas.recut`. Strokes alone are
blended as they are, wherever they began: each goes its way. A solve that began from a picture which its keyframe names
has no canvas beside its own: it comes and goes whole, as a background does.

A frame between depends on its two solves and on no neighbour: any frame can be made alone, and an edited keyframe
touches only the segments beside it. Refinement sees the same cutouts in every frame, too, or frames would flicker with
their noise. Where a network draws frames between and a graphics processor computes it, some are drawn at once, as then
they differ from one drawn alone by rounding; a CPU, where every frame is to be the same bytes however the render came
to it, would win nothing by that.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Generator, Sequence
from functools import partial

import torch
from torch import Tensor

from studio.base.shortage import is_short
from studio.canvas.base import State
from studio.canvas.batch import Drawing
from studio.canvas.collage import CollageCanvas
from studio.canvas.recut import Cut, between, cut, whole
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.render.checkpoint import unpack
from studio.render.dreaming import Dreamer
from studio.render.events import Event, FrameStarted, SolveDone
from studio.render.passing import Made
from studio.render.pictures import levels
from studio.render.plan import SolveJob, WalkJob
from studio.render.writing import Promise

PIXELS = 1 << 21
"""Most pixels of frames that are drawn at once: 8 of 512 x 512."""


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
    drawn: dict[str, tuple[Tensor, float]] = {}
    jobs = [job for job in plan.jobs if isinstance(job, WalkJob)]
    for number, job in enumerate(jobs):
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
        handed_over = dreamer.hands_over and job.start != job.end and not strokes
        ends: tuple[State | Cut, State | Cut] = known[job.start], known[job.end]
        if handed_over:
            named = any(solves[key].state.begin for key in job.solves)
            begun = {place: state for place, state in begun.items() if place[0] in job.solves}
            for key in job.solves:
                if (key, named) not in begun:
                    begun[key, named] = _beginning(solves[key], known[key], dreamer, beside_a_picture=named)
            ends = begun[job.start, named], begun[job.end, named]
        prepare = partial(_prepare, dreamer, *ends, handed_over=handed_over)
        if job.steps or _at_once(dreamer) == 1:
            chance = generator(dreamer.project.seed, "walk", "refine")
            yield from dreamer.dream(job, chance, partial(prepare, job))
            yield dreamer.keep(job, dreamer.made(latents=strokes), time.monotonic() - began)
            continue
        yield FrameStarted(job.frame, job.key, 0)
        if job.key not in drawn:
            drawn = _together(jobs[number:], prepare, dreamer)
        picture, seconds = drawn.pop(job.key)
        yield dreamer.keep(job, Made(levels(picture)), seconds)


def _at_once(dreamer: Dreamer) -> int:
    canvas = dreamer.canvas
    repeatable = dreamer.device.type != "cuda" or torch.are_deterministic_algorithms_enabled()
    return 1 if repeatable or not isinstance(canvas, Drawing) else max(1, PIXELS // math.prod(canvas.size))


@torch.no_grad()
def _together(
    jobs: Sequence[WalkJob], prepare: Callable[[WalkJob], None], dreamer: Dreamer
) -> dict[str, tuple[Tensor, float]]:
    """The pictures of the first of these jobs and of those after it between the same keyframes, drawn at once.

    Returns:
        By their keys; and the seconds that each took.
    """
    canvas, first, began = dreamer.canvas, jobs[0], time.monotonic()
    assert isinstance(canvas, Drawing)
    alike = itertools.takewhile(lambda job: (job.start, job.end, job.steps) == (first.start, first.end, 0), jobs)
    wanted = {job.key: job for job in alike if job is first or not dreamer.store.has(job.key)}
    states = {}
    for key, job in itertools.islice(wanted.items(), _at_once(dreamer)):
        prepare(job)
        states[key] = canvas.state()
    pictures: Tensor | None = None
    while pictures is None:
        try:
            pictures = canvas.images(list(states.values()))
        except (MemoryError, RuntimeError) as error:
            if len(states) == 1 or not is_short(error):
                raise
            states = dict(itertools.islice(states.items(), len(states) // 2))
    seconds = (time.monotonic() - began) / len(states)
    return {key: (picture, seconds) for key, picture in zip(states, torch.split(pictures, 1), strict=True)}


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


def _half_way(start: State | Cut, end: State | Cut, mix: float, dreamer: Dreamer) -> Tensor:
    if isinstance(start, Cut) and isinstance(end, Cut):
        return between(start, end, mix)
    assert not isinstance(start, Cut) and not isinstance(end, Cut), "both solves began on one kind of canvas"
    beginning = dreamer.beginning()
    beginning.restore(beginning.blend(start, end, mix))
    return beginning.image()


@torch.no_grad()
def _prepare(dreamer: Dreamer, start: State | Cut, end: State | Cut, job: WalkJob, *, handed_over: bool) -> None:
    """Bring the canvas to what is between two ends."""
    canvas = dreamer.canvas
    if handed_over:
        canvas.encode(_half_way(start, end, job.mix, dreamer))
        return
    assert not isinstance(start, Cut) and not isinstance(end, Cut), "only what is handed over is cut out"
    canvas.restore(start if job.start == job.end else canvas.blend(start, end, job.mix))
