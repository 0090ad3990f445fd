"""Parameter lanes: the curve drawn small, exactly as the eases have it, and its keys on it."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from studio.app.theme import mixed, theme
from studio.app.timeline.geometry import Heights, Part, Row, seen
from studio.app.timeline.shapes import draw_key, sides
from studio.app.timeline.stage import Stage
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, ParameterTrack
from studio.timeline.track import Keyframe


def course(path: QPainterPath, start: QPointF, ease: Ease, stop: QPointF) -> None:
    """Go on from a key to the next one: an ease is a Bezier curve, so no point between is computed.

    Args:
        path: it stands at the key.
        start: the key.
        ease: its ease.
        stop: the next key.
    """
    if ease.hold:
        path.lineTo(stop.x(), start.y())
        path.lineTo(stop)
    elif ease.linear or start.y() == stop.y():
        path.lineTo(stop)
    else:
        way = stop - start
        path.cubicTo(
            start + QPointF(way.x() * ease.x1, way.y() * ease.y1),
            start + QPointF(way.x() * ease.x2, way.y() * ease.y2),
            stop,
        )


def paint_curve(painter: QPainter, stage: Stage, row: Row, track: ParameterTrack, area: QRectF) -> None:
    """Paint a lane's part in an area."""
    keys = track.track.keys
    if not keys:
        return
    scale, heights = stage.scale, Heights.of(track)
    top = stage.layout.ruler + row.top - stage.scrolled
    shown = seen(track.track, scale.exact(area.left()), scale.exact(area.right()) + 1)
    points = [QPointF(scale.x(keys[place].frame), top + heights.y(keys[place].value)) for place in shown]
    path = QPainterPath(points[0])
    if shown.start == 0:
        path = QPainterPath(_before(stage, track, points[0], top, heights))
        _run(path, stage, keys[-1], points[0])
    bars = []
    for place, (here, there) in zip(shown, itertools.pairwise(points), strict=False):
        course(path, here, keys[place].ease, there)
        if keys[place].value == keys[place + 1].value:
            bars.append(QLineF(here, there))
    if shown.stop == len(keys):
        end = QPointF(scale.x(keys[0].frame + scale.length), top + heights.y(keys[0].value))
        _run(path, stage, keys[-1], end if stage.timeline.loop else QPointF(end.x(), points[-1].y()))
    painter.save()
    whole = QRectF(scale.x(0), top + 1, scale.x(scale.length) - scale.x(0), row.height - 2)
    painter.setClipRect(whole, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = theme().colours
    line = colours.disabled if track.muted else mixed(colours.muted, colours.text, 0.3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if bars:
        painter.setPen(QPen(mixed(colours.lane, line, 0.4), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLines(bars)
    painter.setPen(QPen(line, 1.5))
    painter.drawPath(path)
    painter.restore()
    _keys(painter, stage, track, shown, points)


def _before(stage: Stage, track: ParameterTrack, first: QPointF, top: float, heights: Heights) -> QPointF:
    """Where the line begins that comes to the first key: the last key, once round, in a loop."""
    last = track.track.keys[-1]
    if stage.timeline.loop and len(track.track.keys) > 1:
        return QPointF(stage.scale.x(last.frame - stage.scale.length), top + heights.y(last.value))
    return QPointF(min(stage.scale.x(0), first.x()), first.y())


def _run(path: QPainterPath, stage: Stage, last: Keyframe[float], stop: QPointF) -> None:
    """From the last key to the first one of the next round, in a loop; else straight on."""
    course(path, path.currentPosition(), last.ease if stage.timeline.loop else Ease.LINEAR, stop)


def _keys(painter: QPainter, stage: Stage, track: ParameterTrack, shown: range, points: list[QPointF]) -> None:
    colours = theme().colours
    chosen = stage.context.choice.keys
    hovered = stage.hovered.key if stage.hovered and stage.hovered.part is Part.KEY else None
    plain = colours.disabled if track.muted else mixed(colours.muted, colours.text, 0.25)
    for place, at in zip(shown, points, strict=True):
        ref = KeyRef(track.ref, track.track.keys[place].frame)
        selected = ref in chosen
        inside, edge = (colours.text, colours.selection) if selected else (plain, colours.lane)
        draw_key(painter, at, sides(track.track, place), inside, edge, large=selected or ref == hovered)
