"""Dragging what lies in the ruler: the ends of the range, and markers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from studio.app.texts import plural, tr
from studio.app.timeline.describing import snap_words
from studio.app.timeline.geometry import Part
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.stage import Stage
from studio.timeline.edits import change_marker, set_range
from studio.timeline.snapping import Source, targets
from studio.timeline.time import FrameRange


class RangeEnd(Gesture):
    """One end of the range follows the pointer; a range of everything is none. Ctrl or Shift inverts snapping."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, pointer: Pointer, part: Part) -> None:
        super().__init__(stage, pointer)
        self.part = part
        self.timeline = stage.timeline
        self.attracting = targets(
            self.timeline,
            playhead=stage.context.player.frame,
            sources=frozenset(Source) - {Source.RANGE},
        )

    def drag(self) -> None:
        """Set the range so that it begins or ends at the pointer, with at least one frame in it."""
        frames, length = self.timeline.frames, self.timeline.length
        end = frames.start if self.part is Part.IN else frames.stop
        inverse = self.latest.shift or self.latest.ctrl
        place = end + self.stage.snapped(self.timeline, (end,), self.offset, self.attracting, inverse=inverse).offset
        if self.part is Part.IN:
            made = FrameRange(min(max(place, 0), frames.stop - 1), frames.stop)
        else:
            made = FrameRange(frames.start, min(max(place, frames.start + 1), length))
        whole = len(made) == length
        self.stage.context.document.edit(set_range(None if whole else made), self.merge, from_start=True)
        count = plural("%n frame(s)", len(made))
        self.stage.overlay.tip = tr("{first} to {last} · {count}", first=made.start, last=made.stop - 1, count=count)
        does = tr("Drag to set where playing and rendering begin and end")
        self.stage.say(" · ".join((does, snap_words(self.stage.context), tr("Esc to cancel"))))


class MoveMarker(Gesture):
    """A marker follows the pointer; a click on it goes there. Ctrl or Shift inverts snapping."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, pointer: Pointer, frame: int) -> None:
        super().__init__(stage, pointer)
        self.timeline = stage.timeline
        self.marker = next(each for each in self.timeline.markers if each.frame == frame)
        self.attracting = targets(
            self.timeline,
            playhead=stage.context.player.frame,
            sources=frozenset(Source) - {Source.MARKER},
        )
        stage.say(tr("Click to go there · drag to move · double-click to rename"))

    def drag(self) -> None:
        """Move it, to the nearest frame on the way that has no other marker."""
        inverse = self.latest.shift or self.latest.ctrl
        start = self.marker.frame
        wish = self.stage.snapped(self.timeline, (start,), self.offset, self.attracting, inverse=inverse).offset
        frame = min(max(start + wish, 0), self.timeline.length - 1)
        taken = {each.frame for each in self.timeline.markers if each is not self.marker}
        while frame in taken:
            frame += 1 if frame < start else -1
        self.stage.context.document.edit(
            change_marker(start, replace(self.marker, frame=frame)), self.merge, from_start=True
        )
        self.stage.overlay.tip = tr("{name} → {frame}", name=self.marker.name or tr("Marker"), frame=frame)
        self.stage.say(" · ".join((tr("Drag to move the marker"), snap_words(self.stage.context), tr("Esc to cancel"))))

    def click(self) -> None:
        """Go to the marker."""
        self.stage.context.player.seek(self.marker.frame)
