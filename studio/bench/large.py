"""That a picture too large for the memory that is there is dreamed all the same: workload A at any size."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from studio.bench.timing import give_back, peak, wait
from studio.bench.workloads import Studio, workloads
from studio.dream import memory
from studio.dream.loop import Run
from studio.dream.settings import DreamSettings
from studio.models.precision import Precision
from studio.render.sparing import Sparing


@dataclass(frozen=True, slots=True)
class Large:
    """What some steps of a large picture came to.

    Attributes:
        side: of the picture, in pixels.
        free: bytes that were free before the first step; None where nobody can say.
        needed: bytes that a step takes when nothing is spared, as estimated.
        planned: bytes that a step takes as it was made, as estimated.
        told: what the artist is told; empty where nothing was spared.
        step: bytes that a step really took at most, beside networks and canvas; None where nobody can say.
        picture: likewise, of drawing the finished picture.
        whole: bytes that the whole program held at most, networks and all; None where nobody can say.
        seconds: of each step.
        losses: of each step.
        drawing: seconds of drawing the finished picture.
    """

    side: int
    free: int | None
    needed: int
    planned: int
    told: str
    step: int | None
    picture: int | None
    whole: int | None
    seconds: list[float]
    losses: list[float]
    drawing: float


def measure(
    side: int,
    device: torch.device,
    precision: Precision,
    *,
    steps: int,
    room: int | None = None,
    work: str = "A",
    report: Callable[[str], None] = lambda _: None,
) -> Large:
    """Take steps of a workload at another size, sparing memory as a render does.

    Args:
        side: of the picture, in pixels.
        device: where.
        precision: in which it is dreamed.
        steps: how many, 1 or more.
        room: as if so many bytes of main memory were free; None for what is.
        work: which workload.
        report: is told what is being done.

    Raises:
        torch.OutOfMemoryError: not even the least fits.
    """
    report("building")
    studio = Studio(replace(workloads(device)[work], width=side, height=side), device, precision)
    count = studio.manners[0].count
    give_back()  # now, or the room would grow by it
    with contextlib.nullcontext() if room is None else memory.granted(room):
        sparing = Sparing(studio.canvas, studio.perceptors)
        needed, free = sparing.needs(count), memory.free_on(device)
        sparing.plan(count)
        told = sparing.told()
        report(told or "it fits as it is")
        settings = DreamSettings(steps=steps, average=0.0)
        run = Run(studio.canvas, studio.objective, settings, torch.Generator().manual_seed(2), sparing)
        seconds: list[float] = []
        losses: list[float] = []
        begun = _held(device)
        with peak(device) as most:
            for number in range(steps):
                began = time.perf_counter()
                iterate = run.advance()
                assert iterate is not None, "a step came to nothing"
                losses.append(float(iterate.loss))
                seconds.append(time.perf_counter() - began)
                report(f"step {number + 1} of {steps}: {seconds[-1]:.1f} s")
                del iterate
        told = " ".join(part for part in (told, sparing.told()) if part)
        wait(device)
        before, began = _held(device), time.perf_counter()
        with torch.no_grad(), peak(device) as drawn:
            studio.canvas.image()
            wait(device)
    drawing = time.perf_counter() - began
    known = most.bytes is not None and drawn.bytes is not None
    whole = max(begun + (most.bytes or 0), before + (drawn.bytes or 0)) if known else None
    planned = sparing.needs(count)
    return Large(side, free, needed, planned, told, most.bytes, drawn.bytes, whole, seconds, losses, drawing)


def _held(device: torch.device) -> int:
    """Bytes that are held now, on a device or by this process."""
    return torch.cuda.memory_allocated(device) if device.type == "cuda" else memory.resident()
