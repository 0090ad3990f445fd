"""The thread that dreams: it iterates the same render session as the command line, and tells by signals."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import RenderError, StudioError
from studio.project.model import Project
from studio.render.events import Event, Preview, RenderDone, StepDone
from studio.render.plan import Quality
from studio.timeline.time import FrameRange

if TYPE_CHECKING:
    from studio.render.toolbox import LocalToolbox

PREVIEWS = 30
"""Most previews a second."""

NICENESS = 5
"""How far the render steps back from the window, as `nice` counts."""

Session = Callable[["Order"], Iterator[Event]]
"""How a render is begun: the real one is `local_session`."""


@dataclass(frozen=True, slots=True)
class Order:
    """A render for the worker.

    Attributes:
        number: of its job.
        project: the snapshot to render.
        folder: what its pictures are relative to.
        frames: which; None for the timeline's own range.
        quality: draft or final.
        token: stops it within an optimiser step.
        keep: whether what comes to rest is kept as takes.
        source: the project's file, if it has one.
    """

    number: int
    project: Project
    folder: Path
    frames: FrameRange | None
    quality: Quality
    token: CancelToken
    keep: bool = True
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Iterate:
    """What is being dreamed: the latest step, and perhaps how it looks.

    Attributes:
        number: of the job.
        frame: that the step belongs to.
        step: steps done.
        steps: in all, of this frame or solve.
        loss: the objective's value.
        rate: steps a second, lately; 0 when nobody knows yet.
        image: the picture; it owns its pixels. None when this step was not drawn.
    """

    number: int
    frame: int
    step: int
    steps: int
    loss: float
    rate: float
    image: QImage | None


class Mailbox:
    """Room for one iterate, the latest; whoever puts never waits for whoever takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: Iterate | None = None

    def put(self, iterate: Iterate) -> bool:
        """Leave an iterate; whether the room was empty, so that somebody should be told."""
        with self._lock:
            empty = self._latest is None
            if iterate.image is None and self._latest is not None and self._latest.image is not None:
                iterate = replace(iterate, image=self._latest.image)
            self._latest = iterate
            return empty

    def take(self) -> Iterate | None:
        """The latest, which is then gone."""
        with self._lock:
            latest, self._latest = self._latest, None
            return latest


class RenderWorker(QObject):
    """Lives in a QThread. One render at a time; the next order waits in the thread's own queue of events.

    Attributes:
        mailbox: where the latest step lies.
        local: what renders on this machine; None where something else does.
    """

    happened = Signal(int, object)
    """(job, event): an event of the render other than a step."""

    stepped = Signal()
    """`mailbox` holds an iterate."""

    ended = Signal(int, object)
    """(job, end): None when done, `Cancelled` when stopped, else a `StudioError`."""

    device_known = Signal(str, str)
    """(kind, name) of the device that renders, once it is known; ("", why) when nothing can render."""

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.mailbox = Mailbox()
        self.local = None if session else LocalSessions()
        self._session = session or (self.local.begin if self.local else None)

    @Slot()
    def find_device(self) -> None:
        """Say which device renders."""
        if self.local is None:
            self.device_known.emit("cpu", "cpu")
            return
        try:
            self.device_known.emit(*self.local.device())
        except StudioError as error:
            self.device_known.emit("", str(error))

    @Slot(object)
    def run(self, order: Order) -> None:
        """Render an order to its end."""
        end: Exception | None = None
        step_back()
        try:
            order.token.check()
            assert self._session is not None
            meter = _Meter()
            with contextlib.closing(_iterated(self._session(order))) as events:
                for event in events:
                    if isinstance(event, StepDone):
                        self._step(order, event, meter)
                    else:
                        meter.pause()
                        self.happened.emit(order.number, event)
                        if isinstance(event, RenderDone):
                            break
        except Cancelled as stopped:
            end = stopped
        except StudioError as error:
            end = error
        except Exception as error:  # the boundary: whatever it was, the window goes on
            logging.getLogger(__name__).exception("the render of job %d broke", order.number)
            end = RenderError(
                "The render broke off",
                f"{type(error).__name__}: {error}"[:300],
                "Finished frames are kept. Try again; if it happens again, report it with the log",
            )
        self.ended.emit(order.number, end)

    def _step(self, order: Order, event: StepDone, meter: _Meter) -> None:
        rate = meter.step()
        image = picture(event.preview()) if meter.draws() or event.step == event.steps else None
        made = Iterate(order.number, event.frame, event.step, event.steps, event.loss, rate, image)
        if self.mailbox.put(made):
            self.stepped.emit()


def step_back(niceness: int = NICENESS) -> None:
    """Let the window come first where both want a core: threads that PyTorch starts from here inherit it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


class LocalSessions:
    """Renders on this machine. Models stay loaded from one render to the next."""

    def __init__(self) -> None:
        self._toolboxes: dict[Path, LocalToolbox] = {}

    def device(self) -> tuple[str, str]:
        """Kind and name of the device."""
        try:
            import torch

            from studio.dream.device import pick
        except (ImportError, OSError) as error:
            raise RenderError(
                "Nothing can be rendered here",
                f"PyTorch cannot be loaded: {error}",
                "Run keydream doctor in a terminal; editing, playing and exporting work",
            ) from error
        device = pick("auto")
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        return device.type, name

    def toolbox(self, folder: Path) -> LocalToolbox:
        """The tools for a project's folder; their networks are loaded once.

        Raises:
            RenderError: PyTorch cannot be loaded.
        """
        self.device()
        from studio.dream.device import pick
        from studio.render.toolbox import LocalToolbox

        if folder not in self._toolboxes:
            self._toolboxes.clear()  # one project's networks at a time
            self._toolboxes[folder] = LocalToolbox(folder, pick("auto"))
        return self._toolboxes[folder]

    def begin(self, order: Order) -> Iterator[Event]:
        """Begin a render, whose keyframes are kept as takes if the order says so.

        Raises:
            RenderError: PyTorch cannot be loaded.
        """
        toolbox = self.toolbox(order.folder)
        from studio.base import paths
        from studio.render.session import render
        from studio.render.store import FrameStore

        store = FrameStore(paths.cache_dir() / "frames")
        events = render(order.project, toolbox, store, frames=order.frames, quality=order.quality, token=order.token)
        if not order.keep:
            return events
        from studio.takes.keeping import Keeper
        from studio.takes.store import Takes

        keeper = Keeper(
            Takes,
            order.project,
            toolbox,
            store,
            frames=order.frames,
            quality=order.quality,
            source=order.source,
            folder=order.folder,
        )
        return keeper.watch(events)


class _Meter:
    """Steps a second over the last ones, and whether the next preview is due."""

    def __init__(self) -> None:
        self._last = 0.0
        self._seconds = 0.0
        self._drawn = 0.0

    def step(self) -> float:
        now = time.perf_counter()
        if self._last:
            latest = now - self._last
            self._seconds = latest if not self._seconds else 0.8 * self._seconds + 0.2 * latest
        self._last = now
        return 1 / self._seconds if self._seconds > 0 else 0.0

    def pause(self) -> None:
        self._last = 0.0

    def draws(self) -> bool:
        now = time.perf_counter()
        if now - self._drawn < 1 / PREVIEWS:
            return False
        self._drawn = now
        return True


def picture(preview: Preview) -> QImage:
    """A preview as an image that owns its pixels."""
    return QImage(
        preview.rgb, preview.width, preview.height, 3 * preview.width, QImage.Format.Format_RGB888
    ).convertToFormat(QImage.Format.Format_RGB32)


def _iterated(events: Iterator[Event]) -> Generator[Event, None, None]:
    """A generator around any iterator, so that it can be closed."""
    try:
        yield from events
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
