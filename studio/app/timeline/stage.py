"""What the ruler, the lanes, their header and the gestures share: rows, scroll, what is drawn over them, and hints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot

from studio.app.context import Context
from studio.app.timeline.geometry import Hit, hit, lay_out
from studio.app.timeline.scale import Scale
from studio.project.model import Project
from studio.timeline.model import Timeline, TrackRef
from studio.timeline.snapping import Snap, Source, snap

SNAP_REACH = 8
"""Pixels within which things snap."""


@dataclass
class Overlay:
    """What a gesture shows over the lanes.

    Attributes:
        line: the frame that something snapped to.
        drop: the frame on which what is dragged would stand.
        box: of a box selection, in pixels of the lanes.
        tip: what the gesture does, in words.
        at: where the pointer is, for the tip.
    """

    line: int | None = None
    drop: int | None = None
    box: QRectF | None = None
    tip: str = ""
    at: QPointF = field(default_factory=QPointF)


class Stage(QObject):
    """The state of a timeline editor that is not in the document."""

    repaint = Signal()
    """Something is drawn otherwise now."""

    rows_changed = Signal()
    """The rows, their scroll position or their height on screen."""

    current_changed = Signal()

    hint = Signal(str)
    """What the pointer can do now; empty for nothing."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.scale = Scale(self)
        self.scale.resize(1, context.document.timeline.length)
        self.scale.fit()
        self.layout = lay_out(context.document.timeline)
        self.overlay = Overlay()
        self.hovered: Hit | None = None
        self._scrolled = 0.0
        self._room = 0
        self._current: TrackRef | None = None
        self._said = ""
        context.document.changed.connect(self._follow)
        context.document.opened.connect(self._forget)
        context.choice.changed.connect(self._chosen)
        self.scale.changed.connect(self.repaint)

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self.context.document.timeline

    @property
    def scrolled(self) -> float:
        """Pixels of the rows that are scrolled away at the top."""
        return self._scrolled

    @property
    def most(self) -> float:
        """How far the rows can be scrolled."""
        return max(0.0, self.layout.height - self._room)

    @property
    def room(self) -> int:
        """Pixels of rows that are visible."""
        return self._room

    @property
    def current(self) -> TrackRef | None:
        """The track that was touched last: keys are added there. None for none, or when it is gone."""
        found = self._current
        return found if found is not None and self.layout.of(found) is not None else None

    def set_current(self, ref: TrackRef | None) -> None:
        """Note which track is worked on."""
        if ref != self._current:
            self._current = ref
            self.current_changed.emit()
            self.repaint.emit()

    def resize(self, width: float, height: int) -> None:
        """Take over the size of the lanes with their ruler."""
        self._room = max(0, height - self.layout.ruler)
        self.scale.resize(width, self.timeline.length)
        self.scroll_to(self._scrolled)
        self.rows_changed.emit()

    def scroll_to(self, pixels: float) -> None:
        """Scroll the rows to a position; see `scrolled`."""
        kept = min(max(pixels, 0.0), self.most)
        if kept != self._scrolled:
            self._scrolled = kept
            self.rows_changed.emit()
            self.repaint.emit()

    def top(self, ref: TrackRef | None) -> float | None:
        """Where a row begins on screen; None when there is no such row. None names the strip of frames."""
        row = self.layout.rows[0] if ref is None else self.layout.of(ref)
        return None if row is None else self.layout.ruler + row.top - self._scrolled

    def reveal_row(self, ref: TrackRef) -> None:
        """Scroll just as far as needed for a row to be seen."""
        row = self.layout.of(ref)
        if row is not None:
            if row.top < self._scrolled:
                self.scroll_to(row.top)
            elif row.bottom > self._scrolled + self._room:
                self.scroll_to(row.bottom - self._room)

    def hit(self, x: float, y: float) -> Hit:
        """What lies at a point."""
        return hit(self.timeline, self.layout, self.scale, x, y, self._scrolled)

    def snapped(
        self,
        timeline: Timeline,
        frames: Collection[int],
        offset: int,
        attracting: dict[int, Source],
        *,
        inverse: bool = False,
    ) -> Snap:
        """The offset of a drag, snapped if snapping is on (or off, with `inverse`), and its line drawn."""
        made = Snap(offset)
        if self.context.settings.flag("snap", True) != inverse:
            reach = int(SNAP_REACH / self.scale.frame_width)
            made = snap(timeline, frames, offset, attracting, reach=reach)
        self.overlay.line = made.frame
        return made

    def clear_overlay(self) -> None:
        """Draw nothing over the lanes."""
        self.overlay = Overlay()
        self.repaint.emit()

    def say(self, text: str) -> None:
        """Hint at what the pointer can do."""
        if text != self._said:
            self._said = text
            self.hint.emit(text)

    @Slot(object, object)
    def _follow(self, before: Project, after: Project) -> None:
        if before.timeline is after.timeline:
            return
        layout = lay_out(after.timeline)
        if layout != self.layout:
            self._room += self.layout.ruler - layout.ruler
            self.layout = layout
            self._scrolled = min(self._scrolled, self.most)
            self.rows_changed.emit()
        if after.timeline.length != self.scale.length:
            self.scale.resize(self.scale.width, after.timeline.length)
        self.repaint.emit()

    @Slot()
    def _forget(self) -> None:
        self._current = None
        self._scrolled = 0.0
        self.scale.resize(self.scale.width, self.timeline.length)
        self.scale.fit()

    @Slot()
    def _chosen(self) -> None:
        tracks = {key.track for key in self.context.choice.keys}
        if len(tracks) == 1:
            self.set_current(tracks.pop())
        self.repaint.emit()
