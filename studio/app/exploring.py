"""Explorations of the window: drafts that grow in the thread of renders, one exploration at a time, between renders."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.app.rendering import Rendering
from studio.app.worker import LocalSessions, picture, step_back
from studio.base import paths
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import RenderError, StudioError
from studio.render.drafts import DraftBegun, DraftDone, DraftEvent, DraftFailed, Explored, Grown, Planned
from studio.render.variations import Draft

PREVIEWS = 10
"""Most rounds a second that are shown: each is sixteen pictures."""


class Stage(Enum):
    """What an exploration is doing."""

    IDLE = "idle"
    WAITING = "waiting"
    BEGINNING = "beginning"
    GROWING = "growing"
    STOPPING = "stopping"


class Growth(Enum):
    """What a draft is doing."""

    WAITING = "waiting"
    GROWING = "growing"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Cell:
    """A draft as it is shown.

    Attributes:
        draft: what it is.
        growth: what it is doing.
        image: how it looks now; it owns its pixels. None before there is anything to see.
        path: its PNG file, once it is done.
        latents: its canvas' state, a safetensors file, once it is done.
        error: why it failed.
    """

    draft: Draft
    growth: Growth = Growth.WAITING
    image: QImage | None = None
    path: Path | None = None
    latents: Path | None = None
    error: StudioError | None = None


@dataclass(frozen=True, slots=True)
class ExploreOrder:
    """An exploration for the worker: its number, its drafts, what their pictures are relative to, and what stops it."""

    number: int
    drafts: tuple[Draft, ...]
    folder: Path
    token: CancelToken


@dataclass(frozen=True, slots=True)
class Shown:
    """The latest round: of which exploration, steps done, steps in all, and pictures by the drafts' numbers."""

    number: int
    step: int
    steps: int
    images: Mapping[int, QImage]


ExploreSession = Callable[[ExploreOrder], Iterator[DraftEvent]]
"""How an exploration is begun: the real one is `local_session`."""


class ExploreWorker(QObject):
    """Lives in the thread of renders."""

    happened = Signal(int, object)
    """(number, event): an event other than a round."""

    grown = Signal()
    """`take` gives a round."""

    ended = Signal(int, object)
    """(number, end): None when done, `Cancelled` when stopped, else a `StudioError`."""

    def __init__(self, session: ExploreSession) -> None:
        super().__init__()
        self._session = session
        self._lock = threading.Lock()
        self._latest: Shown | None = None
        self._drawn = 0.0

    def take(self) -> Shown | None:
        """The latest round, which is then gone; any thread may ask."""
        with self._lock:
            latest, self._latest = self._latest, None
            return latest

    @Slot(object)
    def run(self, order: ExploreOrder) -> None:
        """Explore to the end."""
        end: Exception | None = None
        step_back()
        try:
            order.token.check()
            for event in self._session(order):
                if isinstance(event, Grown):
                    self._show(order.number, event)
                else:
                    self.happened.emit(order.number, event)
        except Cancelled as stopped:
            end = stopped
        except StudioError as error:
            end = error
        except Exception as error:  # the boundary: whatever it was, the window goes on
            logging.getLogger(__name__).exception("the exploration %d broke", order.number)
            end = RenderError(
                "Exploring broke off",
                f"{type(error).__name__}: {error}"[:300],
                "Try again; if it happens again, report it with the log",
            )
        self.ended.emit(order.number, end)

    def _show(self, number: int, event: Grown) -> None:
        now = time.perf_counter()
        draws = now - self._drawn >= 1 / PREVIEWS or event.step == event.steps
        images: Mapping[int, QImage] = {}
        if draws:
            self._drawn = now
            images = {place: picture(preview) for place, preview in event.previews().items()}
        with self._lock:
            before = self._latest
            if before is not None and before.number == number:
                images = {**before.images, **images}
            self._latest = Shown(number, event.step, event.steps, images)
        if before is None:
            self.grown.emit()


class Exploring(QObject):
    """The exploration of the window. All calls return at once.

    Attributes:
        cells: the drafts of the latest exploration.
        stage: what it is doing.
        step: optimiser steps done, of each draft.
        steps: in all.
        error: why the latest exploration ended early, unless it was stopped.
        stopped: whether the artist stopped it.
    """

    changed = Signal()
    """The stage, the steps or the list of cells is another."""

    cell_changed = Signal(int)
    """The cell of that number is another."""

    _order = Signal(object)

    def __init__(self, rendering: Rendering, session: ExploreSession | None = None) -> None:
        """The session is what explores; the machine's own by default, a fake one in tests."""
        super().__init__()
        self.cells: tuple[Cell, ...] = ()
        self.stage = Stage.IDLE
        self.step = self.steps = 0
        self.error: StudioError | None = None
        self.stopped = False
        self._rendering = rendering
        self._wanted: ExploreOrder | None = None
        self._number = 0
        local = rendering.local or LocalSessions()
        self._worker = ExploreWorker(session or local_session(local))
        self._worker.moveToThread(rendering.thread_of_renders)
        self._order.connect(self._worker.run)
        self._worker.happened.connect(self._happened)
        self._worker.grown.connect(self._grown)
        self._worker.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        """Whether an exploration runs or waits."""
        return self.stage is not Stage.IDLE

    def start(self, drafts: tuple[Draft, ...], folder: Path) -> bool:
        """Explore, once no render runs; renders that come meanwhile wait. Whether it could begin: one at a time can."""
        if self.busy:
            return False
        self._number += 1
        self.cells = tuple(Cell(draft) for draft in drafts)
        self.step = self.steps = 0
        self.error, self.stopped = None, False
        self._wanted = ExploreOrder(self._number, drafts, folder, CancelToken())
        self.stage = Stage.WAITING
        self._rendering.lend(self._use)
        self.changed.emit()
        return True

    def cancel(self) -> None:
        """Stop within a step. What is done is kept; what is not stays as it is seen now."""
        if self._wanted is None or self.stage is Stage.STOPPING:
            return
        self._wanted.token.cancel()
        if self.stage is Stage.WAITING:
            self._over(Cancelled())
        else:
            self.stage = Stage.STOPPING
            self.changed.emit()

    def close(self) -> None:
        """Stop, since the window closes."""
        if self._wanted is not None:
            self._wanted.token.cancel()

    def _use(self) -> None:
        if self._wanted is not None:
            self.stage = Stage.BEGINNING
            self._order.emit(self._wanted)
            self.changed.emit()

    @Slot(int, object)
    def _happened(self, number: int, event: object) -> None:
        if number != self._number:
            return
        match event:
            case Planned():
                self.steps = event.steps
                self.changed.emit()
            case DraftBegun():
                self._set(event.number, growth=Growth.GROWING, image=picture(event.preview))
            case DraftDone():
                image = QImage(str(event.path))
                self._set(event.number, growth=Growth.DONE, image=image, path=event.path, latents=event.latents)
            case DraftFailed():
                self._set(event.number, growth=Growth.FAILED, error=event.error)
            case Explored():
                self.step = self.steps
                self.changed.emit()

    @Slot()
    def _grown(self) -> None:
        shown = self._worker.take()
        if shown is None or shown.number != self._number:
            return
        if self.stage is Stage.BEGINNING:
            self.stage = Stage.GROWING
        self.step, self.steps = shown.step, shown.steps
        for number, image in shown.images.items():
            if self.cells[number].growth is Growth.GROWING:
                self._set(number, image=image)
        self.changed.emit()

    @Slot(int, object)
    def _ended(self, number: int, end: object) -> None:
        if number == self._number and self._wanted is not None:
            self._over(end)

    def _over(self, end: object) -> None:
        self._worker.take()
        self._wanted = None
        self.error = end if isinstance(end, StudioError) else None
        self.stopped = isinstance(end, Cancelled)
        self.stage = Stage.IDLE
        for number, cell in enumerate(self.cells):
            if cell.growth in (Growth.WAITING, Growth.GROWING):
                self._set(number, growth=Growth.STOPPED)
        self._rendering.give_back()
        self.changed.emit()

    def _set(self, number: int, **values: object) -> None:
        cells = list(self.cells)
        cells[number] = replace(cells[number], **values)  # type: ignore[arg-type]
        self.cells = tuple(cells)
        self.cell_changed.emit(number)


def local_session(local: LocalSessions) -> ExploreSession:
    """Explores on this machine, with the networks that renders have loaded anyway."""

    def begin(order: ExploreOrder) -> Iterator[DraftEvent]:
        toolbox = local.toolbox(order.folder)
        from studio.render.exploring import explore
        from studio.render.store import FrameStore

        store = FrameStore(paths.cache_dir() / "frames")
        yield from explore(order.drafts, toolbox, store, token=order.token)

    return begin
