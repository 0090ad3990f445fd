"""Keys as they are drawn: each side shaped by the ease on it, kept as small pictures because there may be hundreds."""

from __future__ import annotations

import functools
from enum import Enum, auto
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from studio.timeline.easing import Ease
from studio.timeline.track import Track

RADIUS = 6.0
"""Half the width of a key, in pixels."""

_ROOM = 10  # half the side of a key's picture: its outline, and the greater size of a selected one
_FLAT = 0.05

T = TypeVar("T")


class Side(Enum):
    """The shape of one half of a key."""

    LINEAR = auto()
    """A corner: it goes straight."""

    HOLD = auto()
    """A square: it stays until the next key."""

    EASED = auto()
    """Round: it leaves or arrives slowly."""

    OVERSHOOT = auto()
    """Hollow, as a star's point: it goes beyond."""


def leaving(ease: Ease) -> Side:
    """The right half of a key with that ease."""
    return Side.HOLD if ease.hold else _side(ease.x1, ease.y1)


def arriving(ease: Ease) -> Side:
    """The left half of a key that is reached by that ease."""
    return Side.HOLD if ease.hold else _side(1 - ease.x2, 1 - ease.y2)


def sides(track: Track[T], place: int) -> tuple[Side, Side]:
    """Left and right half of the key at a place in `track.keys`; the first key is the same on both sides."""
    right = leaving(track.keys[place].ease)
    return (arriving(track.keys[place - 1].ease) if place else right), right


def outline(left: Side, right: Side, radius: float = RADIUS) -> QPainterPath:
    """The shape around the point (0, 0)."""
    path = QPainterPath(QPointF(0, -radius))
    _half(path, right, radius, 1)
    _half(path, left, radius, -1)
    path.closeSubpath()
    return path


def draw_key(
    painter: QPainter, at: QPointF, shape: tuple[Side, Side], colour: QColor, edge: QColor, *, large: bool = False
) -> None:
    """Draw a key around a point.

    Args:
        painter: on what.
        at: its middle.
        shape: left and right half.
        colour: of its inside.
        edge: of its outline.
        large: whether it stands out: it is selected, or under the pointer.
    """
    ratio = painter.device().devicePixelRatio()
    made = _picture(shape, colour.rgba(), edge.rgba(), large, ratio)
    # On whole device pixels, so that it stays sharp.
    painter.drawPixmap(QPointF(round((at.x() - _ROOM) * ratio) / ratio, round((at.y() - _ROOM) * ratio) / ratio), made)


@functools.lru_cache(512)
def _picture(shape: tuple[Side, Side], colour: int, edge: int, large: bool, ratio: float) -> QPixmap:
    side = round(2 * _ROOM * ratio)
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(_ROOM, _ROOM)
    painter.setPen(QPen(QColor.fromRgba(edge), 2.0 if large else 1.25))
    painter.setBrush(QColor.fromRgba(colour))
    painter.drawPath(outline(*shape, RADIUS + 1 if large else RADIUS))
    painter.end()
    return made


def _side(time: float, level: float) -> Side:
    """By the handle on that side: where it lies, counted from the key."""
    if level < -1e-9 or level > 1 + 1e-9:
        return Side.OVERSHOOT
    return Side.EASED if time - level > _FLAT else Side.LINEAR


def _half(path: QPainterPath, side: Side, radius: float, sign: int) -> None:
    """From the top to the bottom on the right (1), or from the bottom to the top on the left (-1)."""
    match side:
        case Side.LINEAR:
            path.lineTo(sign * radius, 0)
        case Side.HOLD:
            reach = radius * 0.86
            path.lineTo(0, -sign * reach)
            path.lineTo(sign * reach, -sign * reach)
            path.lineTo(sign * reach, sign * reach)
            path.lineTo(0, sign * reach)
        case Side.EASED:
            path.arcTo(QRectF(-radius, -radius, 2 * radius, 2 * radius), 90 if sign > 0 else 270, -180)
        case Side.OVERSHOOT:
            path.quadTo(sign * radius * 0.3, -sign * radius * 0.3, sign * radius, 0)
            path.quadTo(sign * radius * 0.3, sign * radius * 0.3, 0, sign * radius)
    path.lineTo(0, sign * radius)
