"""A render: a project becomes pictures in the store, one event at a time. No Qt: whoever iterates decides the thread.

    for event in render(project, LocalToolbox(folder, pick("auto")), FrameStore(cache_dir() / "frames")):
        ...

Interrupt it in any way and render again: it goes on where it stopped. On one CPU, with the number of threads that
PyTorch was left with, the frames are then the same bytes as without the interruption.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from studio.base.cancel import CancelToken, never
from studio.base.errors import RenderError
from studio.base.shortage import is_short
from studio.project.model import Project
from studio.render.checkpoint import EVERY
from studio.render.dreaming import Dreamer
from studio.render.events import Event, FrameDone, PlanMade, RenderDone
from studio.render.follow import follow
from studio.render.plan import Quality, plan, work
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.render.walk import walk
from studio.render.writing import in_order
from studio.timeline.time import FrameRange

_DEAD = ("CUDA error", "cuDNN error", "CUDNN_STATUS", "CUBLAS_STATUS", "MPS backend", "HIP error")


def render(
    project: Project,
    toolbox: Toolbox,
    store: FrameStore,
    *,
    frames: FrameRange | None = None,
    quality: Quality = "final",
    deterministic: bool = False,
    token: CancelToken | None = None,
    checkpoint_every: float = EVERY,
) -> Iterator[Event]:
    """Bring frames of a project into the store, reusing what is there. Models are loaded only if they are needed.

    Args:
        project: what to render.
        toolbox: where models and pictures come from, and on which device.
        store: where frames are kept.
        frames: which; None for the timeline's own range.
        quality: "draft" renders half the size with half the steps.
        deterministic: on a graphics processor, use only operations that give the same bytes every time; slower. It sets
            PyTorch's switch for the whole process until the render is over.
        token: fire it to stop within one optimiser step.
        checkpoint_every: seconds between two checkpoints of a frame in progress.

    Raises:
        Cancelled: the token was fired. The frame in progress is laid down and will be taken up.
        StudioError: something is wrong with the project, a model, a picture, the disk or the device; finished frames
            are kept.
    """
    token = token or never()
    began = time.monotonic()
    device = toolbox.device
    laid_out = plan(
        project,
        frames,
        toolbox.identities(project),
        quality=quality,
        device=device.type,
        deterministic=deterministic,
    )
    todo = work(laid_out, store.has)
    yield PlanMade(len(laid_out.frames), todo.frames, todo.reused, todo.steps, laid_out.notes)
    dreamer = Dreamer(project, laid_out, toolbox, store, token, every=checkpoint_every)
    store.sweep()
    dreamer.checkpoints.sweep()
    paths: dict[int, Path] = {}
    rendered = 0
    made = walk(dreamer) if project.motion.mode == "walk" else follow(dreamer)
    # Closing matters: a render that is left at a step lays that step down, and what is being written is written.
    repeatable = _repeatable(deterministic and device.type != "cpu")
    with repeatable, device_faults(), contextlib.closing(dreamer.writer), contextlib.closing(made):
        for event in in_order(made):
            if isinstance(event, FrameDone):
                rendered += not event.reused
                if event.asked:
                    paths[event.frame] = event.path
            yield event
    yield RenderDone(tuple(paths[frame] for frame in laid_out.frames), rendered, time.monotonic() - began)


@contextlib.contextmanager
def _repeatable(wanted: bool) -> Iterator[None]:
    """PyTorch with repeatable operations alone, for as long as the block lasts."""
    if not wanted:
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS' own condition, read when it starts
    before = torch.are_deterministic_algorithms_enabled()
    benchmark = torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.backends.cudnn.benchmark = benchmark


@contextlib.contextmanager
def device_faults() -> Iterator[None]:
    """Say in plain words, as a `RenderError`, what a device reports when its memory ends or when it dies."""
    fault = None
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        fault = _explain(error)
        if fault is None:
            raise
    if fault is not None:
        # Outside of the except block: there, the traceback still holds on to every tensor of the step.
        if torch.cuda.is_available():
            with contextlib.suppress(RuntimeError):  # a dead device refuses this, too
                torch.cuda.empty_cache()
        raise fault


def _explain(error: Exception) -> RenderError | None:
    text = str(error)
    first_line = text.partition("\n")[0][:200]
    if is_short(error):
        return RenderError(
            "The frame does not fit into memory",
            first_line,
            "Choose a smaller size, fewer cutouts, a draft, or --device cpu; finished frames are kept",
        )
    if any(sign in text for sign in _DEAD):
        return RenderError(
            "The graphics processor stopped working",
            first_line,
            "Start Keydream again and render: it goes on where it stopped. If it happens again, use --device cpu",
        )
    if "deterministic" in text:
        return RenderError(
            "This render cannot be repeated exactly on this device",
            first_line,
            "Render without --deterministic, or with --device cpu",
        )
    return None
