"""A picture with its heat map over it, as strong as one wants."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.clip.answers import Heated
from studio.app.clip.wells import fitted
from studio.app.texts import tr
from studio.app.theme import theme


class HeatView(QWidget):
    """Shows the picture whole. The map lies over it with `opacity`, 0 to 1, unless it is switched off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QImage()
        self.hot = QImage()
        self.opacity = 1.0
        self.on = True
        self._scaled: tuple[tuple[int, int, int], QImage, QImage] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(tr("Picture with heat map"))
        theme().changed.connect(self.update)

    def put(self, found: Heated | None) -> None:
        """Show what was found, or nothing."""
        self.picture = QImage() if found is None else _image(found.picture, found.size)
        self.hot = QImage() if found is None else _image(found.hot, found.size)
        self._scaled = None
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How strong the map is."""
        self.opacity = opacity
        self.update()

    def switch(self, on: bool) -> None:
        """Show the map, or the picture alone."""
        self.on = on
        self.update()

    def image(self) -> QImage:
        """What is shown, in the size in which it was computed."""
        made = self.picture.copy()
        painter = QPainter(made)
        painter.setOpacity(self.opacity if self.on else 0.0)
        painter.drawImage(0, 0, self.hot)
        painter.end()
        return made

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw both."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colours.window)
        if not self.picture.isNull():
            ratio = self.devicePixelRatioF()
            place = fitted(self.picture.size(), QRectF(self.rect()))
            pixels = QSize(max(1, round(place.width() * ratio)), max(1, round(place.height() * ratio)))
            picture, hot = self._fitting(pixels)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, picture)
            if self.on:
                painter.setOpacity(self.opacity)
                painter.drawImage(place, hot)
        painter.end()

    def _fitting(self, size: QSize) -> tuple[QImage, QImage]:
        """Both scaled, kept while nothing changes: a slider repaints them often."""
        key = (size.width(), size.height(), self.picture.cacheKey())
        if self._scaled is None or self._scaled[0] != key:
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._scaled = (key, self.picture.scaled(size, keep, smooth), self.hot.scaled(size, keep, smooth))
        return self._scaled[1:]


def _image(data: bytes, size: tuple[int, int]) -> QImage:
    width, height = size
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
