"""The library's grid of thumbnails: a list view that fills its width, and what paints an item."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.app.icons import draw
from studio.app.panels.library_items import ITEM, Item
from studio.app.pictures import Pictures
from studio.app.theme import GRID, faded, theme

_GAP: Final = 3  # around a thumbnail: the ring of a selected one lies there
_LINE: Final = 2 * GRID + 2  # height of a name
_SMALL: Final = 11  # pixels of its letters
_TALLEST: Final = 4  # times its width that a picture is decoded at most: what is narrower is cut


class Grid(QListView):
    """Thumbnails in as many columns as fit. Arrow keys walk, Enter uses, the menu key asks."""

    asked = Signal(object, object)
    """(item, point on the screen): a menu was asked for on an item."""

    def __init__(self, pictures: Pictures, smallest: int, name: str, parent: QWidget | None = None) -> None:
        """`smallest` is how narrow a column may become, `name` what a screen reader says."""
        super().__init__(parent)
        self._smallest = smallest
        self.setAccessibleName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragEnabled(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setItemDelegate(Thumbnail(pictures, self))
        self.setMouseTracking(True)
        theme().changed.connect(self.viewport().update)

    def item_at(self, index: QModelIndex) -> Item | None:
        """The item of an index."""
        found = index.data(ITEM) if index.isValid() else None
        return found if isinstance(found, Item) else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out among the columns, with room for the scroll bar whether it is there or not."""
        width = self.width() - self.verticalScrollBar().sizeHint().width() - 1
        cell = width // max(2, width // self._smallest)
        self.setGridSize(QSize(cell, cell + _LINE))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter uses an item on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.doubleClicked.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of the item below the mouse, or of the current one."""
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        item = self.item_at(index)
        if item is not None:
            where = self.viewport().mapToGlobal(self.visualRect(index).center()) if keyboard else event.globalPos()
            self.asked.emit(item, where)


class Thumbnail(QStyledItemDelegate):
    """Paints an item: its picture cut square, a badge, and its name below."""

    def __init__(self, pictures: Pictures, parent: Grid) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A cell of the grid."""
        grid = option.widget
        return grid.gridSize() if isinstance(grid, Grid) else QSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the item."""
        item, colours = index.data(ITEM), theme().colours
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        side = min(cell.width(), cell.height() - _LINE) - 2 * _GAP
        area = QRectF(cell.x() + (cell.width() - side) / 2, cell.y() + _GAP, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(area, GRID / 2, GRID / 2)
        painter.fillPath(outline, colours.raised)
        image = self._image(item, side)
        if image is None:
            corner = area.adjusted(side * 0.35, side * 0.35, -side * 0.35, -side * 0.35)
            draw(painter, "film" if item.picture is None and not item.asset else "image", corner, colours.muted)
        else:
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(area, image, _square(image))
            painter.restore()
        if item.badge:
            self._draw_badge(painter, item.badge, area)
        ring = ring_of(state)
        if ring is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, 2))
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), GRID / 2 + 1, GRID / 2 + 1)
        font = painter.font()
        font.setPixelSize(_SMALL)
        painter.setFont(font)
        painter.setPen(colours.text if state & QStyle.StateFlag.State_Selected else colours.muted)
        line = QRectF(cell.x() + _GAP, area.bottom() + 1, cell.width() - 2 * _GAP, _LINE)
        name = QFontMetrics(font).elidedText(item.name, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _draw_badge(self, painter: QPainter, text: str, area: QRectF) -> None:
        colours = theme().colours
        font = painter.font()
        font.setPixelSize(_SMALL - 1)
        painter.setFont(font)
        width = QFontMetrics(font).horizontalAdvance(text) + GRID
        place = QRectF(area.x() + 3, area.y() + 3, min(width, area.width() - 6), 2 * GRID - 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(colours.panel, 0.88))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(colours.text)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _image(self, item: Item, side: int) -> QImage | None:
        if item.picture is None:
            return None
        grid = self.parent()
        assert isinstance(grid, Grid)
        pixels = math.ceil(side * grid.devicePixelRatioF())
        image = self._pictures.image(item.picture, pixels)
        if image is not None and image.width() < pixels <= image.height():  # a tall one: as wide as the thumbnail
            taller = math.ceil(pixels * min(pixels / max(image.width(), 1), _TALLEST))
            return self._pictures.image(item.picture, taller) or image
        return image


def ring_of(state: QStyle.StateFlag) -> QColor | None:
    """The colour of the ring around an item that is chosen, has the focus or lies under the mouse; None without one."""
    colours = theme().colours
    if state & QStyle.StateFlag.State_Selected:
        return colours.accent
    if state & QStyle.StateFlag.State_HasFocus:
        return colours.focus
    return colours.hover if state & QStyle.StateFlag.State_MouseOver else None


def _square(image: QImage) -> QRectF:
    """The largest square in the middle of a picture."""
    side = min(image.width(), image.height())
    return QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
