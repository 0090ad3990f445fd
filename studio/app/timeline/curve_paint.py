"""Painting the curve editor: the grid of values, the curve, handles, keys, and what a gesture shows."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QLinearGradient, QPainter, QPainterPath, QPen

from studio.app.texts import tr
from studio.app.theme import faded, mixed, theme
from studio.app.timeline.curve_board import Board
from studio.app.timeline.curve_gestures import Numbers
from studio.app.timeline.curve_shape import Curve, Segment
from studio.app.timeline.paint_curves import course
from studio.app.timeline.paint_overlay import draw_tip
from studio.app.timeline.prompt_colours import prompt_colours, prompt_text
from studio.app.timeline.shapes import Side, draw_key, sides
from studio.app.timeline.ticks import step
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack

_GRIP = 4.0  # radius of a handle
_ROOM = 12  # pixels left and right of what is visible in which keys still show; a key takes no more


def paint(painter: QPainter, board: Board, whole: QRectF) -> None:
    """Paint all of the plot."""
    colours, scale = theme().colours, board.scale
    painter.fillRect(whole, colours.panel)
    left, right = max(scale.x(0), whole.left()), min(scale.x(scale.length), whole.right())
    painter.fillRect(QRectF(left, 0, max(right - left, 0), whole.height()), colours.lane)
    _frames(painter, board, whole)
    _values(painter, board, whole)
    curve = board.curve
    if curve is None or not curve.knots:
        _invite(painter, board, whole)
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _curve(painter, board, curve, whole)
        _handles(painter, board)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        _keys(painter, board, curve, whole)
    frames = board.timeline.frames
    for start, stop in ((scale.x(0), scale.x(frames.start)), (scale.x(frames.stop), scale.x(scale.length))):
        if stop > start:
            painter.fillRect(QRectF(start, 0, stop - start, whole.height()), faded(colours.window, 0.45))
    x = round(scale.x(board.context.player.frame)) + 0.5
    painter.setPen(QPen(colours.accent, 1))
    painter.drawLine(QLineF(x, 0, x, whole.height()))
    _overlay(painter, board, whole)


def paint_numbers(painter: QPainter, board: Board, whole: QRectF) -> None:
    """Paint the numbers of the axis, left of the plot."""
    colours, numbers = theme().colours, Numbers.of(board)
    painter.fillRect(whole, colours.panel)
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    painter.setPen(colours.muted)
    for value in board.axis.lines() if board.curve is not None else ():
        room = QRectF(whole.left(), board.axis.y(value) - 8, whole.width() - 6, 16)
        if whole.top() <= room.top() and room.bottom() <= whole.bottom():
            aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, int(aligned), numbers.text(value))
    painter.fillRect(QRectF(whole.right() - 1, whole.top(), 1, whole.height()), colours.border)


def _frames(painter: QPainter, board: Board, whole: QRectF) -> None:
    """Lines below the numbers of the ruler."""
    scale = board.scale
    apart, _ = step(board.timeline.rate, scale.frame_width)
    painter.setPen(QPen(faded(theme().colours.line, 0.5), 1))
    visible = scale.visible
    for frame in range(visible.start // apart * apart, visible.stop, apart):
        x = round(scale.x(frame)) + 0.5
        painter.drawLine(QLineF(x, 0, x, whole.height()))


def _values(painter: QPainter, board: Board, whole: QRectF) -> None:
    """Lines at round values; what the renderer does not reach is shaded."""
    colours, axis, spec = theme().colours, board.axis, board.spec
    if spec is not None:
        for top, bottom in ((0.0, axis.y(spec.maximum)), (axis.y(spec.minimum), whole.height())):
            if bottom > top:
                painter.fillRect(QRectF(whole.left(), top, whole.width(), bottom - top), faded(colours.window, 0.4))
    painter.setPen(QPen(colours.line, 1))
    for value in axis.lines():
        y = round(axis.y(value)) + 0.5
        painter.drawLine(QLineF(whole.left(), y, whole.right(), y))


def _invite(painter: QPainter, board: Board, whole: QRectF) -> None:
    font = QFont(painter.font())
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(theme().colours.muted)
    text = tr("Add a parameter track to draw its curve")
    if board.ref is not None:
        text = tr("Double-click to add a key") if board.ref.kind == "parameter" else tr("This track has no prompt yet")
    painter.drawText(whole, int(Qt.AlignmentFlag.AlignCenter), text)


def _curve(painter: QPainter, board: Board, curve: Curve, whole: QRectF) -> None:
    colours = theme().colours
    track = board.track
    plain = colours.disabled if track is not None and track.muted else mixed(colours.muted, colours.text, 0.5)
    chosen = {key.frame for key in board.chosen}
    painter.save()
    ends = QRectF(board.scale.x(0), 0, board.scale.x(board.scale.length) - board.scale.x(0), whole.height())
    painter.setClipRect(ends, Qt.ClipOperation.IntersectClip)
    tints = _tints(board)
    for part in curve.segments:
        for shift in sorted({0, part.shift}):
            start = QPointF(*board.point(part.start + shift, part.low))
            stop = QPointF(*board.point(part.stop + shift, part.high))
            if stop.x() < whole.left() or start.x() > whole.right():
                continue
            active = part.start in chosen or part.stop + part.shift in chosen
            path = QPainterPath(start)
            course(path, start, part.ease, stop)
            brush = QBrush(plain) if tints is None else _blend(part, start, stop, tints)
            painter.setPen(QPen(brush, 2.0 if active else 1.5))
            painter.drawPath(path)
    if not board.timeline.loop and curve.values:
        painter.setPen(QPen(plain, 1.5, Qt.PenStyle.DotLine))
        first, last = curve.knots[0], curve.knots[-1]
        for here, x in ((first, ends.left()), (last, ends.right())):
            at = QPointF(*board.point(here.frame, here.value))
            if abs(x - at.x()) > _ROOM:  # a dot beside the key, or below it, would look like a speck
                painter.drawLine(at, QPointF(x, at.y()))
    painter.restore()


def _tints(board: Board) -> dict[int, QColor] | None:
    """On a prompt track, the colour of each key's prompt."""
    track = board.track
    if not isinstance(track, PromptTrack):
        return None
    known = prompt_colours(board.timeline)
    return {key.frame: known[prompt_text(key.value)] for key in track.track.keys}


def _blend(part: Segment, start: QPointF, stop: QPointF, tints: dict[int, QColor]) -> QBrush:
    """From the colour of one prompt to that of the next."""
    gradient = QLinearGradient(start, stop)
    gradient.setColorAt(0, tints[part.start])
    gradient.setColorAt(1, tints[part.stop + part.shift])
    return QBrush(gradient)


def _handles(painter: QPainter, board: Board) -> None:
    colours = theme().colours
    for handle in board.handles:
        anchor, at = QPointF(*board.point(*handle.anchor)), QPointF(*board.grip(handle))
        hovered = board.hovered.handle
        near = hovered is not None and (hovered.frame, hovered.end) == (handle.frame, handle.end)
        painter.setPen(QPen(colours.muted, 1.25))
        painter.drawLine(anchor, at)
        painter.setPen(QPen(colours.lane, 1.5))
        painter.setBrush(colours.accent if near else mixed(colours.muted, colours.text, 0.6))
        painter.drawEllipse(at, _GRIP + near, _GRIP + near)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _keys(painter: QPainter, board: Board, curve: Curve, whole: QRectF) -> None:
    colours, chosen = theme().colours, board.chosen
    track = board.track
    tints = _tints(board)
    if track is None:
        return
    for place, knot in enumerate(curve.knots):
        at = QPointF(*board.point(knot.frame, knot.value))
        if not whole.left() - _ROOM <= at.x() <= whole.right() + _ROOM:
            continue
        key = KeyRef(curve.ref, knot.frame)
        plain = mixed(colours.muted, colours.text, 0.6) if tints is None else tints[knot.frame]
        inside, edge = (colours.text, colours.selection) if key in chosen else (plain, colours.lane)
        draw_key(painter, at, _sides(track, place), inside, edge, large=key in chosen or key == board.hovered.key)


def _sides(track: PromptTrack | ParameterTrack, place: int) -> tuple[Side, Side]:
    if isinstance(track, PromptTrack):
        return sides(track.track, place)
    return sides(track.track, place)


def _overlay(painter: QPainter, board: Board, whole: QRectF) -> None:
    colours, overlay = theme().colours, board.overlay
    if overlay.line is not None:
        x = round(board.scale.x(overlay.line)) + 0.5
        painter.setPen(QPen(colours.focus, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, 0, x, whole.height()))
    if overlay.box is not None:
        painter.setPen(QPen(colours.accent, 1))
        painter.setBrush(faded(colours.accent, 0.12))
        painter.drawRect(overlay.box.adjusted(0.5, 0.5, -0.5, -0.5))
    if overlay.tip:
        draw_tip(painter, overlay.tip, overlay.at, whole)
