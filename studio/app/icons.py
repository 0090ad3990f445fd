"""One set of icons: Lucide (ISC licence), drawn from its outlines in the theme's colours at any size."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.app.theme import theme
from studio.base import paths

Drawing = Callable[[QPainter, QRectF, bool, bool], None]
"""Draws an icon into an area: painter, area, whether it is disabled, whether it is on."""


@functools.cache
def outlines() -> dict[str, str]:
    """Icon name to the inside of its SVG, on a 24 by 24 square, from `resources/icons/lucide.json`."""
    data = json.loads((paths.resources() / "icons" / "lucide.json").read_text(encoding="utf-8"))
    found: dict[str, str] = data["icons"]
    return found


def icon(name: str) -> QIcon:
    """The icon of that name; it follows the theme. `KeyError` when the set has none."""
    outlines()[name]
    return QIcon(DrawnIcon(functools.partial(_outline, name)))


def draw(painter: QPainter, name: str, area: QRectF, colour: QColor) -> None:
    """Draw an icon into an area in one colour."""
    _renderer(name, colour.name()).render(painter, area)


@functools.lru_cache(512)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
        f"{outlines()[name].replace('currentColor', colour)}</svg>"
    )
    return QSvgRenderer(QByteArray(svg.encode()))


class DrawnIcon(QIconEngine):
    """An icon that a function draws, in the theme's colours, at whatever size is asked for."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it, in the colour of its state."""
        self._drawing(painter, QRectF(rect), mode == QIcon.Mode.Disabled, state == QIcon.State.On)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The same on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return DrawnIcon(self._drawing)


def _outline(name: str, painter: QPainter, rect: QRectF, disabled: bool, on: bool) -> None:
    colours = theme().colours
    colour = colours.disabled if disabled else colours.accent if on else colours.text
    side = min(rect.width(), rect.height())
    area = QRectF(0, 0, side, side)
    area.moveCenter(rect.center())
    draw(painter, name, area, colour)
