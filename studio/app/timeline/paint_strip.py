"""The strip of frames: small pictures of what is rendered, faded where a picture is not the frame's own."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from studio.app.frames import Status
from studio.app.theme import faded, mixed, theme
from studio.app.timeline.stage import Stage

MARGIN = 4
"""Pixels above and below the pictures."""

_WIDER = 1.34  # how much wider than its picture a cell may be and still be filled by it


def cells(stage: Stage, height: float, first: float, last: float) -> list[tuple[int, QRectF]]:
    """The frames that have a picture between two x, each with its place; y counts from the top of the pictures.

    They stand on multiples of a step, so that scrolling never changes which frames are shown.
    """
    scale, project = stage.scale, stage.context.document.project
    wide = height * project.width / project.height
    step = max(1, round(wide / scale.frame_width))
    width = step * scale.frame_width
    shown = width if width <= wide * _WIDER else wide
    start = max(0, int(scale.exact(first))) // step * step
    stop = min(scale.length, int(scale.exact(last)) + 1)
    end = scale.x(scale.length)
    return [
        (frame, QRectF(scale.x(frame), 0, min(shown, end - scale.x(frame)), height))
        for frame in range(start, stop, step)
    ]


def paint_strip(painter: QPainter, stage: Stage, top: float, height: float, area: QRectF) -> None:
    """Paint the strip's part in an area."""
    colours, context = theme().colours, stage.context
    ratio = painter.device().devicePixelRatio()
    inner = height - 2 * MARGIN
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for frame, place in cells(stage, inner, area.left(), area.right()):
        target = place.translated(0, top + MARGIN).adjusted(0, 0, -1, 0)
        if target.right() < area.left():
            continue
        shown = context.frames.shown(frame)
        image = None
        if shown is not None:
            wanted = inner * max(1.0, target.width() / (inner * _aspect(stage)))
            image = context.pictures.image(shown.path, round(wanted * ratio))
        if image is None or shown is None:
            painter.fillRect(target, mixed(colours.lane, colours.raised, 0.5))
            continue
        painter.drawImage(target, image, _covering(image, target))
        if shown.frame != frame:
            painter.fillRect(target, faded(colours.lane, 0.68))
        elif shown.status is Status.STALE:
            painter.fillRect(target, faded(colours.lane, 0.4))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _aspect(stage: Stage) -> float:
    project = stage.context.document.project
    return project.width / project.height


def _covering(image: QImage, target: QRectF) -> QRectF:
    """The middle part of the image that has the target's proportions."""
    width, height = float(image.width()), float(image.height())
    scale = min(width / target.width(), height / target.height())
    part = QRectF(0, 0, target.width() * scale, target.height() * scale)
    part.moveCenter(QRectF(0, 0, width, height).center())
    return part
