"""Questions that are answered in another thread: of several the latest wins, and each can be stopped."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.texts import tr
from studio.app.worker import step_back
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import StudioError
from studio.base.progress import Progress, Report

Tell = Callable[[object], None]
"""Shows a first answer while the final one is still being worked for."""

Work = Callable[[CancelToken, Report, Tell], object]
"""What answers a question: told a token, where to report, and where to leave a first answer."""

PATIENCE: Final = 5.0
"""Seconds that closing waits for a question to notice; loading a network cannot be cut short."""

_PAUSE: Final = 0.05  # seconds between two reports


class Lane(QObject):
    """One question at a time. A new one stops the one before, whose answer nobody is told then."""

    changed = Signal()
    """A question is being answered now, or none is any more."""

    progressed = Signal(object)
    """A `Progress` of it."""

    answered = Signal(object)
    """What the latest question found."""

    failed = Signal(object)
    """A `StudioError` instead."""

    stopped = Signal()
    """It was stopped and found nothing."""

    _told = Signal(int, object)
    _first = Signal(int, object)
    _over = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._token = CancelToken()
        self._thread: threading.Thread | None = None
        self._next: Work | None = None
        self._closed = False
        self._told.connect(self._report)
        self._first.connect(self._show)
        self._over.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return self._thread is not None

    def ask(self, work: Work) -> None:
        """Answer this, in the place of whatever was asked before. Returns at once."""
        if self._closed:
            return
        self._number += 1
        self._token.cancel()
        self._next = work
        if self._thread is None:
            self._begin()

    def stop(self) -> None:
        """Stop; what can be said already is."""
        self._next = None
        self._token.cancel()

    def close(self) -> bool:
        """Stop for good; nothing is told any more. Whether it ended in time."""
        self._closed = True
        self._number += 1
        self.stop()
        if self._thread is not None:
            self._thread.join(PATIENCE)
            return not self._thread.is_alive()
        return True

    def _begin(self) -> None:
        work, self._next = self._next, None
        if work is None:
            return
        self._token = CancelToken()
        self._thread = threading.Thread(
            target=self._work, args=(self._number, work, self._token), name="keydream-ask", daemon=True
        )
        self._thread.start()
        self.changed.emit()

    def _work(self, number: int, work: Work, token: CancelToken) -> None:
        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _PAUSE:
                last = now
                self._told.emit(number, progress)

        found: object = None
        error: Exception | None = None
        step_back()
        # the page may be gone when it is over
        with contextlib.suppress(RuntimeError):
            try:
                found = work(token, report, lambda answer: self._first.emit(number, answer))
            except (Cancelled, StudioError) as end:
                error = end
            except Exception as end:  # the boundary: whatever it was, the window goes on
                logging.getLogger(__name__).exception("a question to CLIP broke")
                error = StudioError(
                    tr("The question could not be answered"),
                    f"{type(end).__name__}: {end}"[:300],
                    tr("Try again; if it happens again, report it with the log"),
                )
            self._over.emit(number, found, error)

    @Slot(int, object)
    def _report(self, number: int, progress: Progress) -> None:
        if number == self._number:
            self.progressed.emit(progress)

    @Slot(int, object)
    def _show(self, number: int, found: object) -> None:
        if number == self._number:
            self.answered.emit(found)

    @Slot(int, object, object)
    def _end(self, number: int, found: object, error: Exception | None) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._closed:
            return
        latest = number == self._number and self._next is None
        if self._next is not None:
            self._begin()
        else:
            self.changed.emit()
        if not latest:
            return
        if error is None:
            self.answered.emit(found)
        elif isinstance(error, StudioError):
            self.failed.emit(error)
        else:
            self.stopped.emit()
