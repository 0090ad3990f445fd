"""The ruler: numbers, seconds, markers, the range with its handles, and what is rendered."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.app.frames import Status
from studio.app.theme import faded, mixed, theme
from studio.app.timeline.captions import cut
from studio.app.timeline.geometry import BAND, BAR, HEAD, LABELS, Part, marker_width
from studio.app.timeline.stage import Stage
from studio.app.timeline.statuses import Statuses
from studio.app.timeline.ticks import seconds_text, step
from studio.timeline.model import Marker

_THICK = 4  # pixels of the bar


def paint_ruler(painter: QPainter, stage: Stage, statuses: Statuses, area: QRectF) -> None:
    """Paint the part of the ruler that lies in an area."""
    colours = theme().colours
    height = stage.layout.ruler
    painter.fillRect(QRectF(area.left(), 0, area.width(), height), colours.panel)
    _range(painter, stage, height)
    _numbers(painter, stage, area)
    for marker in stage.timeline.markers:
        if area.left() - 130 <= stage.scale.x(marker.frame) <= area.right() + 10:
            _marker(painter, stage, marker)
    _bar(painter, stage, statuses, height - _THICK, area)
    _handles(painter, stage, height)
    painter.fillRect(QRectF(area.left(), height - 1, area.width(), 1), colours.border)


def small(font: QFont) -> QFont:
    """The font of numbers on the ruler."""
    made = QFont(font)
    made.setPixelSize(11)
    return made


def marker_colour(marker: Marker) -> QColor:
    """The colour of a marker, the theme's own where it names none that the screen understands."""
    named = QColor(marker.colour) if marker.colour else QColor()
    return named if named.isValid() else theme().colours.warning


def _numbers(painter: QPainter, stage: Stage, area: QRectF) -> None:
    colours, scale, rate = theme().colours, stage.scale, stage.timeline.rate
    major, minor = step(rate, scale.frame_width)
    painter.setFont(small(painter.font()))
    metrics = QFontMetricsF(painter.font())
    first = max(0, int(scale.exact(area.left() - 80)))
    last = min(scale.length, int(scale.exact(area.right())) + 2)
    if minor:
        painter.setPen(colours.line)
        begin = first // minor * minor
        painter.drawLines(
            [QLineF(scale.x(each), LABELS - 4, scale.x(each), LABELS) for each in range(begin, last, minor)]
        )
    now = stage.context.player.frame
    for frame in range(first // major * major, last, major):
        x = scale.x(frame)
        painter.setPen(mixed(colours.line, colours.muted, 0.5))
        painter.drawLine(QLineF(x, LABELS - 8, x, LABELS))
        text, seconds = str(frame), seconds_text(rate, frame)
        width, wide = metrics.horizontalAdvance(text), metrics.horizontalAdvance(seconds)
        begins = x + (HEAD + 3 if frame == now else 4)
        if frame != now and _covered(scale.x(now), begins, begins + width):
            continue
        painter.setPen(colours.muted)
        painter.drawText(QPointF(begins, 13), text)
        after = begins + width + 4
        fits = after + wide <= scale.width and after + wide + 8 - x < major * scale.frame_width
        if frame and seconds and fits and (frame == now or not _covered(scale.x(now), after, after + wide)):
            painter.setPen(colours.disabled)
            painter.drawText(QPointF(after, 13), seconds)


def _covered(playhead: float, left: float, right: float) -> bool:
    """Whether the playhead's handle lies over words: they are left out rather than cut."""
    return left - 1 < playhead + HEAD and playhead - HEAD < right + 1


def _marker(painter: QPainter, stage: Stage, marker: Marker) -> None:
    colour = marker_colour(marker)
    hovered = stage.hovered is not None and (stage.hovered.part, stage.hovered.frame) == (Part.MARKER, marker.frame)
    x, top = stage.scale.x(marker.frame), float(LABELS)
    later = [each.frame for each in stage.timeline.markers if each.frame > marker.frame]
    room = stage.scale.x(later[0]) - x - 4 if later else 1e9
    width = min(marker_width(marker.name), room)
    if marker.name and width > 16:
        flag = QRectF(x, top + 1, width, BAND - 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(colour, 0.45 if hovered else 0.3))
        painter.drawRoundedRect(flag, 3, 3)
        painter.setFont(small(painter.font()))
        painter.setPen(theme().colours.text)
        painter.drawText(
            flag.adjusted(7, -1, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), cut(marker.name, width - 9, painter.font())
        )
    pin = QPainterPath(QPointF(x - 4, top + 1))
    for point in (
        QPointF(x + 4, top + 1),
        QPointF(x + 4, top + 8),
        QPointF(x, top + BAND - 2),
        QPointF(x - 4, top + 8),
    ):
        pin.lineTo(point)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(pin, colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _range(painter: QPainter, stage: Stage, height: int) -> None:
    colours, frames = theme().colours, stage.timeline.frames
    left, right = stage.scale.x(frames.start), stage.scale.x(frames.stop)
    shown = colours.raised if stage.timeline.range is not None else mixed(colours.panel, colours.raised, 0.5)
    painter.fillRect(QRectF(left, height - BAR, right - left, BAR - _THICK), shown)


def _handles(painter: QPainter, stage: Stage, height: int) -> None:
    colours, frames = theme().colours, stage.timeline.frames
    hovered = stage.hovered.part if stage.hovered else None
    for part, x, sign in ((Part.IN, stage.scale.x(frames.start), 1), (Part.OUT, stage.scale.x(frames.stop), -1)):
        strong = hovered is part or stage.timeline.range is not None
        colour = colours.accent if hovered is part else colours.text if strong else colours.disabled
        bracket = QPainterPath(QPointF(x, height - BAR))
        bracket.lineTo(x + sign * 7, height - BAR)
        bracket.lineTo(x, height)
        bracket.closeSubpath()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(bracket, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _bar(painter: QPainter, stage: Stage, statuses: Statuses, top: float, area: QRectF) -> None:
    colours, scale = theme().colours, stage.scale
    plain = {Status.FINAL: colours.rendered, Status.DRAFT: colours.draft}
    job, live = stage.context.rendering.running, stage.context.rendering.live
    coming = None if job is None else job.frames or job.project.timeline.frames
    wanted = Status.FINAL if job is None or job.quality == "final" else Status.DRAFT
    for run in statuses.runs(scale):
        start, stop = max(run.start, area.left() - 8), min(run.stop, area.right() + 8)
        if stop <= start:
            continue
        if run.status in plain:
            painter.fillRect(QRectF(start, top, stop - start, _THICK), plain[run.status])
        else:
            stale = run.status is Status.STALE
            pen = QPen(colours.stale if stale else colours.line, 2)
            if stale:
                pen.setDashPattern([2, 1.5])
                # Dashes begin where the run does, so that a part of it that is painted again fits.
                pen.setDashOffset((start - run.start) / 2)
            painter.setPen(pen)
            painter.drawLine(QLineF(start, top + _THICK / 2, stop, top + _THICK / 2))
        if coming is not None and run.status < wanted:
            left, right = max(start, scale.x(coming.start)), min(stop, scale.x(coming.stop))
            if right > left:
                painter.fillRect(QRectF(left, top, right - left, _THICK), faded(colours.rendering, 0.4))
    if live is not None:
        share = live.step / live.steps if live.steps else 0.0
        left, width = scale.x(live.frame), max(scale.frame_width, 6.0)
        painter.fillRect(QRectF(left, top - 1, width, _THICK + 1), faded(colours.rendering, 0.5))
        painter.fillRect(QRectF(left, top - 1, max(2.0, width * share), _THICK + 1), colours.rendering)
