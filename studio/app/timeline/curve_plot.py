"""The plot of the curve editor: what is drawn, and what the mouse does there."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.theme import faded, theme
from studio.app.timeline.curve_geometry import Axis, Curve, Handle, Knot, curve_of, fitted
from studio.app.timeline.scale import Scale
from studio.timeline import edits
from studio.timeline.edit import Edit
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.selection import Selection

_NEAR = 8.0  # pixels
_NUDGE = 0.01  # of the axis
_gestures = itertools.count()


class CurvePlot(QWidget):
    """Keys, handles and the curve between them, over the frames of the shared scale."""

    def __init__(self, context: Context, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._scale = scale
        self.ref: TrackRef | None = None
        self.axis = Axis(0, 1, 1)
        self._merge: tuple[str, int] | None = None
        self._press = QPointF()
        self._at = QPointF()
        self._handle: Handle | None = None
        self._grabbed: tuple[Knot, ...] = ()
        self._before: Curve | None = None
        self._box: QRectF | None = None
        self._kept = Selection()
        self._start = context.document.timeline
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Curve"))
        self.setToolTip("")
        for changed in (scale.changed, context.choice.changed, context.player.frame_changed, theme().changed):
            changed.connect(self.update)
        context.document.changed.connect(self._follow)

    @property
    def curve(self) -> Curve | None:
        """The curve as it is now; None while no track is shown."""
        timeline = self._context.document.timeline
        if self.ref is None or self.ref not in {track.ref for track in timeline.tracks}:
            return None
        return curve_of(timeline, self.ref)

    @property
    def selected(self) -> frozenset[int]:
        """Frames of the selected keys of this track."""
        return frozenset(key.frame for key in self._context.choice.keys if key.track == self.ref)

    def show_track(self, ref: TrackRef | None) -> None:
        """Show a track, or none."""
        if ref != self.ref:
            self.ref = ref
            self.fit()

    def fit(self) -> None:
        """Show all values."""
        curve = self.curve
        if curve is not None:
            self.axis = fitted(curve, self.height())
        self.update()

    def place(self, knot: Knot | Handle) -> QPointF:
        """Where a key or handle is drawn."""
        if isinstance(knot, Handle):
            return QPointF(self._scale.x(knot.x), self.axis.y(knot.y))
        return QPointF(self._scale.x(knot.frame), self.axis.y(knot.value))

    @Slot()
    def _follow(self) -> None:
        if self._merge is None:
            self.fit()
        self.update()

    # What is drawn

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Grid, curve, handles, keys, playhead."""
        painter = QPainter(self)
        colours = theme().colours
        painter.fillRect(event.rect(), colours.input)
        curve = self.curve
        if curve is not None:
            self._draw_grid(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_curve(painter, curve)
            self._draw_handles(painter, curve)
            self._draw_keys(painter, curve)
        x = self._scale.x(self._context.player.frame)
        painter.setPen(QPen(colours.accent, 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        if self._box is not None:
            painter.setPen(QPen(colours.selection, 1))
            painter.setBrush(faded(colours.selection, 0.15))
            painter.drawRect(self._box)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_grid(self, painter: QPainter) -> None:
        colours = theme().colours
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        for value in self.axis.ticks():
            y = self.axis.y(value)
            painter.setPen(QPen(faded(colours.line, 0.7), 1))
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
            painter.setPen(colours.muted)
            painter.drawText(QPointF(4, y - 3), f"{value:.6g}")

    def _draw_curve(self, painter: QPainter, curve: Curve) -> None:
        if not curve.knots:
            return
        path = QPainterPath(QPointF(0, self.axis.y(curve.knots[0].value)))
        path.lineTo(self.place(curve.knots[0]))
        for before, after in curve.segments:
            end = self.place(after)
            ease = before.ease
            if ease.hold:
                path.lineTo(QPointF(end.x(), self.axis.y(before.value)))
                path.lineTo(end)
                continue
            start = self.place(before)
            step, rise = end.x() - start.x(), end.y() - start.y()
            path.cubicTo(
                QPointF(start.x() + ease.x1 * step, start.y() + ease.y1 * rise),
                QPointF(start.x() + ease.x2 * step, start.y() + ease.y2 * rise),
                end,
            )
        path.lineTo(QPointF(self.width(), self.axis.y(curve.knots[-1].value)))
        painter.setPen(QPen(theme().colours.text, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _draw_handles(self, painter: QPainter, curve: Curve) -> None:
        colours = theme().colours
        knots = {knot.frame: knot for knot in curve.knots}
        following = {before.frame: after for before, after in curve.segments}
        for handle in curve.handles(self.selected):
            owner = following[handle.frame] if handle.second else knots[handle.frame]
            at = self.place(handle)
            painter.setPen(QPen(colours.muted, 1))
            painter.drawLine(self.place(owner), at)
            painter.setBrush(colours.muted)
            painter.drawEllipse(at, 3.5, 3.5)

    def _draw_keys(self, painter: QPainter, curve: Curve) -> None:
        colours = theme().colours
        for knot in curve.knots:
            at = self.place(knot)
            if not -_NEAR <= at.x() <= self.width() + _NEAR:
                continue
            chosen = knot.frame in self.selected
            painter.setPen(QPen(colours.panel, 1))
            painter.setBrush(colours.selection if chosen else colours.text)
            painter.save()
            painter.translate(at)
            painter.rotate(45)
            painter.drawRect(QRectF(-4.5, -4.5, 9, 9))
            painter.restore()

    # What the mouse does

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of a handle, a key, or the corner of a box."""
        curve = self.curve
        if event.button() != Qt.MouseButton.LeftButton or curve is None or self.ref is None:
            return
        point = event.position()
        self._press = self._at = point
        self._before = curve
        self._merge = ("curve", next(_gestures))
        self._kept = self._context.choice.selection
        self._start = self._context.document.timeline
        self._handle = self._nearest_handle(curve, point)
        if self._handle is not None:
            return
        knot = self._nearest_knot(curve, point)
        if knot is None:
            self._box = QRectF(point, point)
            if not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
                self._context.choice.clear()
            return
        self._choose(KeyRef(self.ref, knot.frame), event.modifiers())
        self._grabbed = tuple(each for each in curve.knots if each.frame in self.selected)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move what is held."""
        self._at = event.position()
        if self._merge is None:
            self._hover(self._at)
        elif self._handle is not None:
            self._drag_handle(self._handle)
        elif self._grabbed:
            self._drag_keys(event.modifiers())
        elif self._box is not None:
            self._box = QRectF(self._press, self._at).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._merge is not None:
            if self._box is not None and self.ref is not None:
                self._select_box(event.modifiers())
            self._context.document.seal()
            self._release()
            self.fit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A key where there was none; the curve stays as it is."""
        curve = self.curve
        if curve is None or self.ref is None or self._nearest_knot(curve, event.position()) is not None:
            return
        frame = self._scale.frame(event.position().x())
        if curve.values and not curve.knots:
            edit = edits.set_key(self.ref, frame, self._limited(self.axis.value(event.position().y())))
        else:
            edit = edits.insert_key(self.ref, frame)
        if self._context.document.edit(edit):
            self._context.choice.select([KeyRef(self.ref, frame)])

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Ctrl zooms in time, Alt in values; else it scrolls."""
        angle = event.angleDelta().y() or event.angleDelta().x()
        factor = 1.0015**angle
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.axis = self.axis.zoomed(factor, event.position().y())
            self.update()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._scale.zoom(factor, event.position().x())
        else:
            self._scale.scroll(-angle)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape takes a drag back; Alt with up and down nudges values."""
        if event.key() == Qt.Key.Key_Escape and self._merge is not None:
            self._context.document.cancel(self._merge)
            self._context.choice.set(self._kept)
            self._release()
            self.fit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._nudge(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The axis takes the new height."""
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The focus is seen."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """And seen to go."""
        super().focusOutEvent(event)
        self.update()

    def _release(self) -> None:
        self._merge, self._handle, self._grabbed, self._box, self._before = None, None, (), None, None
        QToolTip.hideText()
        self.update()

    def _nearest_handle(self, curve: Curve, point: QPointF) -> Handle | None:
        near = [(_distance(self.place(each), point), each) for each in curve.handles(self.selected)]
        distance, found = min(near, key=lambda pair: pair[0], default=(_NEAR + 1, None))
        return found if distance <= _NEAR else None

    def _nearest_knot(self, curve: Curve, point: QPointF) -> Knot | None:
        near = [(_distance(self.place(each), point), each) for each in curve.knots]
        distance, found = min(near, key=lambda pair: pair[0], default=(_NEAR + 1, None))
        return found if distance <= _NEAR else None

    def _choose(self, key: KeyRef, modifiers: Qt.KeyboardModifier) -> None:
        choice = self._context.choice
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            choice.set(choice.selection.toggled([key]))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            choice.set(choice.selection.extended([key]))
        elif key not in choice.selection:
            choice.select([key])

    def _select_box(self, modifiers: Qt.KeyboardModifier) -> None:
        curve = self.curve
        if curve is None or self.ref is None or self._box is None:
            return
        inside = [KeyRef(self.ref, knot.frame) for knot in curve.knots if self._box.contains(self.place(knot))]
        choice = self._context.choice
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            choice.set(choice.selection.extended(inside))
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            choice.set(choice.selection.toggled(inside))
        else:
            choice.select(inside)

    def _drag_handle(self, handle: Handle) -> None:
        assert self._before is not None
        assert self.ref is not None
        ease = self._before.moved(handle, self._scale.exact(self._at.x()), self.axis.value(self._at.y()))
        edit = edits.set_ease([KeyRef(self.ref, handle.frame)], ease)
        self._context.document.edit(Edit(tr("Shape curve"), edit.apply), self._merge, from_start=True)
        self._tell(f"{ease.x1:.2f}, {ease.y1:.2f}, {ease.x2:.2f}, {ease.y2:.2f}")

    def _drag_keys(self, modifiers: Qt.KeyboardModifier) -> None:
        assert self._before is not None
        assert self.ref is not None
        away = self._at - self._press
        offset = round(away.x() / self._scale.frame_width)
        rise = self.axis.value(self._at.y()) - self.axis.value(self._press.y()) if self._before.values else 0.0
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            if abs(away.x()) > abs(away.y()):
                rise = 0.0
            else:
                offset = 0
        keys = [KeyRef(self.ref, knot.frame) for knot in self._grabbed]
        values = {knot.frame: self._limited(knot.value + rise) for knot in self._grabbed}

        def apply(timeline: Timeline) -> Timeline:
            if rise and self.ref is not None:
                for frame, value in values.items():
                    timeline = edits.set_value([KeyRef(self.ref, frame)], value).apply(timeline)
            return edits.move_keys(keys, offset).apply(timeline)

        label = tr("Move key in the curve") if len(keys) == 1 else tr("Move keys in the curve")
        actual = edits.clamp_offset(self._start, keys, offset)
        if self._context.document.edit(Edit(label, apply), self._merge, from_start=True):
            self._context.choice.select([KeyRef(self.ref, knot.frame + actual) for knot in self._grabbed])
        first = self._grabbed[0]
        value = f" · {values[first.frame]:.6g}" if self._before.values else ""
        self._tell(tr("frame {frame}{value}", frame=first.frame + actual, value=value))

    def _limited(self, value: float) -> float:
        spec = PARAMETERS.get(self.ref.name) if self.ref is not None else None
        return value if spec is None else spec.clamp(value)

    def _nudge(self, direction: int) -> None:
        curve = self.curve
        if curve is None or self.ref is None or not curve.values or not self.selected:
            return
        spec = PARAMETERS.get(self.ref.name)
        step = 1.0 if spec is not None and spec.integer else (self.axis.high - self.axis.low) * _NUDGE
        ref = self.ref
        values = {k.frame: self._limited(k.value + direction * step) for k in curve.knots if k.frame in self.selected}

        def apply(timeline: Timeline) -> Timeline:
            for frame, value in values.items():
                timeline = edits.set_value([KeyRef(ref, frame)], value).apply(timeline)
            return timeline

        self._context.document.edit(Edit(tr("Nudge value"), apply), ("nudge value", ref))

    def _hover(self, point: QPointF) -> None:
        curve = self.curve
        held = curve is not None and (
            self._nearest_handle(curve, point) is not None or self._nearest_knot(curve, point) is not None
        )
        self.setCursor(Qt.CursorShape.SizeAllCursor if held else Qt.CursorShape.ArrowCursor)

    def _tell(self, text: str) -> None:
        QToolTip.showText(self.mapToGlobal(self._at.toPoint()), text, self)


def _distance(one: QPointF, other: QPointF) -> float:
    away = one - other
    return float((away.x() ** 2 + away.y() ** 2) ** 0.5)
