"""Steps measured: seconds, GFLOP, the share of the machine's best, memory, and where the time goes."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from studio.bench.ceilings import Ceilings
from studio.bench.counting import gflop
from studio.bench.timing import Clock, peak, seconds
from studio.bench.workloads import Studio, Workload, plain
from studio.dream.loop import Run
from studio.dream.settings import DreamSettings
from studio.models.precision import Precision
from studio.score.augment import augment
from studio.score.cutouts import cut

_FAR = 1 << 20  # steps, so that the rate stays what it is at the first


@dataclass(frozen=True, slots=True)
class Measured:
    """A workload, measured.

    Attributes:
        workload: its name.
        title: what it is.
        precision: in which Keydream computed it.
        seconds: that a step took, the median.
        reference: that the plain reference step took, the median, taking turns with the other; None without one.
        gflop: of a step, counted from its products and convolutions.
        share: of the networks' GFLOP a second in the machine's best for that precision.
        memory: bytes that a step needs beside weights and canvas, at most; None where nobody can say.
        reference_memory: likewise, of the reference.
        parts: seconds by part: "canvas" (drawing and its gradient), "perceptors" (likewise), "cutouts" (cutting and
            changing them, and its gradient), "optimiser and guards", and the "rest", which is all else. All but the
            optimiser take turns with the steps.
        losses: of each step.
        reference_losses: likewise, of the reference, from the same beginning with the same chance.
        unit: what was timed: a "step", or a "generation".
        sample: what has a loss: a "step", or a "member" of a generation.
        agreement: the correlation of the ranks that both ways give to a generation's members; None for steps.
    """

    workload: str
    title: str
    precision: str
    seconds: float
    reference: float | None
    gflop: float
    share: float
    memory: int | None
    reference_memory: int | None
    parts: dict[str, float]
    losses: list[float] = field(default_factory=list)
    reference_losses: list[float] = field(default_factory=list)
    unit: str = "step"
    sample: str = "step"
    agreement: float | None = None

    @property
    def ratio(self) -> float | None:
        """A step's time in the reference's; None without one."""
        return None if self.reference is None else self.seconds / self.reference


def measure(
    work: Workload,
    device: torch.device,
    ceilings: Ceilings,
    precision: Precision,
    *,
    steps: int,
    referred: bool = True,
    report: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Take steps of a workload, and as many of the reference in turn, after one of each that is not counted.

    Args:
        work: which.
        device: where.
        ceilings: of that device.
        precision: in which Keydream computes.
        steps: how many, 1 or more.
        referred: whether the reference is measured, too, where it can do the workload.
        report: is told what is being done.
    """
    report(f"{work.name}: building")
    studio = Studio(work, device, precision)
    wanted = referred and work.referred
    step = plain(work, device, studio, torch.Generator().manual_seed(2)) if wanted else None
    settings = DreamSettings(steps=_FAR, average=0.0)
    run = Run(studio.canvas, studio.objective, settings, torch.Generator().manual_seed(2))
    losses: list[float] = []
    theirs: list[float] = []

    def ours() -> None:
        iterate = run.advance()
        assert iterate is not None, "a step of a workload came to nothing"
        losses.append(float(iterate.loss))

    report(f"{work.name}: counting")
    with peak(device) as memory:
        ours()
    reference_memory = None
    if step is not None:
        with peak(device) as reference_peak:
            theirs.append(step())
        reference_memory = reference_peak.bytes
    times: list[float] = []
    reference_times: list[float] = []
    alone = _drawing_and_looking(studio, device) | {"cutouts": _cutting(studio, device)}
    turns: dict[str, list[float]] = {name: [] for name in alone}
    for number in range(steps):
        report(f"{work.name}: step {number + 1} of {steps}")
        times.append(seconds(ours, device))
        for name, part in alone.items():  # at once, since the machine may be faster or slower a minute later
            turns[name].append(seconds(part, device))
        if step is not None:
            reference_times.append(seconds(lambda: theirs.append(step()), device))
    counted = gflop(ours)
    parts = {name: statistics.median(found) for name, found in turns.items()}
    in_networks = parts["canvas"] + parts["perceptors"]
    parts["optimiser and guards"] = _settling(run, device, min(steps, 5))
    left = (whole - sum(each) for whole, *each in zip(times, *turns.values(), strict=True))
    parts["rest"] = max(0.0, statistics.median(left) - parts["optimiser and guards"])
    return Measured(
        work.name,
        work.title,
        precision,
        statistics.median(times),
        statistics.median(reference_times) if reference_times else None,
        counted,
        counted / in_networks / ceilings.best(precision),
        memory.bytes,
        reference_memory,
        parts,
        losses[: len(theirs) or None],
        theirs,
    )


def _drawing_and_looking(studio: Studio, device: torch.device) -> dict[str, Callable[[], None]]:
    """Drawing with its gradient, and looking with its gradient, each alone and once done already."""
    canvas = studio.canvas
    generator = torch.Generator().manual_seed(3)
    pull = torch.rand(canvas.image().shape, generator=generator).to(device)

    def draw() -> None:
        torch.autograd.backward(canvas.image(), pull)

    looks = []
    for perceptor, manner in zip(studio.perceptors, studio.manners, strict=True):
        side = perceptor.image_size
        cutouts = torch.rand(manner.count, 3, side, side, generator=generator).to(device)
        looks.append((perceptor, cutouts.requires_grad_()))

    def look() -> None:
        for perceptor, cutouts in looks:
            seen: Tensor = perceptor.embed_image(cutouts)
            torch.autograd.grad(seen.sum(), cutouts)

    draw()
    look()
    return {"canvas": draw, "perceptors": look}


def _cutting(studio: Studio, device: torch.device) -> Callable[[], None]:
    """Cutting out and changing all cutouts, with its gradient, alone and once done already."""
    generator = torch.Generator().manual_seed(4)
    picture = torch.rand(studio.canvas.image().shape, generator=generator).to(device).requires_grad_()
    sides = [perceptor.image_size for perceptor in studio.perceptors]
    pulls = [
        torch.rand(manner.count, 3, side, side, generator=generator).to(device)
        for side, manner in zip(sides, studio.manners, strict=True)
    ]

    def work() -> None:
        for side, manner, pull in zip(sides, studio.manners, pulls, strict=True):
            cutouts = cut(picture, manner.count, side, manner, generator)
            torch.autograd.grad(augment(cutouts, manner.augmentation, generator), picture, pull)

    work()
    return work


def _settling(run: Run, device: torch.device, repeats: int) -> float:
    """The median of what a step does before its picture is drawn and after its gradient is there."""
    times = []
    for _ in range(repeats):
        clock = Clock(device)
        with clock:
            run.prepare()
        image = run.canvas.image()
        loss = run.objective(image, run.generator)
        loss.total.backward()  # type: ignore[no-untyped-call]
        with clock:
            run.settle(image, loss)
        times.append(clock.seconds)
    return statistics.median(times)
