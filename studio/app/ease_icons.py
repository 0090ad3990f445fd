"""Eases as small pictures of their curves."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPen

from studio.app.icons import DrawnIcon
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
    return QIcon(DrawnIcon(functools.partial(_curve, Ease.parse(name))))


def _curve(ease: Ease, painter: QPainter, rect: QRectF, disabled: bool, on: bool) -> None:
    colours = theme().colours
    colour = colours.disabled if disabled else colours.accent_text if on else colours.text
    unit = rect.width() / 18  # drawn on 18 by 18, whatever the pixels of the screen
    area = rect.adjusted(2 * unit, 4 * unit, -2 * unit, -3 * unit)

    def at(time: float, level: float) -> QPointF:
        return QPointF(area.left() + time * area.width(), area.bottom() - level * area.height())

    path = QPainterPath(at(0, 0))
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
