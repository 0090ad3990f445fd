"""Many dreams at once: their pictures are drawn as one batch, and a perceptor sees all their cutouts in one pass.

Each has its own canvas, objective, settings and chance, and comes out as it would alone, but for the rounding of larger
products. One that breaks down ends, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.base.errors import RenderError
from studio.base.shortage import is_short
from studio.canvas.base import Canvas
from studio.canvas.batch import pictures
from studio.dream.iterate import Iterate
from studio.dream.loop import Run
from studio.dream.settings import DreamSettings
from studio.score.objective import Loss, Objective
from studio.score.together import together


@dataclass(frozen=True, slots=True, eq=False)
class Dream:
    """One of many: as `studio.dream.loop.dream` is given it.

    Attributes:
        canvas: of its own, at its full size, with the picture to begin from.
        objective: what it moves towards.
        settings: how.
        generator: on the CPU, its only source of chance.
    """

    canvas: Canvas
    objective: Objective
    settings: DreamSettings
    generator: torch.Generator


@dataclass(frozen=True, slots=True)
class Round:
    """Every dream that was not over has tried one step.

    Attributes:
        iterates: by the dream's place, of those whose step came off.
        done: places of the dreams that are over now; their canvases hold the results.
        broken: by place, why a dream broke down now.
    """

    iterates: dict[int, Iterate]
    done: tuple[int, ...]
    broken: dict[int, RenderError]


def dream_together(dreams: Sequence[Dream], token: CancelToken, *, at_once: int) -> Iterator[Round]:
    """Move every canvas towards its own objective, a step of each in every round.

    Args:
        dreams: whose canvases are of one kind and model.
        token: polled before every pass through the perceptors.
        at_once: how many dreams share a pass, 1 or more; halved for good where the device's memory does not suffice.

    Raises:
        Cancelled: the token was fired. Dreams that are over keep their results.
        MemoryError, RuntimeError: not even one fits (see `studio.base.shortage.is_short`).
    """
    runs = [Run(each.canvas, each.objective, each.settings, each.generator) for each in dreams]
    if over := _finished(runs, range(len(runs))):
        yield Round({}, over, {})
    going = [place for place, run in enumerate(runs) if not run.over]
    while going:
        iterates: dict[int, Iterate] = {}
        broken: dict[int, RenderError] = {}
        for place in going:
            runs[place].prepare()
        waiting = list(going)
        while waiting:
            token.check()
            size = runs[waiting[0]].canvas.size  # one that stumbled may still be on a lower rung of its ladder
            some = [place for place in waiting if runs[place].canvas.size == size][:at_once]
            try:
                images, losses = _look([runs[place] for place in some], [dreams[place].objective for place in some])
            except (MemoryError, RuntimeError) as error:
                if len(some) == 1 or not is_short(error):
                    raise
                at_once = len(some) // 2
                continue
            for place, image, loss in zip(some, images, losses, strict=True):
                try:
                    if (iterate := runs[place].settle(image[None], loss)) is not None:
                        iterates[place] = iterate
                except RenderError as error:
                    broken[place] = error
            waiting = [place for place in waiting if place not in some]
        over = _finished(runs, [place for place in going if place not in broken])
        going = [place for place in going if place not in broken and place not in over]
        yield Round(iterates, over, broken)


def _finished(runs: Sequence[Run], places: Iterable[int]) -> tuple[int, ...]:
    over = tuple(place for place in places if runs[place].over)
    for place in over:
        runs[place].finish()
    return over


def _look(runs: Sequence[Run], objectives: Sequence[Objective]) -> tuple[Tensor, tuple[Loss, ...]]:
    """The pictures and their losses, whose gradients reach the canvases; as if nothing had been if memory runs out."""
    before = [run.generator.get_state() for run in runs]
    try:
        images = pictures([run.canvas for run in runs])
        losses = together(objectives, images, [run.generator for run in runs])
        torch.stack([loss.total for loss in losses]).sum().backward()  # type: ignore[no-untyped-call]
    except (MemoryError, RuntimeError):
        for run, state in zip(runs, before, strict=True):
            run.generator.set_state(state)
            run.prepare()  # what has come of the gradient is forgotten
        raise
    return images, losses
