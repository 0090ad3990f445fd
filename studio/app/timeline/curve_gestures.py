"""What the mouse does in the curve editor: drag keys, drag handles, draw a box, move the view."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.app.texts import plural, tr
from studio.app.timeline.captions import number_text
from studio.app.timeline.curve_board import Board, Spot
from studio.app.timeline.curve_edits import clamp_change, raised, reshape
from studio.app.timeline.curve_shape import Handle, Knot
from studio.app.timeline.gesture import THRESHOLD, Pointer
from studio.timeline.edits import clamp_offset, set_ease
from studio.timeline.model import KeyRef
from studio.timeline.selection import Selection
from studio.timeline.snapping import targets

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Numbers:
    """How values of a board's track are written: with a degree sign, or as percent between prompts."""

    prompt: bool
    degrees: bool

    @classmethod
    def of(cls, board: Board) -> Numbers:
        """Those of the track that is shown."""
        spec = board.spec
        return cls(board.ref is not None and board.ref.kind == "prompt", spec is not None and spec.unit.startswith("°"))

    def text(self, value: float) -> str:
        """A value in words."""
        if self.prompt:
            return f"{number_text(round(value * 100, 1))} %"
        return f"{number_text(value)}{'°' if self.degrees else ''}"


def key_tip(board: Board, key: KeyRef) -> str:
    """What a key's tip says."""
    if key.track.kind == "prompt":
        return tr("frame {frame}", frame=key.frame)
    value = next((knot.value for knot in _knots(board) if knot.frame == key.frame), 0.0)
    return tr("{value} · frame {frame}", value=Numbers.of(board).text(value), frame=key.frame)


def handle_tip(board: Board, handle: Handle) -> str:
    """What a handle's tip says: how far it is on the way to the next key, in time and in value."""
    x1, y1, x2, y2 = handle.segment.handles
    x, y = (x1, y1) if handle.end == 1 else (x2, y2)
    time = number_text(round(x * 100, 1))
    if handle.segment.flat:
        return tr("{time} % of the time", time=time)
    return tr("{time} % of the time · {way} % of the way", time=time, way=number_text(round(y * 100, 1)))


class CurveGesture:
    """One press of a mouse button. Subclasses say what a click and a drag do.

    Attributes:
        merge: the key under which its edits make one entry of the history.
        dragging: whether the pointer went far enough for a drag.
    """

    cursor: Qt.CursorShape | None = None

    def __init__(self, board: Board, pointer: Pointer) -> None:
        self.board = board
        self.origin = self.latest = pointer
        self.merge = (type(self).__name__, next(_numbers))
        self.dragging = False
        self.before = board.context.choice.selection
        board.busy = True

    def move(self, pointer: Pointer) -> None:
        """The pointer is there now."""
        self.latest = pointer
        far = max(abs(pointer.x - self.origin.x), abs(pointer.y - self.origin.y))
        if self.dragging or far >= THRESHOLD:
            self.dragging = True
            self.board.overlay.at = QPointF(pointer.x, pointer.y)
            self.drag()
            self.board.repaint.emit()

    def release(self, pointer: Pointer) -> None:
        """The button was released there."""
        self.latest = pointer
        if not self.dragging:
            self.click()
        self.board.context.document.seal()
        self._over()

    def escape(self) -> None:
        """Put everything back as it was before the press."""
        self.board.context.document.cancel(self.merge)
        self.restore()
        self._over()

    def drag(self) -> None:
        """Follow the pointer, which is at `latest`."""

    def click(self) -> None:
        """The button was released where it was pressed."""

    def restore(self) -> None:
        """Select what was selected."""
        self.board.context.choice.set(self.before)

    def _over(self) -> None:
        self.board.busy = False
        self.board.refresh()
        self.board.clear_overlay()


class DragKeys(CurveGesture):
    """A press on a key. A click selects (Shift extends, Ctrl toggles); a drag moves the selected keys of the track.

    Shift keeps to time or to value, whichever the pointer went further in; Ctrl inverts snapping.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, board: Board, pointer: Pointer, key: KeyRef) -> None:
        super().__init__(board, pointer)
        self.key = key
        choice = board.context.choice
        if pointer.shift:
            choice.set(self.before.extended([key]))
        elif key not in self.before and not pointer.ctrl:
            choice.select([key])
        self.timeline = board.timeline
        self.selection = choice.selection
        self.place = board.scale.exact(pointer.x)

    def drag(self) -> None:
        """Move to where the pointer wishes, as far as that is possible."""
        board = self.board
        if self.key not in self.selection:
            self.selection = self.selection.extended([self.key])
        mine = frozenset(key for key in self.selection.keys if key.track == self.key.track)
        frames = frozenset(key.frame for key in mine)
        wide, high = abs(self.latest.x - self.origin.x), abs(self.latest.y - self.origin.y)
        offset = 0 if self.latest.shift and high > wide else self._offset(mine)
        track = self.timeline.find(self.key.track)
        values = {
            key.frame: key.value
            for key in track.track.keys
            if key.frame in frames and isinstance(key.value, float | int)
        }
        if values and not (self.latest.shift and wide >= high):
            start = values[self.key.frame]
            wish = board.axis.value(board.axis.y(start) + self.latest.y - self.origin.y)
            change = clamp_change(values, board.axis.rounded(wish) - start, board.spec)
            values = raised(values, change, board.spec)
        board.context.document.edit(reshape(self.key.track, frames, offset, values), self.merge, from_start=True)
        others = self.selection.keys - mine
        board.context.choice.set(Selection(others | Selection(mine).moved(offset).keys))
        board.overlay.tip = key_tip(board, KeyRef(self.key.track, self.key.frame + offset))

    def click(self) -> None:
        """Toggle with Ctrl; a plain click on one of several selected keys selects it alone."""
        choice = self.board.context.choice
        if self.origin.ctrl:
            choice.set(self.before.toggled([self.key]))
        elif not self.origin.shift:
            choice.select([self.key])

    def _offset(self, keys: frozenset[KeyRef]) -> int:
        board = self.board
        wish = round(board.scale.exact(self.latest.x) - self.place)
        attracting = targets(self.timeline, without=keys, playhead=board.context.player.frame)
        snapped = board.snapped(self.timeline, {key.frame for key in keys}, wish, attracting, inverse=self.latest.ctrl)
        offset = clamp_offset(self.timeline, keys, snapped)
        if offset != snapped:
            board.overlay.line = None
        return offset


class DragHandle(CurveGesture):
    """A press on a handle: it shapes the ease of its segment. Shift keeps to time or to value."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, board: Board, pointer: Pointer, handle: Handle) -> None:
        super().__init__(board, pointer)
        self.handle = handle
        x, y = board.grip(handle)
        self.aside = (x - pointer.x, y - pointer.y)

    def drag(self) -> None:
        """The handle goes along with the pointer."""
        board, handle = self.board, self.handle
        frame = board.scale.exact(self.latest.x + self.aside[0]) - handle.shift
        value = board.axis.value(self.latest.y + self.aside[1])
        if self.latest.shift:
            wide, high = abs(self.latest.x - self.origin.x), abs(self.latest.y - self.origin.y)
            start = handle.place
            frame, value = (start[0] - handle.shift, value) if high > wide else (frame, start[1])
        ease = handle.segment.eased(handle.end, frame, value)
        edit = replace(set_ease([handle.segment.key], ease), label="Shape curve")
        board.context.document.edit(edit, self.merge, from_start=True)
        now = next((each for each in board.handles if _same(each, handle)), handle)
        board.hovered = Spot(handle=now)
        board.overlay.tip = handle_tip(board, now)


class BoxKeys(CurveGesture):
    """A press where there is nothing: a box selects the keys in it. A click selects none of them."""

    def __init__(self, board: Board, pointer: Pointer) -> None:
        super().__init__(board, pointer)
        self.place = board.scale.exact(pointer.x)

    def drag(self) -> None:
        """Select what is between the press and the pointer; Shift extends, Ctrl toggles."""
        board = self.board
        start = QPointF(board.scale.x(self.place), self.origin.y)
        box = QRectF(start, QPointF(self.latest.x, self.latest.y)).normalized()
        board.overlay.box = box
        inside = [
            KeyRef(board.ref, knot.frame)
            for knot in _knots(board)
            if board.ref is not None and box.contains(QPointF(*board.point(knot.frame, knot.value)))
        ]
        chosen = Selection(frozenset(inside))
        if self.origin.shift:
            chosen = self.before.extended(inside)
        elif self.origin.ctrl:
            chosen = self.before.toggled(inside)
        board.context.choice.set(chosen)
        board.overlay.tip = plural("%n key(s)", len(chosen))

    def click(self) -> None:
        """Select nothing, unless keys were held."""
        if not self.origin.shift and not self.origin.ctrl:
            self.board.context.choice.clear()


class PanView(CurveGesture):
    """The middle button moves the view in time and in value."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, board: Board, pointer: Pointer) -> None:
        super().__init__(board, pointer)
        self.start, self.axis, self.fitted = board.scale.start, board.axis, board.fitted

    def drag(self) -> None:
        """What was pressed stays under the pointer."""
        self.board.scale.scroll_to(self.start + self.origin.x - self.latest.x)
        if abs(self.latest.y - self.origin.y) >= THRESHOLD or not self.board.fitted:
            self.board.look(self.axis.moved(self.latest.y - self.origin.y))

    def restore(self) -> None:
        """Look at what was seen before."""
        self.board.scale.scroll_to(self.start)
        self.board.axis, self.board.fitted = self.axis, self.fitted


def begin(board: Board, pointer: Pointer, button: Qt.MouseButton) -> CurveGesture | None:
    """The gesture that a button begins where the pointer is; None when it begins none."""
    if button == Qt.MouseButton.MiddleButton:
        return PanView(board, pointer)
    if button != Qt.MouseButton.LeftButton or board.curve is None:
        return None
    spot = board.spot(pointer.x, pointer.y)
    if spot.handle is not None:
        return DragHandle(board, pointer, spot.handle)
    return DragKeys(board, pointer, spot.key) if spot.key is not None else BoxKeys(board, pointer)


def _knots(board: Board) -> tuple[Knot, ...]:
    return () if board.curve is None else board.curve.knots


def _same(one: Handle, other: Handle) -> bool:
    return (one.segment.key, one.end) == (other.segment.key, other.end)
