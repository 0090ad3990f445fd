"""The grid of takes: thumbnails in as many columns as fit, each with prompt, medium, score and star."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.app.icons import draw
from studio.app.panels.takes_model import ROW, TakesModel, thumbnail
from studio.app.pictures import Pictures
from studio.app.theme import GRID, faded, theme
from studio.takes.index import Row

_GAP: Final = 3  # around a thumbnail: the ring of a selected one lies there
_LINES: Final = 4 * GRID  # height of the two lines below it
_SMALL: Final = 11  # pixels of the letters
_SMALLEST: Final = 96  # pixels: how narrow a column may become
_STAR: Final = 2 * GRID  # pixels of a star's side


class TakesGrid(QListView):
    """Takes. Arrow keys walk, Shift and Ctrl select several, Enter uses, Delete puts away, the menu key asks."""

    asked = Signal(object)
    """(point on the screen): a menu was asked for."""

    used = Signal()
    """Enter, or a double click: use what is selected."""

    star_wanted = Signal(str, bool)
    """(key, on): the star on a take was clicked."""

    star_key = Signal()
    """The key for stars was pressed."""

    delete_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, pictures: Pictures, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader says."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setItemDelegate(Painter(pictures, self))
        self.setMouseTracking(True)
        theme().changed.connect(self.viewport().update)

    def take_at(self, index: QModelIndex) -> Row | None:
        """The take of an index."""
        found = index.data(ROW) if index.isValid() else None
        return found if isinstance(found, Row) else None

    def star_place(self, index: QModelIndex) -> QRect:
        """Where the star of a take is, in the viewport."""
        area = _picture(self.visualRect(index))
        return QRect(int(area.right()) - _STAR - 3, int(area.y()) + 3, _STAR, _STAR)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out among the columns, with room for the scroll bar whether it is there or not."""
        width = self.width() - self.verticalScrollBar().sizeHint().width() - 1
        cell = width // max(2, width // _SMALLEST)
        self.setGridSize(QSize(cell, cell + _LINES))
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that mean something to a take mean that here, whatever they mean elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._knows(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See the class."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.used.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.text() == "*":
            self.star_key.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a star gives it or takes it away; elsewhere it selects."""
        index = self.indexAt(event.position().toPoint())
        row = self.take_at(index)
        if row is not None and self.star_place(index).contains(event.position().toPoint()):
            self.star_wanted.emit(row.key, not row.star)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Use a take; two clicks on a star are two clicks."""
        index = self.indexAt(event.position().toPoint())
        if self.star_place(index).contains(event.position().toPoint()):
            self.mousePressEvent(event)
        elif index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.used.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of what is selected."""
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        where = self.visualRect(self.currentIndex()).center()
        self.asked.emit(self.viewport().mapToGlobal(where) if keyboard else event.globalPos())

    def _knows(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.SelectAll):
            return True
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        walking = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
        shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.key() in walking
        return (plain and event.key() in keys) or shifted or event.text() == "*"


class Painter(QStyledItemDelegate):
    """Paints a take."""

    def __init__(self, pictures: Pictures, parent: TakesGrid) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A cell of the grid."""
        grid = option.widget
        return grid.gridSize() if isinstance(grid, TakesGrid) else QSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the take."""
        row, grid = index.data(ROW), option.widget
        assert isinstance(row, Row)
        assert isinstance(grid, TakesGrid)
        colours, state, area = theme().colours, option.state, _picture(option.rect)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(area, GRID / 2, GRID / 2)
        painter.fillPath(outline, colours.raised)
        image = self._image(grid, row, area.width())
        if image is None:
            corner = area.adjusted(*(area.width() * part for part in (0.35, 0.35, -0.35, -0.35)))
            draw(painter, "image", corner, colours.muted)
        else:
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(area, image, _square(image))
            painter.restore()
        if row.star or hovered:
            _draw_star(painter, QRectF(grid.star_place(grid.model().index(index.row(), 0))), on=row.star)
        colour = (
            colours.accent
            if state & QStyle.StateFlag.State_Selected
            else colours.focus
            if state & QStyle.StateFlag.State_HasFocus
            else colours.hover
            if hovered
            else None
        )
        if colour is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            cursor = not state & QStyle.StateFlag.State_Selected and bool(state & QStyle.StateFlag.State_HasFocus)
            # where the keyboard stands is not what is selected
            painter.setPen(QPen(colour, 2, Qt.PenStyle.DotLine if cursor else Qt.PenStyle.SolidLine))
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), GRID / 2 + 1, GRID / 2 + 1)
        self._write(painter, option.rect, area, row, selected=bool(state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _write(self, painter: QPainter, cell: QRect, area: QRectF, row: Row, *, selected: bool) -> None:
        colours = theme().colours
        font = painter.font()
        font.setPixelSize(_SMALL)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        grid = self.parent()
        model = grid.model() if isinstance(grid, TakesGrid) else None
        fits = model.fits if isinstance(model, TakesModel) else None
        number = row.score if fits is None else fits.get(row.key)
        said = "" if number is None else f"{number:.2f}"
        above = QRectF(cell.x() + _GAP, area.bottom() + 2, cell.width() - 2 * _GAP, 2 * GRID - 2)
        below = above.translated(0, 2 * GRID - 2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.text)
        prompt = metrics.elidedText(row.prompt, Qt.TextElideMode.ElideRight, int(above.width()))
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft | middle, prompt)
        painter.setPen(colours.muted if fits is None else colours.focus)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | middle, said)
        painter.setPen(colours.text if selected else colours.muted)
        left = int(below.width()) - metrics.horizontalAdvance(said) - GRID // 2
        medium = metrics.elidedText(row.medium, Qt.TextElideMode.ElideRight, left)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | middle, medium)

    def _image(self, grid: TakesGrid, row: Row, side: float) -> QImage | None:
        model = grid.model()
        assert isinstance(model, TakesModel)
        pixels = math.ceil(side * grid.devicePixelRatioF())
        return self._pictures.image(thumbnail(model.folder(row.key), pixels), pixels)


def _picture(cell: QRect) -> QRectF:
    """Where the thumbnail lies in a cell."""
    side = min(cell.width(), cell.height() - _LINES) - 2 * _GAP
    return QRectF(cell.x() + (cell.width() - side) / 2, cell.y() + _GAP, side, side)


def _square(image: QImage) -> QRectF:
    """The largest square in the middle of a picture."""
    side = min(image.width(), image.height())
    return QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)


def _draw_star(painter: QPainter, place: QRectF, *, on: bool) -> None:
    """A star on a disc, so that it is seen on any picture."""
    colours = theme().colours
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(colours.panel, 0.85))
    painter.drawEllipse(place)
    middle, outer = place.center(), place.width() * 0.36
    corners = []
    for number in range(10):
        angle = math.pi * (number / 5 - 0.5)
        length = outer if number % 2 == 0 else outer * 0.42
        corners.append(middle + QPointF(math.cos(angle), math.sin(angle)) * length)
    painter.setPen(QPen(colours.warning if on else colours.text, 1))
    painter.setBrush(colours.warning if on else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(corners))
