"""Gestures that change only what is seen: scrubbing the playhead, and panning."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.app.texts import tr
from studio.app.timeline.describing import snap_words
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.stage import Stage
from studio.timeline.snapping import Source, targets

_SOURCES = frozenset({Source.KEY, Source.MARKER, Source.RANGE, Source.END})


class Scrub(Gesture):
    """The playhead follows the pointer, from the press on. Shift or Ctrl inverts snapping. It is no edit."""

    threshold = 0
    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, pointer: Pointer) -> None:
        self.before = stage.context.player.frame
        self.attracting = targets(stage.timeline, sources=_SOURCES)
        stage.context.player.stop()
        super().__init__(stage, pointer)

    def drag(self) -> None:
        """Go to the frame under the pointer, or to what it snaps to."""
        wish = self.stage.scale.frame(self.latest.x)
        inverse = self.latest.shift or self.latest.ctrl
        snap = self.stage.snapped(self.stage.timeline, (wish,), 0, self.attracting, inverse=inverse)
        self.stage.context.player.seek(wish + snap.offset)
        self.stage.say(" · ".join((tr("Drag to scrub"), snap_words(self.stage.context), tr("Esc to go back"))))

    def restore(self) -> None:
        """Go back to where the playhead was."""
        self.stage.context.player.seek(self.before)


class Pan(Gesture):
    """The timeline goes along with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False

    def __init__(self, stage: Stage, pointer: Pointer) -> None:
        super().__init__(stage, pointer)
        self.start, self.scrolled = stage.scale.start, stage.scrolled

    def drag(self) -> None:
        """Scroll both ways."""
        self.stage.scale.scroll_to(self.start + self.origin.x - self.latest.x)
        self.stage.scroll_to(self.scrolled + self.origin.y - self.latest.y)

    def restore(self) -> None:
        """Scroll back."""
        self.stage.scale.scroll_to(self.start)
        self.stage.scroll_to(self.scrolled)
