"""What is rendered, for the bar on the ruler: looked up once a change, joined to as few runs as pixels can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.frames import Frames, Status
from studio.app.timeline.scale import Scale

_UNKNOWN = 255
_SAMPLES = 64  # most frames that are looked at for one pixel


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pixels of one status, from x to x, in pixels of the lanes."""

    start: float
    stop: float
    status: Status


class Statuses(QObject):
    """The statuses of all frames, remembered."""

    changed = Signal()

    def __init__(self, frames: Frames, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._known = bytearray()
        self._runs: tuple[Run, ...] = ()
        self._made_for: tuple[float, float, float, int] | None = None
        frames.changed.connect(self.forget)
        frames.frame_changed.connect(self._forget_one)

    def of(self, frame: int) -> Status:
        """The status of one frame."""
        if frame >= len(self._known):
            self._known.extend(bytes([_UNKNOWN]) * (frame + 1 - len(self._known)))
        if self._known[frame] == _UNKNOWN:
            self._known[frame] = self._frames.status(frame)
        return Status(self._known[frame])

    def runs(self, scale: Scale) -> tuple[Run, ...]:
        """What is visible, from the left. A pixel of several frames shows the worst of them."""
        wanted = (scale.start, scale.frame_width, scale.width, scale.length)
        if wanted != self._made_for:
            self._made_for = wanted
            self._runs = tuple(_joined(self._pieces(scale)))
        return self._runs

    @Slot()
    def forget(self) -> None:
        """Look everything up again when it is needed."""
        self._known = bytearray()
        self._made_for = None
        self.changed.emit()

    @Slot(int)
    def _forget_one(self, frame: int) -> None:
        if frame < len(self._known):
            self._known[frame] = _UNKNOWN
        self._made_for = None
        self.changed.emit()

    def _pieces(self, scale: Scale) -> Iterator[Run]:
        visible = scale.visible
        step = max(1, int(1 / scale.frame_width))
        sparse = max(1, step // _SAMPLES)
        # On multiples of the step, so that scrolling does not change which frames share a pixel.
        for first in range(visible.start // step * step, visible.stop, step):
            stop = min(first + step, scale.length)
            worst = min(self.of(frame) for frame in range(first, stop, sparse))
            yield Run(scale.x(first), scale.x(stop), worst)


def _joined(pieces: Iterator[Run]) -> Iterator[Run]:
    latest: Run | None = None
    for piece in pieces:
        if latest is not None and latest.status is piece.status:
            latest = Run(latest.start, piece.stop, latest.status)
            continue
        if latest is not None:
            yield latest
        latest = piece
    if latest is not None:
        yield latest
