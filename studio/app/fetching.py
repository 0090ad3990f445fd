"""Bringing models here while the window goes on: one after the other, each with its progress, all can be stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.texts import tr
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.models.catalogue import Entry
from studio.models.gathering import Gathered

Work = Callable[[CancelToken, Callable[[Progress], None], Callable[[str], None]], Entry]
"""What brings one model: told a token, where to report bytes, and where to say sentences."""

PATIENCE = 5.0
"""Seconds that closing waits for a fetch to notice: it does within one."""


class Fetching(QObject):
    """The models on their way. Calls return at once."""

    changed = Signal()
    """Something waits, runs, or is over."""

    progressed = Signal(str, object)
    """(name, `Progress` in bytes) of the one that runs."""

    noticed = Signal(str, str)
    """(name, sentence): it waits, starts over, or tries again."""

    arrived = Signal(str)
    """The model of that name is here."""

    failed = Signal(str, object)
    """(name, `StudioError`)."""

    _reported = Signal(str, object)
    _said = Signal(str, str)
    _over = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[str, Work] = {}
        self._running = ""
        self._token = CancelToken()
        self._thread: threading.Thread | None = None
        self.progress = Progress(0, 0)
        self._reported.connect(self._report)
        self._said.connect(self.noticed)
        self._over.connect(self._end)

    @property
    def running(self) -> str:
        """The name of the one that comes now; "" when none does."""
        return self._running

    def waits(self, name: str) -> bool:
        """Whether a model waits for its turn."""
        return name in self._waiting

    def fetch(self, entry: Entry) -> None:
        """Bring a model of the catalogue."""

        def work(token: CancelToken, report: Callable[[Progress], None], notice: Callable[[str], None]) -> Entry:
            from studio.models.fetching import fetch
            from studio.render.proving import prove

            return fetch(entry, prove=prove, token=token, report=report, notice=notice)

        self.submit(entry.name, work)

    def add(self, model: Gathered) -> None:
        """Take a checkpoint of the artist's among their own models, with the files that were given with it."""

        def work(token: CancelToken, report: Callable[[Progress], None], _notice: Callable[[str], None]) -> Entry:
            from studio.models.adding import add
            from studio.render.proving import prove

            return add(
                model.weights,
                prove=prove,
                token=token,
                report=report,
                config=model.config,
                tokenizer=model.tokenizer,
            )

        self.submit(model.weights.stem, work)

    def submit(self, name: str, work: Work) -> None:
        """Queue a piece of work under a model's name; one that waits or runs already is not queued twice."""
        if name != self._running and name not in self._waiting:
            self._waiting[name] = work
            self._go_on()

    def cancel(self, name: str) -> None:
        """Stop it, or take it out of the waiting. What has come is kept and gone on with."""
        if name == self._running:
            self._token.cancel()
        elif self._waiting.pop(name, None) is not None:
            self.changed.emit()

    def close(self) -> bool:
        """Stop everything. Whether it stopped in time."""
        self._waiting.clear()
        self._token.cancel()
        if self._thread is not None:
            self._thread.join(PATIENCE)
            return not self._thread.is_alive()
        return True

    def _go_on(self) -> None:
        if not self._running and self._waiting:
            name = next(iter(self._waiting))
            work = self._waiting.pop(name)
            self._running, self._token, self.progress = name, CancelToken(), Progress(0, 0)
            self._thread = threading.Thread(
                target=self._work, args=(name, work, self._token), name="keydream-fetch", daemon=True
            )
            self._thread.start()
        self.changed.emit()

    def _work(self, name: str, work: Work, token: CancelToken) -> None:
        end: object = None
        try:
            work(
                token,
                lambda progress: self._reported.emit(name, progress),
                lambda text: self._said.emit(name, text),
            )
        except (Cancelled, StudioError) as error:
            end = error
        except Exception as error:  # the boundary: whatever it was, the window goes on
            logging.getLogger(__name__).exception("fetching %s broke", name)
            end = StudioError(
                tr("The model {name} could not be brought here", name=name),
                f"{type(error).__name__}: {error}"[:300],
                tr("Try again; if it happens again, report it with the log"),
            )
        self._over.emit(name, end)

    @Slot(str, object)
    def _report(self, name: str, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit(name, progress)

    @Slot(str, object)
    def _end(self, name: str, end: object) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._running = ""
        if end is None:
            self.arrived.emit(name)
        elif isinstance(end, StudioError):
            self.failed.emit(name, end)
        self._go_on()
