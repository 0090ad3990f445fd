"""Which gesture begins with a press: the one table of what the mouse does in the lanes."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.app.texts import tr
from studio.app.timeline.boxing import BoxSelect
from studio.app.timeline.geometry import Hit, Part
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.marking import MoveMarker, RangeEnd
from studio.app.timeline.moving import MoveKeys
from studio.app.timeline.scrubbing import Pan, Scrub
from studio.app.timeline.stage import Stage


def begin(stage: Stage, hit: Hit, pointer: Pointer, button: Qt.MouseButton) -> Gesture | None:
    """The gesture that a button begins on what is under the pointer; None when it begins none."""
    if button == Qt.MouseButton.MiddleButton:
        return Pan(stage, pointer)
    if button != Qt.MouseButton.LeftButton:
        return None
    if hit.part in (Part.KEY, Part.CARD):
        assert hit.key is not None
        return MoveKeys(stage, pointer, hit.key)
    if hit.part in (Part.IN, Part.OUT):
        return RangeEnd(stage, pointer, hit.part)
    if hit.part is Part.MARKER:
        return MoveMarker(stage, pointer, hit.frame)
    if hit.part in (Part.RULER, Part.STRIP):
        return Scrub(stage, pointer)
    return BoxSelect(stage, pointer, hit)


def hint(hit: Hit) -> str:
    """What can be done with what is under the pointer."""
    match hit.part:
        case Part.KEY:
            return tr("Drag to move · Ctrl-drag to copy · Shift-click extends · double-click to edit")
        case Part.CARD:
            return tr("Drag to move · Ctrl-drag to copy · double-click to edit the prompt")
        case Part.IN | Part.OUT:
            return tr("Drag to set where playing and rendering begin and end")
        case Part.MARKER:
            return tr("Click to go there · drag to move · double-click to rename")
        case Part.RULER | Part.STRIP:
            return tr("Drag to scrub · Ctrl+wheel zooms · middle-drag pans")
        case Part.LANE:
            return tr("Double-click to add a key · drag to select several")
        case Part.EMPTY:
            return tr("Drag to select several keys")


def cursor(hit: Hit) -> Qt.CursorShape:
    """How the pointer looks over what is under it."""
    match hit.part:
        case Part.IN | Part.OUT:
            return Qt.CursorShape.SizeHorCursor
        case Part.KEY | Part.MARKER:
            return Qt.CursorShape.PointingHandCursor
        case _:
            return Qt.CursorShape.ArrowCursor
