"""Renders of the window: the queue, the thread that works it off, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from studio.app.worker import Iterate, LocalSessions, Order, RenderWorker, Session
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError, StudioError
from studio.project.model import Project
from studio.render.events import (
    FrameDone,
    FrameStarted,
    Notice,
    PlanMade,
    RenderDone,
    SolveDone,
    SolveStarted,
)
from studio.render.plan import Quality
from studio.render.queue import Job, Queue, State
from studio.timeline.time import FrameRange

PATIENCE = 5.0
"""Seconds that quitting waits for the thread: it stops within one optimiser step."""


@dataclass(frozen=True, slots=True)
class Live:
    """What the window shows of the render that runs.

    Attributes:
        job: its number.
        frame: that is being made.
        step: of this frame or solve; 0 before the first.
        steps: in all of it.
        loss: the objective's value; None before the first step.
        rate: steps a second; 0 when nobody knows yet.
        left: seconds until the job is over; None when nobody knows yet.
        image: how the frame looks now; None before the first picture of it.
    """

    job: int
    frame: int
    step: int = 0
    steps: int = 0
    loss: float | None = None
    rate: float = 0.0
    left: float | None = None
    image: QImage | None = None


class Rendering(QObject):
    """The queue and its worker. All calls return at once.

    Attributes:
        queue: the jobs.
        keeps: whether renders that begin from now on keep what comes to rest as takes.
    """

    queue_changed = Signal()
    """Jobs came, went, or became something else."""

    progressed = Signal(object)
    """A `Job`: the one that runs, further than before."""

    live_changed = Signal(object)
    """A `Live`, or None when nothing is being dreamed."""

    frame_done = Signal(str, object)
    """(key, path) of a frame that came into the store."""

    job_over = Signal(object)
    """A `Job` that is done, failed, cancelled or paused."""

    device_known = Signal(str, str)
    """See `RenderWorker.device_known`."""

    _order = Signal(object)
    _ask_device = Signal()

    def __init__(self, session: Session | None = None, parent: QObject | None = None) -> None:
        """The session is what renders; the machine's own by default, a fake one in tests."""
        super().__init__(parent)
        self.queue = Queue()
        self.keeps = True
        self._sources: dict[int, Path] = {}
        self._live: Live | None = None
        self._tokens: dict[int, CancelToken] = {}
        self._pausing: set[int] = set()
        self._removed: set[int] = set()
        self._began = 0.0
        self._done = 0
        self._frame_steps = 0
        self._total = 0
        self._made = 0
        self._steps = 0
        self._frames = 0
        self._step_seconds: float | None = None
        self._frame_seconds: float | None = None
        self._worker = RenderWorker(session)
        self._guest: Callable[[], None] | None = None
        self._lent = False
        self._thread = QThread(self)
        self._thread.setObjectName("keydream-render")
        self._worker.moveToThread(self._thread)
        self._order.connect(self._worker.run)
        self._ask_device.connect(self._worker.find_device)
        self._worker.happened.connect(self._happened)
        self._worker.stepped.connect(self._stepped)
        self._worker.ended.connect(self._ended)
        self._worker.device_known.connect(self.device_known)
        self._thread.start()

    @property
    def live(self) -> Live | None:
        """What is being dreamed now."""
        return self._live

    @property
    def running(self) -> Job | None:
        """The job that runs."""
        return self.queue.running

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self.queue.running is not None or bool(self.queue.waiting)

    def find_device(self) -> None:
        """Ask which device renders; `device_known` answers."""
        self._ask_device.emit()

    def submit(
        self,
        project: Project,
        folder: Path,
        frames: FrameRange | None = None,
        quality: Quality = "final",
        *,
        front: bool = False,
        source: Path | None = None,
    ) -> Job:
        """Queue a render of a snapshot; `front` puts it before all that wait, `source` is the project's file."""
        job = self.queue.add(project, folder, frames, quality, front=front)
        if source is not None:
            self._sources[job.number] = source
        self._go_on()
        return job

    def cancel(self, number: int) -> None:
        """Stop a job for good. Its finished frames are kept; `retry` takes it up."""
        self._pausing.discard(number)
        if number in self._tokens:
            self._tokens[number].cancel()
            self._set_live(None)
        else:
            self._changed(lambda: self.queue.cancel(number))

    def cancel_all(self) -> None:
        """Stop everything that runs or waits."""
        for job in self.queue:
            if not job.state.over:
                self.cancel(job.number)

    def pause(self, number: int) -> None:
        """Stop a job until `resume`: the frame in progress is laid down and taken up."""
        if number in self._tokens:
            self._pausing.add(number)
            self._tokens[number].cancel()
        else:
            self._changed(lambda: self.queue.pause(number))

    def resume(self, number: int) -> None:
        """Go on with a paused job."""
        self._changed(lambda: self.queue.resume(number))

    def retry(self, number: int) -> None:
        """Try a failed or cancelled job again."""
        self._changed(lambda: self.queue.retry(number))

    def move(self, number: int, by: int) -> None:
        """Run a waiting job earlier (negative) or later."""
        self._changed(lambda: self.queue.move(number, by))

    def clear(self) -> None:
        """Forget jobs that are over."""
        self._changed(self.queue.clear)

    def stopping(self, number: int) -> bool:
        """Whether a running job was asked to stop and has not yet."""
        token = self._tokens.get(number)
        return token is not None and token.cancelled

    @property
    def thread_of_renders(self) -> QThread:
        """The thread in which renders run, one thing at a time."""
        return self._thread

    @property
    def local(self) -> LocalSessions | None:
        """What renders on this machine, for use in that thread alone; None where something else does."""
        return self._worker.local

    def lend(self, use: Callable[[], None]) -> None:
        """Call `use` once no job runs: the device is the guest's then, and jobs wait, until `give_back`."""
        self._guest = use
        self._go_on()

    def give_back(self) -> None:
        """The guest is through, or does not want the device any more."""
        self._guest, self._lent = None, False
        self._go_on()

    def close(self) -> bool:
        """Stop the worker and its thread. Whether it stopped in time; it is never killed."""
        for job in self.queue:
            if job.state is State.WAITING:
                self.queue.cancel(job.number)
        for token in self._tokens.values():
            token.cancel()
        self._thread.quit()
        return self._thread.wait(int(PATIENCE * 1000))

    def _changed(self, change: Callable[[], object]) -> None:
        try:
            change()
        except InputError:
            return  # it was cleared meanwhile
        self._go_on()

    def _go_on(self) -> None:
        if self._guest is not None and not self._lent and self.queue.running is None:
            self._lent = True
            self._guest()
        job = None if self._guest is not None else self.queue.take()
        if job is not None:
            token = self._tokens[job.number] = CancelToken()
            self._began, self._done, self._total, self._made, self._frame_steps = time.monotonic(), 0, 0, 0, 0
            self._step_seconds = self._frame_seconds = None
            order = Order(job.number, job.project, job.folder, job.frames, job.quality, token)
            self._order.emit(replace(order, keep=self.keeps, source=self._sources.get(job.number)))
        self.queue_changed.emit()

    @Slot(int, object)
    def _happened(self, number: int, event: object) -> None:
        match event:
            case PlanMade():
                self._total = event.steps + event.render
                self._steps, self._frames = event.steps, event.render
                for note in event.notes:
                    self.queue.say(number, note)
            case SolveStarted() | FrameStarted():
                self._done += event.resumed
                self._frame_steps = event.resumed
                if not self.stopping(number):
                    self._set_live(Live(number, event.frame, event.resumed, event.steps, left=self._left()))
            case SolveDone():
                self._frame_steps = 0
            case FrameDone():
                if not event.reused:
                    if not self._frame_steps:  # only made of what was dreamed: its own pace
                        self._frame_seconds = _mixed(self._frame_seconds, event.seconds)
                    self._done += 1
                    self._made += 1
                self._frame_steps = 0
                self.frame_done.emit(event.key, event.path)
            case Notice():
                self.queue.say(number, event.text)
                self.queue_changed.emit()
            case RenderDone():
                self._done = self._total
        self._tell(number)

    @Slot()
    def _stepped(self) -> None:
        iterate = self._worker.mailbox.take()
        if iterate is None or iterate.number not in self._tokens:
            return
        self._done += max(0, iterate.step - self._frame_steps)
        if iterate.rate > 0:
            self._step_seconds = _mixed(self._step_seconds, 1 / iterate.rate)
        self._frame_steps = iterate.step
        if not self.stopping(iterate.number):
            self._set_live(self._seen(iterate))
        self._tell(iterate.number)

    def _seen(self, iterate: Iterate) -> Live:
        image = iterate.image
        if image is None and self._live is not None and self._live.frame == iterate.frame:
            image = self._live.image
        return Live(
            iterate.number,
            iterate.frame,
            iterate.step,
            iterate.steps,
            iterate.loss,
            iterate.rate,
            self._left(),
            image,
        )

    @Slot(int, object)
    def _ended(self, number: int, end: object) -> None:
        self._tokens.pop(number, None)
        self._worker.mailbox.take()
        paused = number in self._pausing
        self._pausing.discard(number)
        if end is None:
            job = self.queue.finish(number, State.DONE)
        elif isinstance(end, StudioError):
            job = self.queue.finish(number, State.FAILED, end)
        else:
            assert isinstance(end, Cancelled)
            job = self.queue.finish(number, State.PAUSED if paused else State.CANCELLED)
        self._set_live(None)
        self.job_over.emit(job)
        self._go_on()

    def _tell(self, number: int) -> None:
        total = max(self._total, self._done)
        seconds = time.monotonic() - self._began
        job = self.queue.progress(number, done=self._done, total=total, made=self._made, seconds=seconds)
        self.progressed.emit(job)

    def _left(self) -> float | None:
        """Seconds for the rest: steps and frames at the pace of each; None before the first of either."""
        if not self._steps or self._step_seconds is None:
            return None
        steps_done = self._done - self._made
        steps, frames = max(0, self._steps - steps_done), max(0, self._frames - self._made)
        return steps * self._step_seconds + frames * (self._frame_seconds or 0.0)

    def _set_live(self, live: Live | None) -> None:
        if live is not self._live:
            self._live = live
            self.live_changed.emit(live)


def _mixed(before: float | None, now: float) -> float:
    """A running mean that forgets: a tenth is new."""
    return now if before is None else 0.9 * before + 0.1 * now
