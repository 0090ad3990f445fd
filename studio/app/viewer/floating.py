"""What lies over the picture: plates that stay readable on any of it, and small chips of text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.app.theme import GRID, faded, theme

_OPAQUE: Final = 0.92


class Plate(QWidget):
    """A rounded plate in the theme's colours for other widgets to stand on."""

    def __init__(self, radius: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._radius = radius
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the plate."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(faded(colours.line, _OPAQUE), 1))
        light = colours.text.lightness()
        ground = max((colours.border, colours.input), key=lambda each: abs(each.lightness() - light))
        painter.setBrush(faded(ground, _OPAQUE))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = min(float(self._radius), area.height() / 2)
        painter.drawRoundedRect(area, radius, radius)
        painter.end()


class Chip(Plate):
    """A line of text over the picture; it hides while there is none, and lets the mouse through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(GRID, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.addWidget(self._label)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def say(self, text: str) -> None:
        """Say something; "" hides it."""
        self._label.setText(text)
        self.setVisible(bool(text))
        self.adjustSize()


class ChipButton(QPushButton):
    """A chip that can be pressed."""

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setToolTip(tip)
        self.setProperty("role", "primary")
        self.adjustSize()
        self.hide()
