"""Walks between takes, drawn and measured.

What the CLIP and BigGAN workshops call `generate_from_stored`: any takes of one medium and size in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from torch import Tensor

from studio.base import atomic
from studio.base.progress import Progress, Report
from studio.render.pictures import to_png
from studio.score.losses import angle
from studio.score.perceptor import Perceptor
from studio.takes import pace
from studio.takes.course import Spot, Timing, eased, legs, spots
from studio.takes.evening import even
from studio.takes.pace import Change
from studio.takes.way import Way


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """A walk that was drawn.

    Attributes:
        frames: their PNG files, in playing order; one repeats where the walk stands still.
        spots: what each shows.
        before: what the steps that move change, as the ease alone times them; in a loop that from the last frame to the
            first is among them.
        after: likewise as they were drawn; `before` itself without even speed.
        passes: the steps that leave a take, in `before` and in `after`.
    """

    frames: tuple[Path, ...]
    spots: tuple[Spot, ...]
    before: Change
    after: Change
    passes: tuple[tuple[int, ...], tuple[int, ...]]


def walk(way: Way, perceptor: Perceptor, timing: Timing, folder: Path, *, report: Report) -> Walked:
    """Draw a walk.

    Args:
        way: between which takes; its token stops the walk.
        perceptor: in whose eyes changes are measured.
        timing: how it moves.
        folder: where the frames are written.
        report: told about every picture.

    Raises:
        Cancelled: the way's token was fired.
        StudioError: a frame could not be drawn or written, or the walk is too long.
    """
    usual = [eased(timing)] * len(legs(way.count, loop=timing.loop))
    course = _course(way, timing, usual)
    before: Change | None = None
    passed: tuple[int, ...] = ()
    if timing.even:
        order = _order(course, timing)
        passed = _passes(order)
        drawn = (picture for _, picture in way.draw(order))
        before = _changes(perceptor, drawn, len(order), "measuring", report)
        course = _course(way, timing, even(way, perceptor, timing, report=report))
    order = _order(course, timing)
    files: dict[Spot, Path] = {}

    def written() -> Iterator[Tensor]:
        for spot, picture in way.draw(order):
            if spot not in files:
                files[spot] = folder / f"{len(files):06d}.png"
                atomic.write_bytes(files[spot], way.png(spot) or to_png(picture))
            yield picture

    after = _changes(perceptor, written(), len(order), "drawing", report)
    frames, passes = tuple(files[spot] for spot in course), _passes(order)
    return Walked(frames, course, before or after, after, (passed if before else passes, passes))


def _course(way: Way, timing: Timing, mixes: Sequence[Sequence[float]]) -> tuple[Spot, ...]:
    return tuple(map(way.same, spots(way.count, timing, mixes)))


def _order(course: Sequence[Spot], timing: Timing) -> list[Spot]:
    """What is shown in turn, without standing still; in a loop the first comes again at the end."""
    shown = (*course, course[0]) if timing.loop else course
    return [shown[0], *(spot for before, spot in pairwise(shown) if spot != before)]


def _passes(order: Sequence[Spot]) -> tuple[int, ...]:
    return tuple(number for number, spot in enumerate(order[:-1]) if not spot.mix)


def _changes(perceptor: Perceptor, pictures: Iterable[Tensor], count: int, label: str, report: Report) -> Change:
    """What changes from each picture (1, 3, H, W) to the next, at their full size."""
    angles, differences = [], []
    last: tuple[Tensor, Tensor] | None = None
    for number, picture in enumerate(pictures, 1):
        embedding = pace.embed(perceptor, picture)[0].double()
        if last is not None:
            angles.append(float(angle(last[0], embedding)))
            differences.append(float(pace.difference(last[1], picture)[0]))
        last = embedding, picture
        report(Progress(number, count, label))
    return Change(np.array(angles), np.array(differences))
