"""Selecting a key by a click, and moving or copying all selected keys by a drag."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.app.texts import plural, tr
from studio.app.timeline.describing import snap_words
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.stage import Stage
from studio.base.errors import InputError
from studio.timeline.edits import clamp_offset, duplicate_keys, move_keys
from studio.timeline.model import KeyRef
from studio.timeline.snapping import targets


class MoveKeys(Gesture):
    """A press on a key or its card. A click selects (Shift extends, Ctrl toggles); a drag moves all that is selected.

    Ctrl while dragging copies instead, Shift inverts snapping.
    """

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, pointer: Pointer, key: KeyRef) -> None:
        super().__init__(stage, pointer)
        self.key = key
        choice = stage.context.choice
        self.before = choice.selection
        if pointer.shift:
            choice.set(self.before.extended([key]))
        elif key not in self.before and not pointer.ctrl:
            choice.select([key])
        self.timeline = stage.timeline
        self.selection = choice.selection
        stage.set_current(key.track)
        stage.say(tr("Drag to move · Ctrl-drag to copy · double-click to edit"))

    def drag(self) -> None:
        """Move or copy to where the pointer wishes, as far as that is possible."""
        if self.key not in self.selection:
            self.selection = self.selection.extended([self.key])
        keys = self.selection.keys
        frames = {key.frame for key in keys}
        attracting = targets(self.timeline, without=keys, playhead=self.stage.context.player.frame)
        snap = self.stage.snapped(self.timeline, frames, self.offset, attracting, inverse=self.latest.shift)
        offset = self._copy(snap.offset) if self.latest.ctrl else self._move(snap.offset)
        if offset != snap.offset:
            self.stage.overlay.line = None
        self.stage.context.choice.set(self.selection.moved(offset))
        self.stage.overlay.tip = self._tip(offset, snap.offset)
        self.stage.say(" · ".join((tr("Ctrl copies"), snap_words(self.stage.context), tr("Esc to cancel"))))

    def click(self) -> None:
        """Toggle with Ctrl; a plain click on one of several selected keys selects it alone."""
        choice = self.stage.context.choice
        if self.origin.ctrl:
            choice.set(self.before.toggled([self.key]))
        elif not self.origin.shift:
            choice.select([self.key])

    def restore(self) -> None:
        """Select what was selected."""
        self.stage.context.choice.set(self.before)

    def _move(self, wish: int) -> int:
        offset = clamp_offset(self.timeline, self.selection.keys, wish)
        document = self.stage.context.document
        if offset == 0:
            document.cancel(self.merge)
        else:
            document.edit(move_keys(self.selection.keys, offset), self.merge, from_start=True)
        return offset

    def _copy(self, wish: int) -> int:
        """The way that copies can go is only known by trying: the keys that are copied stand in it too."""
        document = self.stage.context.document
        edit = duplicate_keys(self.selection.keys, wish)
        try:
            made = edit.apply(self.timeline)
        except InputError:
            document.cancel(self.merge)
            return 0
        document.edit(edit, self.merge, from_start=True)
        before = set(self.timeline.find(self.key.track).track.frames)
        new = [frame for frame in made.find(self.key.track).track.frames if frame not in before]
        mine = [key.frame for key in self.selection.keys if key.track == self.key.track]
        return max(new) - max(mine)

    def _tip(self, offset: int, wish: int) -> str:
        sign = "+" if offset > 0 else "−" if offset < 0 else "±"
        frames = plural("%n frame(s)", abs(offset))
        text = f"{sign}{frames} → {self.key.frame + offset}"
        return text if offset == wish else tr("{offset}, no further", offset=text)
