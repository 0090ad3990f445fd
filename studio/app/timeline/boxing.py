"""A box drawn over the lanes selects the keys in it."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF

from studio.app.texts import plural, tr
from studio.app.timeline.geometry import Hit
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.stage import Stage
from studio.timeline.model import KeyRef
from studio.timeline.selection import Selection, within
from studio.timeline.time import FrameRange


class BoxSelect(Gesture):
    """A press where there is nothing. A click clears the selection; Shift adds what is in the box, Ctrl toggles it."""

    def __init__(self, stage: Stage, pointer: Pointer, hit: Hit) -> None:
        super().__init__(stage, pointer)
        self.before = stage.context.choice.selection
        self.height = pointer.y - stage.layout.ruler + stage.scrolled
        stage.set_current(hit.row.ref if hit.row else None)

    def drag(self) -> None:
        """Select what is between the press and the pointer."""
        stage = self.stage
        y = self.height + stage.layout.ruler - stage.scrolled
        stage.overlay.box = QRectF(
            min(stage.scale.x(self.place), self.latest.x),
            min(y, self.latest.y),
            abs(self.latest.x - stage.scale.x(self.place)),
            abs(self.latest.y - y),
        )
        chosen = Selection(self._inside())
        if self.origin.shift:
            chosen = self.before.extended(chosen.keys)
        elif self.origin.ctrl:
            chosen = self.before.toggled(chosen.keys)
        stage.context.choice.set(chosen)
        stage.overlay.tip = plural("%n key(s)", len(chosen))
        stage.say(tr("Shift extends the selection · Ctrl toggles · Esc to cancel"))

    def click(self) -> None:
        """Select nothing, unless keys were held."""
        if not self.origin.shift and not self.origin.ctrl:
            self.stage.context.choice.clear()

    def restore(self) -> None:
        """Select what was selected."""
        self.stage.context.choice.set(self.before)

    def _inside(self) -> frozenset[KeyRef]:
        stage = self.stage
        ends = sorted((self.place, stage.scale.exact(self.latest.x)))
        first, last = max(0, math.ceil(ends[0])), math.floor(ends[1])
        if last < first:
            return frozenset()
        low, high = sorted((self.height, self.latest.y - stage.layout.ruler + stage.scrolled))
        tracks = {row.ref for row in stage.layout.rows if row.ref and row.top < high and row.bottom > low}
        return within(stage.timeline, FrameRange(first, last + 1), tracks) if tracks else frozenset()
