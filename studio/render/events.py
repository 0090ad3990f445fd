"""What a render says while it runs: plain frozen values, safe to hand to another thread. Imports nothing heavy.

A render is an iterator of these. In order: one `PlanMade`; then for each frame, where something has to be made, a
`SolveStarted` or `FrameStarted`, its `StepDone`s, and a `SolveDone` or `FrameDone`; at the end one `RenderDone`. For a
frame that is stored already there is `FrameDone` alone. Faults are exceptions, not events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture in main memory.

    Attributes:
        width: in pixels.
        height: in pixels.
        rgb: 3 * width * height bytes, rows from the top, red green blue.
    """

    width: int
    height: int
    rgb: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlanMade:
    """What is about to happen. The store's manifests are believed here; a damaged frame shows itself when it is read.

    Attributes:
        frames: frames asked for.
        render: frames that will be made, earlier ones that those asked for depend on included.
        reused: frames asked for that need no making: stored already, or equal to another that will be made.
        steps: optimiser steps in all those to come, so that a rate of steps gives the time left.
        notes: what the artist should know about this project's motion, in full sentences.
    """

    frames: int
    render: int
    reused: int
    steps: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SolveStarted:
    """A keyframe of a walk is being dreamed to rest.

    Attributes:
        frame: the first frame of the timeline that needs it.
        key: what it is stored by.
        steps: optimiser steps it takes in all.
        resumed: steps that were found done in a checkpoint.
    """

    frame: int
    key: str
    steps: int
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class FrameStarted:
    """A frame is being made; fields as in `SolveStarted`. `steps` is 0 when it is only interpolated."""

    frame: int
    key: str
    steps: int
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class StepDone:
    """One optimiser step is over.

    Attributes:
        frame: the frame, or the solve's first frame, that it belongs to.
        step: steps done, 1 to `steps`.
        steps: of this frame or solve in all.
        loss: the objective's value at this step.
        terms: its parts by name.
        preview: makes the picture as it is now; costs a copy, so call it for the iterates that are shown, and soon:
            it holds on to memory of the device. Any thread may call it.
    """

    frame: int
    step: int
    steps: int
    loss: float
    terms: tuple[tuple[str, float], ...]
    preview: Callable[[], Preview] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SolveDone:
    """A keyframe of a walk is at rest and stored; `seconds` it took in this session."""

    frame: int
    key: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FrameDone:
    """A frame is in the store.

    Attributes:
        frame: its number on the timeline.
        key: what it is stored by; equal keys are equal pictures.
        path: its PNG file.
        pixels: SHA-256 of its RGB bytes, hex; what "the same picture" means.
        reused: whether it was there already.
        seconds: of work in this session; 0 when reused.
        asked: whether it is one of those asked for, and not only one that they depend on.
    """

    frame: int
    key: str
    path: Path
    pixels: str
    reused: bool
    seconds: float = 0.0
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """Something went wrong that the render outlives; `text` says what, why and what to do, in full sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class RenderDone:
    """Every frame asked for is in the store.

    Attributes:
        paths: the PNG files, in the order of the frames asked for; a path repeats where frames are equal.
        rendered: frames made in this session.
        seconds: the session took.
    """

    paths: tuple[Path, ...]
    rendered: int
    seconds: float


Event = PlanMade | SolveStarted | FrameStarted | StepDone | SolveDone | FrameDone | Notice | RenderDone
"""Everything a render may say."""
