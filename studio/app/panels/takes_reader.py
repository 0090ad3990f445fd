"""The thread that has the library of takes open: it lists, changes and watches it, and never lets the window wait."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from studio.app.texts import tr
from studio.base.errors import StudioError
from studio.takes.index import Row, Wanted
from studio.takes.store import Takes

Job = Callable[[Takes], object]
"""What is done with the library, in the reader's thread."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the library has.

    Attributes:
        wanted: what was asked for.
        rows: the takes that are wanted, in their order.
        root: the library's folder.
        tags: all tags.
        media: all kinds of media.
        kept: how many takes are outside of the bin.
        binned: how many are in it.
    """

    wanted: Wanted
    rows: tuple[Row, ...]
    root: Path
    tags: tuple[str, ...]
    media: tuple[str, ...]
    kept: int
    binned: int

    def place(self, key: str) -> Path:
        """The folder of a take that is listed."""
        return self.root / ("bin" if self.wanted.binned else "kept") / key


class TakesReader(QObject):
    """One library, opened when it is first asked for. Every call returns at once."""

    listed = Signal(object)
    """A `Listing`: the answer to what was asked last, and again whenever the library has changed."""

    told = Signal(object)
    """A `Kept`: all that is known of a take that was asked for."""

    done = Signal(str)
    """What a job has done, in words."""

    failed = Signal(object)
    """A `StudioError`: why a job was not done."""

    def __init__(self, root: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._ready = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._wanted = Wanted()
        self._listing: Listing | None = None
        self._asked = self._looked = self._closed = False
        self._state: tuple[int, ...] = ()
        self._thread: threading.Thread | None = None

    def ask(self, wanted: Wanted) -> None:
        """List these from now on."""
        with self._ready:
            self._wanted, self._asked = wanted, True
            self._wake()

    def look(self) -> None:
        """Look whether something else has changed the library; `listed` tells if so."""
        with self._ready:
            self._looked = True
            self._wake()

    def tell(self, key: str) -> None:
        """Tell all that is known of a take."""
        with self._ready:
            self._jobs.append(lambda takes: self._send(self.told, takes.get(key)))
            self._wake()

    def run(self, job: Job, said: str = "") -> None:
        """Do something with the library, then list it anew; `said` is what `done` tells then."""

        def told(takes: Takes) -> None:
            job(takes)
            if said:
                self._send(self.done, said)

        with self._ready:
            self._jobs.append(told)
            self._asked = True
            self._wake()

    def close(self) -> None:
        """End the thread; what was asked before is still done."""
        with self._ready:
            self._closed = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join()

    def _wake(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="keydream-takes", daemon=True)
            self._thread.start()
        self._ready.notify()

    def _work(self) -> None:
        takes: Takes | None = None
        while True:
            with self._ready:
                while not (self._jobs or self._asked or self._looked or self._closed):
                    self._ready.wait()
                if not self._jobs and self._closed:
                    break
                job = self._jobs.popleft() if self._jobs else None
                wanted, asked = self._wanted, self._asked and job is None
                if job is None:
                    self._asked = self._looked = False
            try:
                takes = takes or Takes(self._root)
                if job is not None:
                    job(takes)
                else:
                    self._list(takes, wanted, asked=asked)
            except StudioError as error:
                self._send(self.failed, error)
            except Exception as error:  # the boundary: whatever it was, the window goes on
                logging.getLogger(__name__).exception("the library of takes broke")
                self._send(self.failed, _broken(error))
        if takes is not None:
            takes.close()

    def _list(self, takes: Takes, wanted: Wanted, *, asked: bool) -> None:
        state = takes.state()
        changed = state != self._state
        if changed and self._state and state[0] == self._state[0]:
            takes.refresh()  # folders came or went, and nobody told the index
        if not (changed or asked):
            return
        self._state = takes.state()
        kept, binned = takes.count()
        listing = Listing(wanted, takes.rows(wanted), takes.root, takes.tags(), takes.media(), kept, binned)
        if asked or listing != self._listing:
            self._listing = listing
            self._send(self.listed, listing)

    def _send(self, signal: SignalInstance, value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window is gone
            signal.emit(value)


def _broken(error: Exception) -> StudioError:
    return StudioError(
        tr("The library of takes could not be used"),
        f"{type(error).__name__}: {error}"[:300],
        tr("The takes themselves are files, and stay. If it happens again, report it with the log"),
    )
