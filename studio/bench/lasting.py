"""Memory over a long run: what the process holds while thousands of steps and hundreds of frames go by.

Everything goes through `studio.render.session.render`, into a store that is thrown away, with checkpoints laid down
often. Flat is a run whose last tenth holds no more than its first, but for a bound that allows for an allocator's ways.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import InputError
from studio.bench.timing import resident
from studio.bench.workloads import PROMPT
from studio.project.model import Medium, Motion, Project
from studio.render.events import Event, FrameDone, StepDone
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track

MEDIUM = "pixels"
"""What is dreamed on where nothing is said."""

STEPS = 2000
"""Steps of one dream where nothing is said."""

FRAMES = 500
"""Frames of a follow where nothing is said."""

SHARE = 0.01
"""How much more than in the beginning, as a share of it, still counts as flat."""

NOISE = 8 << 20
"""Bytes beside that: pages that an allocator keeps or gives back as it likes."""

CHECKPOINTS = 1.0
"""Seconds between two checkpoints, far more of them than usual."""

_LOOKS = 20
_SIDE = 64
_SIDE_DREAMED = 96
_STEPS_A_FRAME = 2


@dataclass(frozen=True, slots=True)
class Lasted:
    """What a long run held.

    Attributes:
        what: what ran.
        unit: what was counted, "steps" or "frames".
        counts: after how many of them the process was looked at.
        held: bytes at each of these.
    """

    what: str
    unit: str
    counts: tuple[int, ...]
    held: tuple[int, ...]

    @property
    def early(self) -> int:
        """Bytes when a tenth was over."""
        return next(held for count, held in zip(self.counts, self.held, strict=True) if count >= self.counts[-1] / 10)

    @property
    def late(self) -> int:
        """Bytes in the last tenth, the median."""
        pairs = zip(self.counts, self.held, strict=True)
        return int(statistics.median(held for count, held in pairs if count > self.counts[-1] * 9 / 10))

    @property
    def growth(self) -> int:
        """Bytes that the last tenth holds above the first; negative where it holds less."""
        return self.late - self.early

    @property
    def bound(self) -> int:
        """Bytes of growth that still count as flat."""
        return int(SHARE * self.early) + NOISE

    @property
    def flat(self) -> bool:
        """Whether memory did not grow with the run."""
        return self.growth <= self.bound


def steps(
    toolbox: Toolbox, medium: str = MEDIUM, count: int = STEPS, report: Callable[[str], None] = lambda _: None
) -> Lasted:
    """One picture, dreamed for so many steps from noise.

    Args:
        toolbox: where the models come from.
        medium: one of `studio.project.model.MEDIA`.
        count: of steps, 20 or more for a word on growth.
        report: is told what is being done.
    """
    what = f"{medium}, one dream of {count} steps, {_SIDE_DREAMED}x{_SIDE_DREAMED}"
    return _watched(what, "steps", count, _project(medium, 1, count, _SIDE_DREAMED, "walk"), toolbox, report)


def frames(
    toolbox: Toolbox, medium: str = MEDIUM, count: int = FRAMES, report: Callable[[str], None] = lambda _: None
) -> Lasted:
    """A follow of so many frames from noise, a few steps each, with a camera that moves.

    Args:
        toolbox: where the models come from.
        medium: one of `studio.project.model.MEDIA`.
        count: of frames, 20 or more for a word on growth.
        report: is told what is being done.
    """
    what = f"{medium}, a follow of {count} frames, {_SIDE}x{_SIDE}"
    return _watched(what, "frames", count, _project(medium, count, _STEPS_A_FRAME, _SIDE, "follow"), toolbox, report)


def lines(found: Lasted) -> list[str]:
    """The lines of a terminal."""
    verdict = "flat" if found.flat else "NOT flat"
    return [
        f"{found.what}: {_mib(found.held[0])} after {found.counts[0]} {found.unit}, {_mib(found.early)} after a tenth, "
        f"{_mib(found.late)} in the last tenth, {_mib(max(found.held))} at worst",
        f"   {verdict}: {found.growth / 2**20:+.1f} MiB, where {100 * SHARE:.0f} % and {_mib(NOISE)} "
        f"({found.bound / 2**20:.0f} MiB) count as flat",
    ]


def _watched(
    what: str, unit: str, total: int, project: Project, toolbox: Toolbox, report: Callable[[str], None]
) -> Lasted:
    kind: type[Event] = StepDone if unit == "steps" else FrameDone
    every = max(1, total // _LOOKS)
    done = 0
    counts: list[int] = []
    held: list[int] = []
    with tempfile.TemporaryDirectory(prefix="keydream-bench-", ignore_cleanup_errors=True) as folder:
        for event in render(project, toolbox, FrameStore(Path(folder)), checkpoint_every=CHECKPOINTS):
            if not isinstance(event, kind):
                continue
            done += 1
            now = resident() if done % every == 0 or done == total else None
            if now is not None:
                counts.append(done)
                held.append(now)
                report(f"{what}: {done} of {total}, {_mib(now)}")
    if not held:
        raise InputError("The memory cannot be measured", "This system does not say what a process holds", "Use Linux")
    return Lasted(what, unit, tuple(counts), tuple(held))


def _project(medium: str, length: int, steps: int, side: int, mode: str) -> Project:
    numbers = {"steps": float(steps), "zoom": 1.02, "rotate": 1.0}
    timeline = Timeline(
        rate=FrameRate(24, 1),
        length=length,
        prompts=(PromptTrack("prompts", Track((Keyframe(0, parse_prompt(PROMPT)),))),),
        parameters=tuple(ParameterTrack(name, Track((Keyframe(0, value),))) for name, value in numbers.items()),
    )
    canvas, motion = Medium(medium, start="noise"), Motion(mode)
    return Project("long", timeline, width=side, height=side, medium=canvas, motion=motion)


def _mib(held: int) -> str:
    return f"{held / 2**20:,.0f} MiB"
