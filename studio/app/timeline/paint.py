"""Painting an area of the lanes, from the ground up."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from studio.app.texts import tr
from studio.app.theme import mixed, theme
from studio.app.timeline.geometry import Row
from studio.app.timeline.paint_cards import paint_cards
from studio.app.timeline.paint_curves import paint_curve
from studio.app.timeline.paint_overlay import paint_outside, paint_overlay, paint_playhead
from studio.app.timeline.paint_ruler import paint_ruler
from studio.app.timeline.paint_strip import paint_strip
from studio.app.timeline.prompt_colours import prompt_colours
from studio.app.timeline.stage import Stage
from studio.app.timeline.statuses import Statuses
from studio.timeline.model import PromptTrack


def paint(painter: QPainter, stage: Stage, statuses: Statuses, area: QRectF, whole: QRectF) -> None:
    """Paint what lies in an area.

    Args:
        painter: on the lanes.
        stage: what to paint.
        statuses: what is rendered.
        area: what is out of date.
        whole: all of the lanes.
    """
    ruler = stage.layout.ruler
    painter.setClipRect(QRectF(area.left(), max(area.top(), ruler), area.width(), area.bottom() - ruler))
    painter.fillRect(area, theme().colours.panel)
    colours = prompt_colours(stage.timeline)
    for row in stage.layout.rows:
        top = ruler + row.top - stage.scrolled
        if top < area.bottom() and top + row.height > max(ruler, area.top()):
            _row(painter, stage, row, top, colours, area)
    bottom = min(whole.bottom(), ruler + stage.layout.height - stage.scrolled)
    paint_outside(painter, stage, area, bottom)
    painter.setClipRect(area)
    if area.top() < ruler:
        paint_ruler(painter, stage, statuses, area)
    paint_playhead(painter, stage, whole.bottom())
    paint_overlay(painter, stage, whole)
    painter.setClipping(False)


def _row(painter: QPainter, stage: Stage, row: Row, top: float, colours: dict[str, QColor], area: QRectF) -> None:
    palette, scale = theme().colours, stage.scale
    current = row.ref is not None and row.ref == stage.current
    ground = mixed(palette.lane, palette.raised, 0.3) if current else palette.lane
    left, right = max(scale.x(0), area.left()), min(scale.x(scale.length), area.right())
    painter.fillRect(QRectF(left, top, max(right - left, 0), row.height), ground)
    if row.ref is None:
        paint_strip(painter, stage, top, row.height, area)
    else:
        track = stage.timeline.find(row.ref)
        if not track.track.keys:
            _invite(painter, stage, row, top, prompt=isinstance(track, PromptTrack))
        elif isinstance(track, PromptTrack):
            paint_cards(painter, stage, row, track, colours, area)
        else:
            paint_curve(painter, stage, row, track, area)
    painter.fillRect(QRectF(area.left(), top + row.height - 1, area.width(), 1), palette.border)


def _invite(painter: QPainter, stage: Stage, row: Row, top: float, *, prompt: bool) -> None:
    """An empty track says how it is filled."""
    font = QFont(painter.font())
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(theme().colours.muted)
    text = tr("Double-click to write a prompt") if prompt else tr("Double-click to add a key")
    room = QRectF(max(stage.scale.x(0), 0) + 12, top, 400, row.height)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
