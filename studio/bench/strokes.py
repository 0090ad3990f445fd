"""Workload: a step of a stroke drawing without its perceptor, at the size of CLIPDraw: 256 strokes at 224x224, 4 views.

A step is what `studio.dream.loop` does in each: draw, cut views out and resample them, carry a gradient back through
both, move the strokes by Adam, and keep them in bounds. The gradient that a perceptor would give is a fixed random one.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from studio.canvas.clouds import clouds
from studio.canvas.strokes import STROKES, StrokeCanvas
from studio.score.augment import Augmentation
from studio.score.cutouts import CutoutSettings, cut

SIDE = 224
"""Pixels on each side, of the drawing and of a view."""

VIEWS = 4
"""Views in a step, as in CLIPDraw."""

_MANNER = CutoutSettings(
    count=VIEWS, smallest=0.7, largest=0.9, rotation=0.0, perspective=0.25, augmentation=Augmentation()
)  # CLIPDraw's perspective and crops


@dataclass(frozen=True, slots=True)
class Measured:
    """What steps took.

    Attributes:
        drawing: "scattered", as a dream from noise begins, or "dense", a painting that covers all of the paper.
        strokes: how many.
        threads: of PyTorch.
        seconds: of each step, in their order.
        processor: seconds of all processors in each; where other programs use them too, this says what is left out of
            `seconds`.
    """

    drawing: str
    strokes: int
    threads: int
    seconds: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds of a step in the middle."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Steps a second."""
        return 1 / self.median


def measure(steps: int = 20, *, strokes: int = STROKES, threads: int = 2) -> tuple[Measured, ...]:
    """Take steps of both drawings on the CPU, after three that are not counted.

    Args:
        steps: of each; 1 or more.
        strokes: of each.
        threads: that PyTorch may use meanwhile.
    """
    with _threads(threads):
        return tuple(
            Measured(name, strokes, threads, *zip(*_timed(step, steps), strict=True))
            for name, step in _drawings(strokes).items()
        )


def _drawings(strokes: int) -> dict[str, Callable[[], None]]:
    found = {}
    for name in ("scattered", "dense"):
        canvas = StrokeCanvas(SIDE, SIDE, strokes=strokes)
        if name == "dense":
            canvas.encode(clouds(SIDE, SIDE, torch.Generator().manual_seed(1)))
        else:
            canvas.start(torch.Generator().manual_seed(1))
        found[name] = _stepping(canvas)
    return found


def _stepping(canvas: StrokeCanvas) -> Callable[[], None]:
    chance = torch.Generator().manual_seed(2)
    seen = torch.randn(VIEWS, 3, SIDE, SIDE, generator=chance) / (VIEWS * 3 * SIDE * SIDE)
    adam = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)

    def step() -> None:
        adam.zero_grad(set_to_none=True)
        cut(canvas.image(), VIEWS, SIDE, _MANNER, chance).backward(seen)  # type: ignore[no-untyped-call]
        adam.step()
        canvas.constrain()

    return step


def _timed(step: Callable[[], None], steps: int) -> Iterator[tuple[float, float]]:
    for number in range(-3, steps):
        began, used = time.perf_counter(), time.process_time()
        step()
        if number >= 0:
            yield time.perf_counter() - began, time.process_time() - used


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
