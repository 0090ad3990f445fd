"""Exports in the background: first render what is missing, then encode. One at a time; cancelled at any moment."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from studio.app.context import Context
from studio.app.frames import look
from studio.app.texts import plural, tr
from studio.base import paths
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ExportError, StudioError
from studio.base.progress import Progress
from studio.base.shortage import explained
from studio.export import Exported, ExportOptions, export
from studio.project.format import dumps
from studio.project.model import Project
from studio.render.plan import Quality
from studio.render.queue import Job, State
from studio.render.store import FrameStore
from studio.timeline.time import FrameRange

PATIENCE: Final = 5.0
"""Seconds that closing waits for the encoder: it stops within a frame."""

_PAUSE = 0.05  # seconds between two reports to the window


@dataclass(frozen=True, slots=True)
class Order:
    """What to export.

    Attributes:
        project: the snapshot to export; it is put into the file.
        folder: what its pictures are relative to.
        frames: which.
        quality: whether their drafts or final pictures are taken.
        out: the file, or the pattern of a sequence.
        options: how.
        device: the kind of device that rendered the frames.
        given: the pictures, in order; None to look for them in the store when the time has come.
    """

    project: Project
    folder: Path
    frames: FrameRange
    quality: Quality
    out: Path
    options: ExportOptions
    device: str = "cpu"
    given: tuple[Path, ...] | None = None


class Stage(Enum):
    """What an export is doing."""

    IDLE = "idle"
    RENDERING = "rendering"
    ENCODING = "encoding"


class Exporting(QObject):
    """The export that runs, if one does."""

    changed = Signal()
    """It began, is in another stage, or is over."""

    progressed = Signal(object)
    """A `Progress` of the encoding, now and then."""

    finished = Signal(object)
    """An `Exported`: the file is there, whole and probed."""

    failed = Signal(object)
    """A `StudioError`: there is no file; what was there before is as it was."""

    cancelled = Signal()
    """It was stopped; the same holds."""

    said = Signal(str)
    """What became of it, for the status bar."""

    _told = Signal(int, object)
    _over = Signal(int, object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage.IDLE
        self.order: Order | None = None
        self.progress = Progress(0, 0)
        self._context = context
        self._token = CancelToken()
        self._thread: threading.Thread | None = None
        self._number = 0
        self._job: int | None = None
        self._reported = 0.0
        self._told.connect(self._progressed)
        self._over.connect(self._ended)
        context.rendering.job_over.connect(self._rendered)
        context.rendering.queue_changed.connect(self._look_after_job)

    @property
    def busy(self) -> bool:
        """Whether an export runs, or waits for its frames."""
        return self.stage is not Stage.IDLE

    @property
    def job(self) -> int | None:
        """The number of the render that it waits for; None while it waits for none."""
        return self._job

    def start(self, order: Order, *, render: bool = False) -> None:
        """Begin.

        Args:
            order: what to export.
            render: whether to render the frames first; those that are rendered are used again.

        Raises:
            ExportError: another export runs.
        """
        if self.busy:
            raise ExportError(tr("Another export runs"), "", tr("Wait for it, or cancel it"))
        self.order, self._token = order, CancelToken()
        self.progress = Progress(0, 2 * len(order.frames))
        self._number += 1
        if render:
            self.stage = Stage.RENDERING
            rendering = self._context.rendering
            self._job = rendering.submit(order.project, order.folder, order.frames, order.quality, front=True).number
        else:
            self._encode(order)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop the export; a render that was begun for it, too. Harmless when none runs."""
        if self._job is not None:
            self._context.rendering.cancel(self._job)
        self._token.cancel()

    def loss(self) -> str:
        """What would be lost if the window closed now; "" for nothing."""
        if self.order is None or not self.busy:
            return ""
        return tr("the export of {name}, {share} % done", name=self.order.out.name, share=self.share)

    @property
    def share(self) -> int:
        """Per cent that are encoded and checked."""
        return round(100 * self.progress.fraction)

    def close(self) -> bool:
        """Stop, and wait for it. Whether it stopped in time; no half of a file is left."""
        self._token.cancel()
        self._number += 1  # nobody wants to hear of it any more
        self._job = None
        self.stage = Stage.IDLE
        thread = self._thread
        if thread is None:
            return True
        thread.join(PATIENCE)
        return not thread.is_alive()

    @Slot(object)
    def _rendered(self, job: Job) -> None:
        if job.number != self._job or self.order is None or job.state is State.PAUSED:
            return
        self._job = None
        if job.state is State.DONE:
            self._encode(self.order)
            self.changed.emit()
        elif job.state is State.FAILED and job.error is not None:
            self._end(job.error)
        else:
            self._end(Cancelled())

    @Slot()
    def _look_after_job(self) -> None:
        """A job that only waited, or was paused, is taken out of the queue without further words."""
        states = {job.number: job.state for job in self._context.rendering.queue}
        if self._job is not None and states.get(self._job, State.CANCELLED) is State.CANCELLED:
            self._job = None
            self._end(Cancelled())

    def _encode(self, order: Order) -> None:
        self.stage = Stage.ENCODING
        self._thread = threading.Thread(
            target=self._work, args=(order, self._token, self._number), name="keydream-export", daemon=True
        )
        self._thread.start()

    def _work(self, order: Order, token: CancelToken, number: int) -> None:
        def report(progress: Progress) -> None:
            now = time.monotonic()
            if now - self._reported >= _PAUSE or progress.done == progress.total:
                self._reported = now
                self._send(self._told, number, progress)

        end: object
        try:
            end = export(
                pictures(order),
                order.out,
                order.project.timeline.rate.fraction,
                settings=order.options,
                project_json=dumps(order.project),
                token=token,
                report=report,
            )
        except (StudioError, Cancelled) as stopped:
            end = stopped
        except Exception as error:  # the boundary: whatever it was, the window goes on
            logging.getLogger(__name__).exception("the export to %s broke", order.out)
            end = explained(error, f"{order.out} was not exported") or ExportError(
                f"{order.out} was not exported",
                f"{type(error).__name__}: {error}"[:300],
                "The frames are kept. Try another format; if it happens again, report it with the log",
            )
        self._send(self._over, number, end)

    def _send(self, signal: SignalInstance, number: int, value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window is gone
            signal.emit(number, value)

    @Slot(int, object)
    def _progressed(self, number: int, progress: Progress) -> None:
        if number == self._number:
            self.progress = progress
            self.progressed.emit(progress)

    @Slot(int, object)
    def _ended(self, number: int, end: object) -> None:
        if number == self._number:
            self._end(end)

    def _end(self, end: object) -> None:
        order, self.stage, self._thread = self.order, Stage.IDLE, None
        assert order is not None
        self.changed.emit()
        if isinstance(end, Exported):
            size = f"{end.bytes / 1e6:.1f} MB"
            self.said.emit(plural("Exported {name}: %n frame(s), {size}", end.frames, name=order.out.name, size=size))
            self.finished.emit(end)
        elif isinstance(end, StudioError):
            self.said.emit(str(end))
            self.failed.emit(end)
        else:
            self.said.emit(tr("The export of {name} was cancelled; no file is left", name=order.out.name))
            self.cancelled.emit()


def pictures(order: Order) -> tuple[Path, ...]:
    """The pictures of an order's frames. Takes long for long timelines; any thread may call it.

    Raises:
        ExportError: some are not rendered.
        StudioError: the project cannot be rendered at all.
    """
    if order.given is not None:
        return order.given
    store = FrameStore(paths.cache_dir() / "frames")
    found = look(order.project, order.folder, store, {}, order.device)
    if found.problem is not None:
        raise found.problem
    keys = found.final if order.quality == "final" else found.draft
    there = [found.paths.get(keys[frame]) for frame in order.frames]
    whole = tuple(path for path in there if path is not None)
    if len(whole) < len(there):
        raise ExportError(
            tr("{name} was not exported", name=order.out.name),
            plural("%n frame(s) are not rendered", len(there) - len(whole)),
            tr("Render them first"),
        )
    return whole
