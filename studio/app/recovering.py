"""Autosave: a recovery copy of what is unsaved, a moment after each edit, written in another thread."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.app.document import Document
from studio.app.settings import Settings
from studio.app.waiting import wait_for
from studio.base.errors import StudioError
from studio.project.recovery import Recovery, sweep

CALM: Final = 3.0
"""Seconds after the last edit, by default: the setting `autosave`."""

CONTINUOUS: Final = 15.0
"""Seconds between copies while edits never cease."""

_AGAIN = 10.0  # seconds after a copy that could not be written


class Recovering(QObject):
    """Keeps the recovery copy of a document up to date, and removes it when there is nothing to lose."""

    written = Signal()
    """A copy was put down."""

    failed = Signal(object)
    """A `StudioError`: a copy could not be written. Told once until one is written again; it goes on trying."""

    _over = Signal(int, object)

    def __init__(
        self, document: Document, settings: Settings, recovery: Recovery | None = None, parent: QObject | None = None
    ) -> None:
        """The recovery is this window's own by default."""
        super().__init__(parent)
        self.last: float | None = None
        self.recovery = recovery or Recovery()
        self._document = document
        self._settings = settings
        self._generation = 0
        self._failing = False
        self._there = False
        self._latest: Future[None] | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="keydream-autosave")
        self._calm, self._continuous = QTimer(self), QTimer(self)
        for timer in (self._calm, self._continuous):
            timer.setSingleShot(True)
            timer.timeout.connect(self.now)
        document.opened.connect(self._opened)
        document.changed.connect(self._follow)
        document.history_changed.connect(self._check)
        self._over.connect(self._finished)
        self._submit(sweep)

    @property
    def calm(self) -> float:
        """Seconds after the last edit until a copy is written."""
        return max(0.05, self._settings.number("autosave", CALM))

    @Slot()
    def now(self) -> None:
        """Write a copy of what is there, if it is unsaved."""
        self._stop()
        if self._document.dirty:
            self._write()

    def flush(self) -> bool:
        """Write a copy that is due, and wait until all is written. Whether the latest could be."""
        if self._calm.isActive() or self._continuous.isActive():
            self.now()
        wait_for(self._executor.submit(lambda: None).result)
        return self._latest is None or self._latest.exception() is None

    def scratch(self) -> Path:
        """A folder for the pictures of a project without a file; see `Recovery.scratch`."""
        return self.recovery.scratch()

    def close(self) -> None:
        """Remove the copy: the artist has saved, or does not want it."""
        self._stop()
        self._generation += 1
        self._submit(self.recovery.close)
        self._executor.shutdown(wait=True)

    def _stop(self) -> None:
        self._calm.stop()
        self._continuous.stop()

    def _write(self) -> None:
        document, generation = self._document, self._generation
        project, path, folder = document.project, document.path, document.folder
        future = self._latest = self._executor.submit(self.recovery.write, project, path, folder)
        self._there = True

        def over(done: Future[None]) -> None:
            with contextlib.suppress(RuntimeError):  # the window is gone
                self._over.emit(generation, done.exception())

        future.add_done_callback(over)

    @Slot(int, object)
    def _finished(self, generation: int, error: BaseException | None) -> None:
        if generation != self._generation:
            return
        if error is None:
            self.last = time.monotonic()
            self._failing = False
            self.written.emit()
            return
        if not self._calm.isActive():
            self._calm.start(round(_AGAIN * 1000))
        if not self._failing:
            self._failing = True
            known = isinstance(error, StudioError)
            self.failed.emit(error if known else StudioError("No recovery copy could be written", str(error)))

    @Slot()
    def _opened(self) -> None:
        self._stop()
        self._generation += 1
        self.last = None
        if self._document.dirty:
            self._write()
        else:
            self._remove()

    @Slot(object, object)
    def _follow(self, before: object, after: object) -> None:
        if before is after or not self._document.dirty:
            return
        self._calm.start(round(self.calm * 1000))
        if not self._continuous.isActive():
            self._continuous.start(round(max(CONTINUOUS, self.calm) * 1000))

    @Slot()
    def _check(self) -> None:
        if not self._document.dirty:
            self._stop()
            self._remove()

    def _remove(self) -> None:
        if self._there:
            self._there = False
            self._submit(self.recovery.remove)

    def _submit(self, work: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # closed already
            self._executor.submit(work)
