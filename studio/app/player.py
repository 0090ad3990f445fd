"""Playback: which frame is shown, by a clock. A slow screen drops frames; the animation keeps its rate."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from studio.timeline.time import FrameRange, FrameRate

SPEEDS = (1, 2, 4, 8)
"""How fast J and L shuttle: each press goes on to the next."""

_TICK = 4  # milliseconds: finer than a screen's refresh, so that frames change when they are due


class Player(QObject):
    """The playhead, and what moves it.

    Attributes:
        rate: of the timeline.
        length: of the timeline, in frames; the playhead stays within.
        range: what is played; a playhead outside of it goes to its start when played.
        loop: whether playback begins again at its end.
    """

    frame_changed = Signal(int)
    """The playhead is on another frame."""

    playing_changed = Signal(bool)
    """Playback began or ended; also when its speed changed."""

    loop_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = perf_counter) -> None:
        """The clock counts seconds; tests give their own."""
        super().__init__(parent)
        self.rate = FrameRate(24)
        self.length = 1
        self.range = FrameRange(0, 1)
        self.loop = True
        self._frame = 0
        self._speed = 0
        self._clock = clock
        self._began = 0.0
        self._origin = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self.tick)

    @property
    def frame(self) -> int:
        """Where the playhead is."""
        return self._frame

    @property
    def playing(self) -> bool:
        """Whether it moves by itself."""
        return self._speed != 0

    @property
    def speed(self) -> int:
        """Times the true rate; negative runs backwards; 0 stands still."""
        return self._speed

    def fit(self, rate: FrameRate, length: int, frames: FrameRange) -> None:
        """Take over what a timeline says: its rate, length and the frames to play."""
        self.rate, self.length, self.range = rate, length, frames
        self._restart()
        self.seek(self._frame)

    def seek(self, frame: int) -> None:
        """Put the playhead on a frame, clamped to the timeline. Playback goes on from there."""
        self._go(min(max(frame, 0), self.length - 1))
        self._restart()

    def step(self, frames: int) -> None:
        """Stop, and move by so many frames."""
        self.stop()
        self.seek(self._frame + frames)

    @Slot()
    def toggle(self) -> None:
        """Play from here, or pause."""
        if self.playing:
            self.stop()
        else:
            self.play(1)

    def play(self, speed: int) -> None:
        """Play at a multiple of the true rate; negative runs backwards, 0 stops."""
        if speed == 0:
            self.stop()
            return
        last = self.range.stop - 1
        if self._frame not in self.range or (not self.loop and self._frame == (last if speed > 0 else 0)):
            self._go(self.range.start if speed > 0 else last)
        self._speed = speed
        self._restart()
        self._timer.start()
        self.playing_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()
        if self._speed:
            self._speed = 0
            self.playing_changed.emit(False)

    def shuttle(self, direction: int) -> None:
        """L (1) and J (-1): play that way; again, faster; the other way, turn round at the true rate."""
        if self._speed * direction <= 0:
            self.play(direction)
            return
        faster = next((each for each in SPEEDS if each > abs(self._speed)), SPEEDS[-1])
        self.play(direction * faster)

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or stop there."""
        if loop != self.loop:
            self.loop = loop
            self._restart()
            self.loop_changed.emit(loop)

    @Slot()
    def tick(self) -> None:
        """Go to the frame that is due now."""
        if not self._speed:
            return
        due = self._origin + int((self._clock() - self._began) * float(self.rate.fraction) * self._speed)
        start, count = self.range.start, len(self.range)
        if self.loop:
            self._go(start + (due - start) % count)
        elif start <= due < self.range.stop:
            self._go(due)
        else:
            self._go(min(max(due, start), self.range.stop - 1))
            self.stop()

    def _restart(self) -> None:
        self._began, self._origin = self._clock(), self._frame

    def _go(self, frame: int) -> None:
        if frame != self._frame:
            self._frame = frame
            self.frame_changed.emit(frame)
