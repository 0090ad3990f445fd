"""The lanes with their ruler: one widget that paints what is visible and hands presses to gestures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.app.texts import tr
from studio.app.theme import theme
from studio.app.timeline.card_editor import edit_card, edit_marker
from studio.app.timeline.describing import spoken, tip
from studio.app.timeline.dropping import TakeDrop
from studio.app.timeline.geometry import BAR, HEAD, HEIGHTS, LABELS, Hit, Part
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.gestures import begin, cursor, hint
from studio.app.timeline.in_place import InPlaceEdit
from studio.app.timeline.key_editor import KeyEditor
from studio.app.timeline.paint import paint
from studio.app.timeline.picture_drop import PictureDrop
from studio.app.timeline.stage import Stage
from studio.app.timeline.statuses import Statuses
from studio.timeline.model import KeyRef, TrackRef

_ZOOM = 1.0015  # to the power of an eighth of a degree of the wheel: a notch is about 20 %
_NOTCH = 0.8  # pixels of scrolling for the same
_AUTOSCROLL = 30  # milliseconds
_BESIDE = 100  # pixels of the ruler at each side of the playhead, whose numbers make way for it


class Lanes(QWidget):
    """What lies right of the header."""

    add_wanted = Signal(object, int)
    """(`TrackRef`, frame): a double click where there is no key."""

    menu_wanted = Signal(object, QPoint)
    """(`Hit`, global position): a context menu."""

    enter_pressed = Signal()
    """Edit what is selected."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self.statuses = Statuses(stage.context.frames, self)
        self.line: InPlaceEdit | None = None
        self._gesture: Gesture | None = None
        self._dropping = TakeDrop(stage)
        self.pictures = PictureDrop(stage, self)
        self._shown_frame = stage.context.player.frame
        self._by_keyboard = False
        self._autoscroll = QTimer(self)
        self._autoscroll.setInterval(_AUTOSCROLL)
        self._autoscroll.timeout.connect(self._scroll_on)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, stage.layout.ruler + HEIGHTS["prompt"])
        self.setAccessibleName(tr("Timeline"))
        context = stage.context
        stage.repaint.connect(self.update)
        stage.rows_changed.connect(self.update)
        theme().changed.connect(self.update)
        context.document.opened.connect(self._forget)
        context.player.frame_changed.connect(self._follow)
        context.player.playing_changed.connect(self._describe)
        context.choice.changed.connect(self._describe)
        self.statuses.changed.connect(self._show_pictures)
        context.pictures.loaded.connect(self._show_pictures)
        context.rendering.live_changed.connect(self._show_bar)
        context.rendering.queue_changed.connect(self._show_bar)
        self._describe()

    @property
    def gesture(self) -> Gesture | None:
        """What the mouse is doing."""
        return self._gesture

    def edit_card(self, ref: KeyRef) -> None:
        """Edit the prompt of a key on its card; where there is no such key, one is made of what is written."""
        if self.line is None or self.line.take():
            self.line = edit_card(self, self.stage, ref)
            if self.line is not None:
                self.line.closed.connect(self._line_closed)

    def edit_marker(self, frame: int) -> None:
        """Edit the name of the marker on a frame, on its flag."""
        if self.line is None or self.line.take():
            self.line = edit_marker(self, self.stage, frame)
            self.line.closed.connect(self._line_closed)

    def edit_key(self, ref: KeyRef) -> KeyEditor:
        """Edit the frame and value of a parameter's key as numbers."""
        self.stage.scale.reveal(ref.frame)
        self.stage.reveal_row(ref.track)
        editor = KeyEditor(self, self.stage, ref)
        top = self.stage.top(ref.track) or 0.0
        editor.open_at(QPoint(int(self.stage.scale.x(ref.frame)) + 12, int(top) + 8))
        return editor

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the regions that are out of date, each by itself: two strips when the playhead jumps."""
        painter = QPainter(self)
        painter.setFont(self.font())
        for rect in event.region():  # type: ignore[attr-defined]
            paint(painter, self.stage, self.statuses, QRectF(rect), QRectF(self.rect()))
        if self.hasFocus() and self._by_keyboard:
            painter.setClipping(False)
            painter.setPen(theme().colours.focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The scale and the rows take over the size."""
        super().resizeEvent(event)
        self.stage.resize(self.width(), self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A gesture begins."""
        if self._gesture is not None or (self.line is not None and not self.line.take()):
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        pointer = Pointer.of(event.position(), event.modifiers())
        self._gesture = begin(self.stage, self._hit(event.position()), pointer, event.button())
        if self._gesture is not None and self._gesture.cursor is not None and self._gesture.threshold == 0:
            self.setCursor(self._gesture.cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture follows; without one, what is under the pointer shows what it is for."""
        gesture = self._gesture
        if gesture is None:
            self._hover(event.position())
            return
        gesture.move(Pointer.of(event.position(), event.modifiers()))
        if gesture.dragging:
            if gesture.cursor is not None:
                self.setCursor(gesture.cursor)
            inside = 0 <= event.position().x() < self.width()
            if gesture.scrolls and not inside and not self._autoscroll.isActive():
                self._autoscroll.start()
            elif inside:
                self._autoscroll.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture ends."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            self._autoscroll.stop()
            gesture.release(Pointer.of(event.position(), event.modifiers()))
            self._hover(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Edit what is there, or add a key."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        hit = self._hit(event.position())
        if hit.key is not None:
            self.edit(hit.key)
        elif hit.part is Part.MARKER:
            self.edit_marker(hit.frame)
        elif hit.part is Part.LANE and hit.row is not None and hit.row.ref is not None:
            self.add_wanted.emit(hit.row.ref, hit.frame)

    def edit(self, ref: KeyRef) -> None:
        """Edit a key: a prompt on its card, a number in a popup."""
        if ref.track.kind == "prompt":
            self.edit_card(ref)
        else:
            self.edit_key(ref)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Ctrl zooms at the pointer; the wheel scrolls in time, with Shift the rows (or the other way round)."""
        if self.line is not None and not self.line.take():
            return
        pixels, angle = event.pixelDelta(), event.angleDelta()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.stage.scale.zoom(_ZOOM ** angle.y(), event.position().x())
        elif not pixels.isNull():
            self.stage.scale.scroll(-pixels.x())
            self.stage.scroll_to(self.stage.scrolled - pixels.y())
        elif shift != self.stage.context.settings.flag("timeline/wheel_rows", False):
            self.stage.scroll_to(self.stage.scrolled - (angle.y() or angle.x()) * _NOTCH)
        else:
            self.stage.scale.scroll(-(angle.y() or angle.x()) * _NOTCH)
        if self._gesture is not None:
            self._gesture.move(Pointer.of(event.position(), event.modifiers()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """While a gesture runs no shortcut is taken, so that nothing changes under it; tips tell what is cut off."""
        if event.type() == QEvent.Type.ShortcutOverride and self._gesture is not None:
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.stage.timeline, self._hit(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape puts a gesture back; Enter edits what is selected; up and down go to another track."""
        key = event.key()
        if self._gesture is not None:
            if key == Qt.Key.Key_Escape:
                self._drop_gesture()
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._go_row(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """A menu of what is there; by keyboard, of what is selected."""
        if self._gesture is not None:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self._selected_point()
            self.menu_wanted.emit(self._hit(QPointF(at)), self.mapToGlobal(at))
        else:
            self.menu_wanted.emit(self._hit(QPointF(event.pos())), event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Takes and pictures may be dropped here."""
        if self._gesture is None and (self._dropping.follow(event) or self.pictures.follow(event)):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Show where they would go."""
        if self._dropping.follow(event) or self.pictures.follow(event):
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802
        """They are dragged elsewhere."""
        self._dropping.leave()
        self.pictures.leave()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Takes become keyframes, and pictures what is asked for."""
        if self._dropping.drop(event) or self.pictures.drop(event):
            event.acceptProposedAction()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus when it came by keyboard."""
        self._by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self._describe()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A gesture cannot go on without its keys."""
        super().focusOutEvent(event)
        if self._gesture is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._drop_gesture()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.stage.say("")
        if self.stage.hovered is not None:
            self.stage.hovered = None
            self.update()

    def _hit(self, point: QPointF) -> Hit:
        return self.stage.hit(point.x(), point.y())

    def _hover(self, point: QPointF) -> None:
        found = self._hit(point)
        before = self.stage.hovered
        self.stage.hovered = found
        self.setCursor(cursor(found))
        self.stage.say(hint(found))
        lit = (Part.KEY, Part.MARKER, Part.IN, Part.OUT)
        if found != before and ((before is not None and before.part in lit) or found.part in lit):
            self.update()

    def _drop_gesture(self) -> None:
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            self._autoscroll.stop()
            gesture.escape()
            self.unsetCursor()
            self.stage.say(tr("Cancelled"))

    def _go_row(self, by: int) -> None:
        refs = [row.ref for row in self.stage.layout.rows if row.ref is not None]
        if not refs:
            return
        current = self.stage.current
        place = 0 if current not in refs else min(max(refs.index(current) + by, 0), len(refs) - 1)
        self.stage.set_current(refs[place])
        self.stage.reveal_row(refs[place])

    def _selected_point(self) -> QPoint:
        keys = sorted(self.stage.context.choice.keys, key=lambda each: each.frame)
        ref: TrackRef | None = keys[0].track if keys else self.stage.current
        frame = keys[0].frame if keys else self.stage.context.player.frame
        top = self.stage.top(ref) if ref is not None else None
        y = self.stage.layout.ruler + 24 if top is None else int(top) + HEIGHTS["prompt"] // 2
        return QPoint(int(self.stage.scale.x(frame)) + 2, y)

    @Slot()
    def _scroll_on(self) -> None:
        gesture = self._gesture
        if gesture is None:
            self._autoscroll.stop()
            return
        x = gesture.latest.x
        beyond = x if x < 0 else x - self.width()
        self.stage.scale.scroll(min(max(beyond / 2, -40.0), 40.0))
        gesture.move(gesture.latest)

    @Slot(int)
    def _follow(self, frame: int) -> None:
        """Only the playhead is painted again, where it was and where it is."""
        scale = self.stage.scale
        before, self._shown_frame = self._shown_frame, frame
        if self._gesture is None and not 0 <= scale.x(frame) <= self.width() - HEAD:
            if self.stage.context.player.playing:
                scale.scroll(scale.x(frame) - 48)
            else:
                scale.reveal(frame)
        for each in (before, frame):
            self.update(QRect(int(scale.x(each)) - HEAD - 2, 0, 2 * HEAD + 4, self.height()))
            self.update(QRect(int(scale.x(each)) - _BESIDE, 0, 2 * _BESIDE, LABELS))
        if not self.stage.context.player.playing:
            self._describe()

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(spoken(self.stage.context))

    @Slot()
    def _show_pictures(self) -> None:
        self._show_bar()
        top = self.stage.top(None) or 0.0
        self.update(QRect(0, int(top), self.width(), HEIGHTS["frames"] + 1))

    @Slot()
    def _show_bar(self) -> None:
        self.update(QRect(0, self.stage.layout.ruler - BAR, self.width(), BAR))

    @Slot()
    def _forget(self) -> None:
        """Another project is here: what was begun in the old one is over."""
        if self.line is not None:
            self.line.leave()
        if self._gesture is not None:
            self._gesture = None
            self._autoscroll.stop()
            self.stage.clear_overlay()

    @Slot()
    def _line_closed(self) -> None:
        self.line = None
