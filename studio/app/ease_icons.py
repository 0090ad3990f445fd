"""Eases as small pictures of their curves."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap

from studio.app.texts import tr
from studio.app.theme import theme
from studio.timeline.easing import Ease


def ease_choices() -> tuple[tuple[str, str, str], ...]:
    """(name, text, help) of the eases that one may choose by name."""
    return (
        ("hold", tr("Hold"), tr("Hold: stay until the next key")),
        ("linear", tr("Linear"), tr("Linear: go straight to the next key")),
        ("in", tr("Ease in"), tr("Ease in: begin slowly")),
        ("out", tr("Ease out"), tr("Ease out: end slowly")),
        ("both", tr("Ease both"), tr("Ease both: begin and end slowly")),
        ("overshoot", tr("Overshoot"), tr("Overshoot: go a little too far, and come back")),
    )


def ease_icon(name: str) -> QIcon:
    """The curve of the ease of that name; it follows the theme."""
    return QIcon(_Engine(Ease.parse(name)))


class _Engine(QIconEngine):
    def __init__(self, ease: Ease) -> None:
        super().__init__()
        self._ease = ease

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        colours = theme().colours
        colour = colours.accent_text if state == QIcon.State.On else colours.text
        if mode == QIcon.Mode.Disabled:
            colour = colours.disabled
        unit = rect.width() / 18  # drawn on 18 by 18, whatever the pixels of the screen
        area = QRectF(rect).adjusted(2 * unit, 4 * unit, -2 * unit, -3 * unit)

        def at(time: float, level: float) -> QPointF:
            return QPointF(area.left() + time * area.width(), area.bottom() - level * area.height())

        path = QPainterPath(at(0, 0))
        ease = self._ease
        if ease.hold:
            path.lineTo(at(1, 0))
            path.lineTo(at(1, 1))
        else:
            path.cubicTo(at(ease.x1, ease.y1), at(ease.x2, ease.y2), at(1, 1))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour, 1.6 * unit)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._ease)
