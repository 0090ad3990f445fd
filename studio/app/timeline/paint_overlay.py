"""What lies over the lanes: frames out of the range, the playhead, the line of a snap, a box, a tip."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.app.theme import faded, theme
from studio.app.timeline.geometry import HEAD, LABELS
from studio.app.timeline.stage import Stage


def paint_outside(painter: QPainter, stage: Stage, area: QRectF, bottom: float) -> None:
    """Darken what is not played nor rendered, and what lies past the end."""
    colours, frames, scale = theme().colours, stage.timeline.frames, stage.scale
    top = float(stage.layout.ruler)
    shade = faded(colours.window, 0.45)
    for left, right in ((scale.x(0), scale.x(frames.start)), (scale.x(frames.stop), scale.x(scale.length))):
        if right > left:
            painter.fillRect(QRectF(left, top, right - left, bottom - top).intersected(area), shade)


def paint_playhead(painter: QPainter, stage: Stage, bottom: float) -> None:
    """The line at the current frame, with its handle on the ruler."""
    colours = theme().colours
    x = round(stage.scale.x(stage.context.player.frame)) + 0.5
    painter.setPen(QPen(colours.accent, 1))
    painter.drawLine(QLineF(x, 0, x, bottom))
    head = QPainterPath(QPointF(x - HEAD, 0))
    for point in (
        QPointF(x + HEAD, 0),
        QPointF(x + HEAD, LABELS - 10),
        QPointF(x, LABELS - 3),
        QPointF(x - HEAD, LABELS - 10),
    ):
        head.lineTo(point)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(head, colours.accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_overlay(painter: QPainter, stage: Stage, area: QRectF) -> None:
    """What the gesture shows; `area` is all of the lanes."""
    colours, overlay = theme().colours, stage.overlay
    if overlay.line is not None:
        x = round(stage.scale.x(overlay.line)) + 0.5
        painter.setPen(QPen(colours.focus, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, 0, x, area.bottom()))
    if overlay.drop is not None:
        x, top = round(stage.scale.x(overlay.drop)) + 0.5, float(stage.layout.ruler)
        painter.setPen(QPen(colours.focus, 3))
        painter.drawLine(QLineF(x, top, x, area.bottom()))
        painter.fillRect(QRectF(x, top, 3 * HEAD, area.bottom() - top), faded(colours.focus, 0.15))
    if overlay.box is not None:
        painter.setPen(QPen(colours.accent, 1))
        painter.setBrush(faded(colours.accent, 0.12))
        painter.drawRect(overlay.box.adjusted(0.5, 0.5, -0.5, -0.5))
    if overlay.tip:
        draw_tip(painter, overlay.tip, overlay.at, area)


def draw_tip(painter: QPainter, text: str, at: QPointF, area: QRectF) -> None:
    """Draw a few words beside the pointer, within an area."""
    colours = theme().colours
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    place = QRectF(0, 0, QFontMetricsF(font).horizontalAdvance(text) + 16, 24)
    place.moveBottomLeft(at + QPointF(14, -12))
    place.moveLeft(min(max(place.left(), area.left() + 4), area.right() - place.width() - 4))
    place.moveTop(max(place.top(), area.top() + 4))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.line, 1))
    painter.setBrush(colours.raised)
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(colours.text)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
