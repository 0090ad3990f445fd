"""Where frames lie on screen: shared by the ruler, the lanes and the curve editor, so that they always line up."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

WIDEST = 160.0
"""Most pixels a frame takes."""

MARGIN = 16
"""Pixels left of frame 0 and right of the last frame."""


class Scale(QObject):
    """A zoom and a scroll position. x is in logical pixels from the left edge of the lanes."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._length = 1
        self._width = 1.0
        self._frame_width = 8.0
        self._start = 0.0

    @property
    def length(self) -> int:
        """Frames of the timeline."""
        return self._length

    @property
    def width(self) -> float:
        """Pixels that are visible."""
        return self._width

    @property
    def frame_width(self) -> float:
        """Pixels a frame takes."""
        return self._frame_width

    @property
    def start(self) -> float:
        """Pixels scrolled away at the left: 0 shows frame 0 at `MARGIN`."""
        return self._start

    @property
    def total(self) -> float:
        """Pixels of the whole timeline with its margins."""
        return self._length * self._frame_width + 2 * MARGIN

    @property
    def least(self) -> float:
        """The frame width at which everything is visible."""
        return min(WIDEST, max(self._width - 2 * MARGIN, 1.0) / self._length)

    def x(self, frame: float) -> float:
        """Where a frame begins."""
        return MARGIN + frame * self._frame_width - self._start

    def frame(self, x: float) -> int:
        """The frame whose beginning is nearest to x, within the timeline."""
        return min(max(round(self.exact(x)), 0), self._length - 1)

    def exact(self, x: float) -> float:
        """The place in frames, not rounded and not clamped."""
        return (x + self._start - MARGIN) / self._frame_width

    @property
    def visible(self) -> range:
        """The frames on screen, at least partly."""
        first = max(0, int(self.exact(0)))
        last = max(first, min(self._length - 1, int(self.exact(self._width)) + 1))
        return range(first, last + 1)

    def resize(self, width: float, length: int) -> None:
        """Take over the width of the screen and the length of the timeline; what was fitted stays fitted."""
        fitted = self._frame_width <= self.least * 1.001
        self._width, self._length = max(width, 1.0), length
        self._set(self.least if fitted else self._frame_width, self._start)

    def fit(self) -> None:
        """Show everything."""
        self._set(self.least, 0.0)

    def zoom(self, factor: float, x: float) -> None:
        """Zoom so that what lies at x stays there."""
        place = self.exact(x)
        frame_width = min(max(self._frame_width * factor, self.least), WIDEST)
        self._set(frame_width, MARGIN + place * frame_width - x)

    def scroll(self, pixels: float) -> None:
        """Move the timeline to the left by so many pixels."""
        self._set(self._frame_width, self._start + pixels)

    def scroll_to(self, start: float) -> None:
        """Scroll to a position; see `start`."""
        self._set(self._frame_width, start)

    def reveal(self, frame: int) -> None:
        """Scroll just as far as needed for a frame to be seen."""
        x = self.x(frame)
        if x < MARGIN:
            self.scroll(x - MARGIN)
        elif x + self._frame_width > self._width - MARGIN:
            self.scroll(x + self._frame_width - self._width + MARGIN)

    def _set(self, frame_width: float, start: float) -> None:
        frame_width = min(max(frame_width, self.least), WIDEST)
        most = max(0.0, self._length * frame_width + 2 * MARGIN - self._width)
        start = min(max(start, 0.0), most)
        self._frame_width, self._start = frame_width, start
        self.changed.emit()
