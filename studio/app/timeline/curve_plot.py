"""The plot of the curve editor: a widget that paints its board and hands presses to gestures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.app.texts import tr
from studio.app.theme import theme
from studio.app.timeline.curve_axis import nudge
from studio.app.timeline.curve_board import Board, Spot
from studio.app.timeline.curve_edits import clamp_change, raised, reshape
from studio.app.timeline.curve_gestures import CurveGesture, begin, handle_tip, key_tip
from studio.app.timeline.curve_paint import paint
from studio.app.timeline.curve_shape import Curve, Handle, Knot
from studio.app.timeline.describing import snap_words, spoken
from studio.app.timeline.gesture import Pointer
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef

_ZOOM = 1.0015  # to the power of an eighth of a degree of the wheel, as in the lanes
_NOTCH = 0.8
_FAR = 10  # times a nudge, with Shift


class CurvePlot(QWidget):
    """Keys, handles and the curve between them, over the frames of the shared scale."""

    hint = Signal(str)
    """What the pointer can do now, for the status bar."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self._gesture: CurveGesture | None = None
        self._by_keyboard = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 96)
        self.setAccessibleName(tr("Curve"))
        context = board.context
        for changed in (board.repaint, context.player.frame_changed, theme().changed):
            changed.connect(self.update)
        board.repaint.connect(self._describe)
        self._describe()

    @property
    def ref(self) -> TrackRef | None:
        """The track that is shown."""
        return self.board.ref

    @property
    def curve(self) -> Curve | None:
        """The curve as it is now; None while no track is shown."""
        return self.board.curve

    @property
    def selected(self) -> frozenset[int]:
        """Frames of the selected keys of this track."""
        return frozenset(key.frame for key in self.board.chosen)

    def place(self, what: Knot | Handle) -> QPointF:
        """Where a key or handle is taken."""
        if isinstance(what, Handle):
            return QPointF(*self.board.grip(what))
        return QPointF(*self.board.point(what.frame, what.value))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the board, and the focus when it came by the keyboard."""
        painter = QPainter(self)
        painter.setFont(self.font())
        paint(painter, self.board, QRectF(self.rect()))
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(theme().colours.focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The axis takes the new height."""
        super().resizeEvent(event)
        self.board.axis = self.board.axis.sized(self.height())
        self.board.repaint.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A gesture begins."""
        if self._gesture is None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._gesture = begin(self.board, Pointer.of(event.position(), event.modifiers()), event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture follows; without one, a tip tells what is under the pointer."""
        gesture = self._gesture
        if gesture is None:
            self._hover(event.position())
            return
        gesture.move(Pointer.of(event.position(), event.modifiers()))
        if gesture.dragging and gesture.cursor is not None:
            self.setCursor(gesture.cursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture ends."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.release(Pointer.of(event.position(), event.modifiers()))
            self._hover(event.position())
            self.board.overlay.tip = ""  # it told of the drag, which is over

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A key where there was none; the curve stays as it is."""
        board, at = self.board, event.position()
        if event.button() != Qt.MouseButton.LeftButton or board.ref is None or board.curve is None:
            return
        if board.spot(at.x(), at.y()) != Spot():
            return
        frame = board.scale.frame(at.x())
        if board.curve.values and not board.curve.knots:
            value = board.axis.rounded(board.axis.value(at.y()))
            edit = edits.set_key(board.ref, frame, value if board.spec is None else board.spec.clamp(value))
        else:
            edit = edits.insert_key(board.ref, frame)
        if board.context.document.edit(edit):
            board.context.choice.select([KeyRef(board.ref, frame)])

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Alt zooms values, Ctrl zooms time; the wheel scrolls in time, with Shift in values."""
        board, held, angle = self.board, event.modifiers(), event.angleDelta().y() or event.angleDelta().x()
        if held & Qt.KeyboardModifier.AltModifier:
            board.look(board.axis.zoomed(_ZOOM**angle, event.position().y()))
        elif held & Qt.KeyboardModifier.ControlModifier:
            board.scale.zoom(_ZOOM**angle, event.position().x())
        elif held & Qt.KeyboardModifier.ShiftModifier:
            board.look(board.axis.moved(angle * _NOTCH / 2))
        else:
            board.scale.scroll(-angle * _NOTCH)
        if self._gesture is not None:
            self._gesture.move(Pointer.of(event.position(), held))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """While a gesture runs no shortcut is taken; Alt with arrows belongs to the keys of the curve."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self._gesture is not None or _nudges(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape takes a gesture back; Alt with up and down nudges values, with left and right goes to other keys."""
        if self._gesture is not None:
            if event.key() == Qt.Key.Key_Escape:
                gesture, self._gesture = self._gesture, None
                gesture.escape()
                self.unsetCursor()
        elif _nudges(event):
            times = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            match event.key():
                case Qt.Key.Key_Up:
                    self._nudge(times)
                case Qt.Key.Key_Down:
                    self._nudge(-times)
                case Qt.Key.Key_Left:
                    self._go(-1)
                case _:
                    self._go(1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.board.chosen:
            self.board.context.document.edit(edits.remove_keys(self.board.chosen))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The focus is seen when it came by the keyboard."""
        super().focusInEvent(event)
        self._by_keyboard = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.OtherFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """And seen to go."""
        super().focusOutEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        if self._gesture is None:
            self.board.hovered = Spot()
            self.board.clear_overlay()

    def _hover(self, at: QPointF) -> None:
        board = self.board
        spot = board.spot(at.x(), at.y())
        board.overlay.at = at
        board.overlay.tip = ""
        if spot.handle is not None:
            board.overlay.tip = handle_tip(board, spot.handle)
        elif spot.key is not None:
            board.overlay.tip = key_tip(board, spot.key)
        if spot != board.hovered:
            board.hovered = spot
            self.setCursor(Qt.CursorShape.ArrowCursor if spot == Spot() else Qt.CursorShape.PointingHandCursor)
            self.hint.emit(
                tr("Drag the handle to shape the curve · Shift keeps to one direction")
                if spot.handle is not None
                else f"{tr('Drag the key in time and value · Shift keeps to one direction')} · "
                f"{snap_words(board.context, 'Ctrl')}"
                if spot.key is not None
                else tr("Double-click to add a key · drag to select several · Alt+wheel zooms values")
            )
        self.update()

    def _nudge(self, times: int) -> None:
        board = self.board
        frames = frozenset(key.frame for key in board.chosen)
        if board.curve is None or not board.curve.values or not frames:
            return
        values = {knot.frame: knot.value for knot in board.curve.knots if knot.frame in frames}
        by = times * nudge(board.spec, max(values.values(), key=abs))
        values = raised(values, clamp_change(values, by, board.spec), board.spec)
        board.context.document.edit(reshape(board.curve.ref, frames, 0, values), ("curve nudge", board.ref, frames))

    def _go(self, by: int) -> None:
        """Select the key before or after the selected ones, and go to its frame."""
        board = self.board
        if board.curve is None or not board.curve.knots:
            return
        frames = [knot.frame for knot in board.curve.knots]
        here = sorted(self.selected) or [board.context.player.frame]
        there = [frame for frame in frames if (frame > here[-1] if by > 0 else frame < here[0])]
        if there:
            frame = there[0] if by > 0 else there[-1]
            board.context.choice.select([KeyRef(board.curve.ref, frame)])
            board.context.player.seek(frame)

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(spoken(self.board.context))


def _nudges(event: QKeyEvent) -> bool:
    arrows = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
    return event.key() in arrows and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
