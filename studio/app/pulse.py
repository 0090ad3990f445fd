"""How late the event loop is: what an artist feels as stuttering, in milliseconds."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Slot

SWITCH = 0.0005
"""Seconds after which another thread gives way to the window's: Python's own 5 ms would be waited for again and again,
as Qt lets go of the lock in most of its calls."""

_BEAT = 5  # milliseconds


def quicken() -> None:
    """Keep Python itself from stopping the window: call it when much was loaded that stays.

    Other threads give way sooner, and what is in memory now is left out of garbage collection from now on: walking
    through all that PyTorch and its kin consist of stops every thread for a fifth of a second.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Load in here, in any thread, what is large and stays: it is never walked through by garbage collection."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


class Pulse(QObject):
    """A timer that should fire every 5 ms, and a note of how much later it did."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.delays: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin, forgetting what was measured before."""
        self.delays = []
        self._last = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def percentile(self, share: float) -> float:
        """The delay in milliseconds that this share (0 to 1) of all beats stayed below; 0 without any."""
        ordered = sorted(self.delays)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    @Slot()
    def _beat(self) -> None:
        now = perf_counter()
        self.delays.append(max(0.0, (now - self._last) * 1000 - _BEAT))
        self._last = now
