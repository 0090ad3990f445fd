"""How large an export will be, and whether the disk has room for it: looked up in another thread, after a moment."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.app.tasks import Tasks
from studio.base.cancel import CancelToken
from studio.base.errors import StudioError
from studio.export import ExportOptions, estimate

_CALM = 250  # milliseconds after a change


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export as it stands in the dialog.

    Attributes:
        pictures: of those of its frames that have one.
        frames: how many it has in all.
        out: where it goes.
        rate: of the timeline, in frames a second.
        options: how.
    """

    pictures: tuple[Path, ...]
    frames: int
    out: Path
    rate: Fraction
    options: ExportOptions


@dataclass(frozen=True, slots=True)
class Expected:
    """What was found.

    Attributes:
        bytes: of the file; None when nobody can tell.
        free: bytes on the disk it goes to; None when nobody can tell.
        problem: why nobody can tell; else None.
    """

    bytes: int | None
    free: int | None
    problem: StudioError | None = None

    @property
    def fits(self) -> bool:
        """Whether the disk has room for it, and some more."""
        return self.free is None or self.free > (self.bytes or 0) * 1.2 + 16 * 2**20


class Expectation(QObject):
    """Finds out, for the latest export that was asked about."""

    found = Signal(object)
    """An `Expected`."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._wanted: Wanted | None = None
        self._token = CancelToken()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._start)

    def ask(self, wanted: Wanted) -> None:
        """Find out about this one; what was asked before is forgotten."""
        self._token.cancel()
        self._wanted = wanted
        self._timer.start()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._token.cancel()

    @Slot()
    def _start(self) -> None:
        if self._wanted is not None:
            self._token = token = CancelToken()
            wanted = self._wanted
            self._tasks.start(
                self._tasks.in_thread(expect, wanted, token), lambda found: self._take(wanted, token, found)
            )

    def _take(self, wanted: Wanted, token: CancelToken, found: Expected) -> None:
        if wanted is self._wanted and not token.cancelled:
            self.found.emit(found)


def expect(wanted: Wanted, token: CancelToken) -> Expected:
    """Encode some of the frames and look at the disk. `Cancelled` when the token was fired."""
    free = room(wanted.out)
    if not wanted.pictures:
        return Expected(None, free)
    options = replace(wanted.options, overwrite=True)
    try:
        told = estimate(wanted.pictures, wanted.out, wanted.rate, settings=options, token=token)
    except StudioError as error:
        return Expected(None, free, error)
    return Expected(round(told.bytes * wanted.frames / len(wanted.pictures)), free)


def room(out: Path) -> int | None:
    """Bytes that are free where a file would be written."""
    for folder in out.absolute().parents:
        try:
            return shutil.disk_usage(folder).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def spelled(size: int) -> str:
    """Bytes as people say them."""
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= power:
            value = size / power
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{size} B"
