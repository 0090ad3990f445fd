"""Walks between takes in the background: drawn, measured and encoded. One at a time; cancelled at any moment."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from studio.app.texts import plural, tr
from studio.app.worker import step_back
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ExportError, StudioError
from studio.base.progress import Progress
from studio.export import Exported, ExportOptions
from studio.takes.course import Timing
from studio.takes.store import Takes

if TYPE_CHECKING:
    from studio.render.toolbox import Toolbox

PATIENCE: Final = 5.0
"""Seconds that closing waits: a walk stops within a batch of pictures."""

_PAUSE = 0.05  # seconds between two reports to the window


@dataclass(frozen=True, slots=True)
class WalkOrder:
    """A walk to make.

    Attributes:
        keys: of the takes, in their order.
        root: the library's folder.
        timing: how it moves.
        out: the file.
        rate: frames a second.
        options: for the encoder.
    """

    keys: tuple[str, ...]
    root: Path
    timing: Timing
    out: Path
    rate: Fraction
    options: ExportOptions


@dataclass(frozen=True, slots=True)
class WalkMade:
    """A walk that was made.

    Attributes:
        exported: the file.
        before: coefficient of variation of the change from frame to frame as the ease has it.
        after: likewise as it was drawn; `before` itself without even speed.
    """

    exported: Exported
    before: float
    after: float


class Walking(QObject):
    """The walk that is being made, if one is."""

    changed = Signal()
    """It began, or is over."""

    progressed = Signal(object)
    """A `Progress`, now and then; its label says what is being done."""

    finished = Signal(object)
    """A `WalkMade`: the file is there, whole and probed."""

    failed = Signal(object)
    """A `StudioError`: there is no file; what was there before is as it was."""

    cancelled = Signal()
    """It was stopped; the same holds."""

    said = Signal(str)
    """What became of it, for the status bar."""

    _told = Signal(int, object)
    _over = Signal(int, object)

    def __init__(self, parent: QObject | None = None, toolbox: Callable[[Path], Toolbox] | None = None) -> None:
        """`toolbox` gives what draws the takes of a project's folder; by default the machine's own."""
        super().__init__(parent)
        self.order: WalkOrder | None = None
        self.progress = Progress(0, 0)
        self._toolbox = toolbox or _local
        self._token = CancelToken()
        self._thread: threading.Thread | None = None
        self._number = 0
        self._reported = 0.0
        self._told.connect(self._progressed)
        self._over.connect(self._ended)

    @property
    def busy(self) -> bool:
        """Whether a walk is being made."""
        return self._thread is not None

    def start(self, order: WalkOrder) -> None:
        """Begin.

        Raises:
            ExportError: another walk is being made.
        """
        if self.busy:
            raise ExportError(tr("Another walk is being made"), "", tr("Wait for it, or cancel it"))
        self.order, self._token, self.progress = order, CancelToken(), Progress(0, 0)
        self._number += 1
        self._thread = threading.Thread(
            target=self._work, args=(order, self._token, self._number), name="keydream-walk", daemon=True
        )
        self._thread.start()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop the walk. Harmless when none is being made."""
        self._token.cancel()

    def loss(self) -> str:
        """What would be lost if the window closed now; "" for nothing."""
        return "" if self.order is None or not self.busy else tr("the walk to {name}", name=self.order.out.name)

    def close(self) -> bool:
        """Stop, and wait for it. Whether it stopped in time; no half of a file is left."""
        self._token.cancel()
        self._number += 1  # nobody wants to hear of it any more
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        thread.join(PATIENCE)
        return not thread.is_alive()

    def _work(self, order: WalkOrder, token: CancelToken, number: int) -> None:
        def report(progress: Progress) -> None:
            now = time.monotonic()
            if now - self._reported >= _PAUSE or progress.done == progress.total:
                self._reported = now
                self._send(self._told, number, progress)

        step_back()
        end: object
        try:
            from studio.takes.filming import film

            with Takes(order.root) as library:
                takes = [library.get(key) for key in order.keys]
                walked, made = film(
                    takes,
                    library,
                    self._toolbox(Path(takes[0].take.folder)),
                    order.timing,
                    order.out,
                    order.rate,
                    options=order.options,
                    token=token,
                    report=report,
                )
            end = WalkMade(made, walked.before.variation, walked.after.variation)
        except (StudioError, Cancelled) as stopped:
            end = stopped
        except Exception as error:  # the boundary: whatever it was, the window goes on
            logging.getLogger(__name__).exception("the walk to %s broke", order.out)
            end = ExportError(
                tr("{name} was not made", name=order.out.name),
                f"{type(error).__name__}: {error}"[:300],
                tr("The takes are as they were. If it happens again, report it with the log"),
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
        if number != self._number or self.order is None:
            return
        name, self._thread = self.order.out.name, None
        self.changed.emit()
        if isinstance(end, WalkMade):
            self.said.emit(plural("{name}: a walk of %n frame(s)", end.exported.frames, name=name))
            self.finished.emit(end)
        elif isinstance(end, StudioError):
            self.said.emit(str(end))
            self.failed.emit(end)
        else:
            self.said.emit(tr("The walk to {name} was cancelled; no file is left", name=name))
            self.cancelled.emit()


def _local(folder: Path) -> Toolbox:
    from studio.dream.device import pick
    from studio.render.toolbox import LocalToolbox

    return LocalToolbox(folder, pick("auto"))
