"""How late the event loop is: what an artist feels as stuttering, in milliseconds."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Slot

_BEAT = 5  # milliseconds


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
