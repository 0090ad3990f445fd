"""Painting the score lane: a line of the guide and a dashed one of the witness for every prompt, and warnings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from studio.app.frames import Status
from studio.app.icons import draw
from studio.app.theme import faded, mixed, theme
from studio.app.timeline.score_curves import STEP, at, points
from studio.app.timeline.stage import Stage
from studio.app.timeline.statuses import Statuses
from studio.score.fooled import Span
from studio.score.standing import Floats
from studio.witness.series import Scores

TOP, BOTTOM = 8, 5
"""Pixels above the highest score that is drawn, and below 0 %."""

HIGHEST = 1.3
"""The score at the top; what is higher is drawn there."""

_DASH = (4, 2)  # steps drawn, and left out
_FEW = 8  # prompts, of which each is drawn where no frame asks for it too
_LEAST = 0.015  # a line that lies lower all the way is on the ground and not drawn


def height_of(value: float, height: float) -> float:
    """How far below the top of the lane a score lies, in pixels."""
    kept = min(max(value, 0.0), HIGHEST)
    return TOP + (HIGHEST - kept) / HIGHEST * (height - TOP - BOTTOM)


def paint_scores(
    painter: QPainter,
    stage: Stage,
    scores: Scores | None,
    colours: dict[str, QColor],
    area: QRectF,
) -> None:
    """Paint all but the playhead, the pointer and what tells which frames are stale.

    Args:
        painter: on the lane.
        stage: where frames lie.
        scores: what is known; None for nothing.
        colours: of the prompts, as on their cards.
        area: all of the lane.
    """
    palette, scale = theme().colours, stage.scale
    painter.fillRect(area, palette.panel)
    left, right = max(scale.x(0), area.left()), min(scale.x(scale.length), area.right())
    lane = QRectF(left, area.top(), max(right - left, 0), area.height())
    painter.fillRect(lane, palette.lane)
    painter.save()
    painter.setClipRect(lane)
    _levels(painter, lane)
    if scores is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in scores.fooled:
            _hatch(painter, stage, span, area)
        _lines(painter, stage, scores, colours, area.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for span in scores.fooled:
            _sign(painter, stage, span, area)
    painter.restore()
    _shade(painter, stage, area)
    for y in (area.top(), area.bottom() - 1):
        painter.fillRect(QRectF(area.left(), y, area.width(), 1), palette.border)


def paint_pointer(
    painter: QPainter, stage: Stage, scores: Scores | None, frame: int, colours: dict[str, QColor], height: float
) -> None:
    """A hairline at the frame under the pointer, with a dot on every line of the guide."""
    palette = theme().colours
    x = round(stage.scale.x(frame)) + 0.5
    painter.setPen(QPen(faded(palette.text, 0.35), 1))
    painter.drawLine(QLineF(x, 0, x, height))
    if scores is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    asked = scores.asked[frame] if frame < len(scores.asked) else np.zeros(len(scores.prompts), np.bool_)
    for name, value, wanted in zip(scores.prompts, at(scores.guide.seen, frame).tolist(), asked.tolist(), strict=True):
        if wanted and not np.isnan(value):
            painter.setPen(QPen(palette.lane, 1))
            painter.setBrush(_colour(name, colours))
            painter.drawEllipse(QPointF(x, height_of(value, height)), 3.5, 3.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _lines(painter: QPainter, stage: Stage, scores: Scores, colours: dict[str, QColor], height: float) -> None:
    """What a frame asks for is drawn strong, with its area; the rest is a thin line, so that it does not distract."""
    guide = points(scores.guide.seen, stage.scale)
    witness = None if scores.witness is None else points(scores.witness.seen, stage.scale)
    wanted = points(scores.asked.astype(np.float32), stage.scale).y > 0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the lines cover the edges
    for place, name in enumerate(scores.prompts):
        colour = _colour(name, colours)
        for run in _runs(np.where(wanted[:, place], guide.y[:, place], np.nan)):
            _area(painter, guide.x[run], guide.y[run, place], colour, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, name in enumerate(scores.prompts):
        colour = _colour(name, colours)
        values, mask = guide.y[:, place], wanted[:, place]
        if len(scores.prompts) <= _FEW:
            _stroke(painter, guide.x, np.where(mask, np.nan, values), QPen(faded(colour, 0.3), 1), height)
        _stroke(painter, guide.x, np.where(mask, values, np.nan), QPen(colour, 1.75), height)
        if witness is not None:
            pen = QPen(mixed(colour, theme().colours.text, 0.25), 1.5)
            dashed = np.where(mask, witness.y[:, place], np.nan)
            _stroke(painter, witness.x, dashed, pen, height, first=witness.first)


def _stroke(
    painter: QPainter, x: Floats, values: Floats, pen: QPen, height: float, *, first: int | None = None
) -> None:
    """A line through values; with `first`, a dashed one. Dashes are cut here: Qt's own take ten times as long."""
    path = QPainterPath()
    for run in _runs(values):
        part = values[run]
        if float(part.max()) < _LEAST:
            continue
        spots = [QPointF(px, height_of(py, height)) for px, py in zip(x[run].tolist(), part.tolist(), strict=True)]
        if first is None:
            _join(path, spots)
            continue
        on, off = _DASH
        phase = (first + run.start) % (on + off)
        begin = -phase
        while begin < len(spots):
            _join(path, spots[max(begin, 0) : max(begin + on + 1, 0)])
            begin += on + off
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPath(path)


def _join(path: QPainterPath, spots: list[QPointF]) -> None:
    if len(spots) == 1:
        path.moveTo(spots[0])
        path.lineTo(spots[0] + QPointF(STEP, 0))
        return
    for place, spot in enumerate(spots):
        if place:
            path.lineTo(spot)
        else:
            path.moveTo(spot)


def _area(painter: QPainter, x: Floats, values: Floats, colour: QColor, height: float) -> None:
    ground = height_of(0, height)
    path = QPainterPath(QPointF(float(x[0]), ground))
    for px, py in zip(x.tolist(), values.tolist(), strict=True):
        path.lineTo(px, height_of(py, height))
    path.lineTo(float(x[-1]), ground)
    painter.fillPath(path, faded(colour, 0.2))


def _runs(values: Floats) -> Iterator[slice]:
    """Where there are values, from gap to gap."""
    there = np.isfinite(values).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there, [0]]))).tolist()
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(start, stop)


def _levels(painter: QPainter, lane: QRectF) -> None:
    """Fine lines at 0, 50 and 100 %."""
    palette = theme().colours
    for value in (0.0, 0.5, 1.0):
        y = round(height_of(value, lane.height())) + 0.5
        painter.setPen(QPen(palette.line if value else mixed(palette.line, palette.muted, 0.35), 1))
        painter.drawLine(QLineF(lane.left(), y, lane.right(), y))


def _hatch(painter: QPainter, stage: Stage, span: Span, area: QRectF) -> None:
    palette = theme().colours
    place = _place(stage, span, area)
    painter.fillRect(place, faded(palette.warning, 0.16))
    brush = QBrush(faded(palette.warning, 0.75), Qt.BrushStyle.BDiagPattern)
    painter.setBrushOrigin(QPointF(stage.scale.x(0), 0))
    painter.fillRect(place, brush)


def _sign(painter: QPainter, stage: Stage, span: Span, area: QRectF) -> None:
    palette = theme().colours
    place = _place(stage, span, area)
    painter.fillRect(QRectF(place.left(), area.top(), place.width(), 3), palette.warning)
    if place.width() >= 20:
        at = QRectF(max(place.left(), area.left()) + 2, area.top() + 5, 14, 14)
        if at.right() < place.right():
            painter.fillRect(at.adjusted(-1, -1, 1, 1), faded(palette.lane, 0.8))
            draw(painter, "triangle-alert", at, palette.warning)


def _place(stage: Stage, span: Span, area: QRectF) -> QRectF:
    left, right = stage.scale.x(span.start), stage.scale.x(span.stop)
    return QRectF(left, area.top(), max(right - left, 3.0), area.height() - 1)


def paint_stale(painter: QPainter, stage: Stage, statuses: Statuses, area: QRectF) -> None:
    """Frames whose pictures show what the timeline said before are faint, as on the strip of frames."""
    veil = faded(theme().colours.lane, 0.5)
    for run in statuses.runs(stage.scale):
        if run.status is Status.STALE:
            painter.fillRect(QRectF(run.start, area.top(), run.stop - run.start, area.height()), veil)


def _shade(painter: QPainter, stage: Stage, area: QRectF) -> None:
    """What lies out of the range is darker, as in the lanes above."""
    frames, scale = stage.timeline.frames, stage.scale
    shade = faded(theme().colours.window, 0.45)
    for left, right in ((scale.x(0), scale.x(frames.start)), (scale.x(frames.stop), scale.x(scale.length))):
        if right > left:
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()).intersected(area), shade)


def _colour(name: str, colours: dict[str, QColor]) -> QColor:
    return colours.get(name, theme().colours.muted)
