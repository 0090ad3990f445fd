"""What a gesture is: what begins with a press, follows the pointer, and ends with a release or Escape."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt

from studio.app.timeline.stage import Stage

THRESHOLD = 4
"""Pixels that the pointer goes before a click becomes a drag."""

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in pixels of the lanes, and which keys are held."""

    x: float
    y: float
    shift: bool = False
    ctrl: bool = False

    @classmethod
    def of(cls, point: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """The pointer as an event tells it."""
        held = Qt.KeyboardModifier
        return cls(point.x(), point.y(), bool(modifiers & held.ShiftModifier), bool(modifiers & held.ControlModifier))


class Gesture:
    """One press of a mouse button. Subclasses say what a click and a drag do.

    Attributes:
        merge: the key under which its edits make one entry of the history.
        dragging: whether the pointer went far enough for a drag.
    """

    threshold = THRESHOLD
    cursor: Qt.CursorShape | None = None
    scrolls = True
    """Whether the lanes scroll when the pointer leaves them."""

    def __init__(self, stage: Stage, pointer: Pointer) -> None:
        self.stage = stage
        self.origin = pointer
        self.latest = pointer
        self.place = stage.scale.exact(pointer.x)
        self.merge = (type(self).__name__, next(_numbers))
        self.dragging = False
        if self.threshold == 0:
            self.move(pointer)

    @property
    def offset(self) -> int:
        """How many frames the pointer went since the press, scrolling counted."""
        return round(self.stage.scale.exact(self.latest.x) - self.place)

    def move(self, pointer: Pointer) -> None:
        """The pointer is there now."""
        self.latest = pointer
        far = max(abs(pointer.x - self.origin.x), abs(pointer.y - self.origin.y))
        if self.dragging or far >= self.threshold:
            self.dragging = True
            self.stage.overlay.at = QPointF(pointer.x, pointer.y)
            self.drag()
            self.stage.repaint.emit()

    def release(self, pointer: Pointer) -> None:
        """The button was released there."""
        self.latest = pointer
        if self.dragging:
            self.drop()
        else:
            self.click()
        self.stage.context.document.seal()
        self.stage.clear_overlay()

    def escape(self) -> None:
        """Put everything back as it was before the press."""
        self.stage.context.document.cancel(self.merge)
        self.restore()
        self.stage.clear_overlay()

    def drag(self) -> None:
        """Follow the pointer, which is at `latest`."""

    def drop(self) -> None:
        """The drag ended."""

    def click(self) -> None:
        """The button was released where it was pressed."""

    def restore(self) -> None:
        """Put back what is not in the document."""
