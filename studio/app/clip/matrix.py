"""The table of a comparison: a picture a row, a text a column, each cell as warm as they fit."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from studio.app.clip.answers import Numbers, Table
from studio.app.clip.wells import fitted
from studio.app.icons import draw
from studio.app.pictures import Pictures
from studio.app.texts import tr
from studio.app.theme import GRID, mixed, theme
from studio.library.scan import shown

Index = QModelIndex | QPersistentModelIndex

SHARE: Final = int(Qt.ItemDataRole.UserRole)
"""The role under which a cell's warmth is given, 0 to 1."""

BEST: Final = SHARE + 1
"""The role under which is said whether a cell's text fits its picture best."""

ROW: Final = 6 * GRID
_HEADER: Final = 19 * GRID
_NARROW, _WIDE = 10 * GRID, 22 * GRID
_FULL: Final = 0.85  # how much of the accent the warmest cell has


class Model(QAbstractTableModel):
    """A comparison as Qt sees it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.probabilities = False

    def put(self, table: Table | None) -> None:
        """Show another comparison, or none."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def show_probabilities(self, on: bool) -> None:
        """Show the softmax over the texts instead of cosines."""
        self.probabilities = on
        if self.table is not None and self.table.cosine.size:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    @property
    def numbers(self) -> Numbers:
        """What is shown, (n, k)."""
        if self.table is None:
            return np.zeros((0, 0), np.float32)
        return self.table.probability if self.probabilities else self.table.cosine

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (as Qt calls it)
        """Pictures."""
        return 0 if parent.isValid() or self.table is None else len(self.table.pictures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (as Qt calls it)
        """Texts."""
        return 0 if parent.isValid() or self.table is None else len(self.table.texts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (as Qt has it)
        """The number, how warm its cell is, and both numbers in words."""
        table = self.table
        if not index.isValid() or table is None:
            return None
        row, column = index.row(), index.column()
        cosine, probability = float(table.cosine[row, column]), float(table.probability[row, column])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{probability:.1%}" if self.probabilities else f"{cosine:+.3f}"
        if role == SHARE:
            return probability if self.probabilities else _between(cosine, table.cosine)
        if role == BEST:
            return len(table.texts) > 1 and column == int(table.cosine[row].argmax())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(
                "{picture} and “{text}”: cosine {cosine}, {probability} among these texts. "
                "Enter shows what speaks for it.",
                picture=shown(table.pictures[row].name),
                text=table.texts[column],
                cosine=f"{cosine:+.4f}",
                probability=f"{probability:.1%}",
            )
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 (as Qt has it)
        """Texts above, pictures on the left."""
        if self.table is None:
            return None
        across = orientation == Qt.Orientation.Horizontal
        name = self.table.texts[section] if across else shown(self.table.pictures[section].name)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.ToolTipRole:
            return name if across else shown(self.table.pictures[section].path)
        return None


class Matrix(QTableView):
    """The table. Arrow keys walk, Enter and a double click ask what speaks for a cell, Ctrl+C copies all."""

    wanted = Signal(int, int)
    """(row, column) of a cell that was chosen."""

    copied = Signal()
    """The table is to be copied."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = Model(self)
        self.setModel(self.numbers)
        self.setItemDelegate(Cell(self))
        self.setVerticalHeader(Names(pictures, self))
        across = self.horizontalHeader()
        across.setDefaultAlignment(
            Qt.AlignmentFlag.AlignHCenter
            | Qt.AlignmentFlag.AlignBottom
            | Qt.AlignmentFlag(int(Qt.TextFlag.TextWordWrap))
        )
        across.setFixedHeight(7 * GRID)
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("How well pictures and texts fit"))
        self.doubleClicked.connect(self._want)
        theme().changed.connect(self.viewport().update)

    def put(self, table: Table | None) -> None:
        """Show a comparison, or none."""
        self.numbers.put(table)
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out among the texts."""
        super().resizeEvent(event)
        self._share_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter asks, Ctrl+C copies."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._want(self.currentIndex())
        elif event.key() == Qt.Key.Key_C and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.copied.emit()
        else:
            super().keyPressEvent(event)

    def _share_out(self) -> None:
        count = self.numbers.columnCount()
        if count:
            width = min(max(self.viewport().width() // count, _NARROW), _WIDE)
            self.horizontalHeader().setDefaultSectionSize(width)

    @Slot(QModelIndex)
    def _want(self, index: QModelIndex) -> None:
        self.wanted.emit(index.row(), index.column())


class Cell(QStyledItemDelegate):
    """Paints a number on as much of the accent as it is warm; the best text of a picture in bold, with a frame."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell."""
        colours = theme().colours
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        ground = mixed(colours.panel, colours.accent, _FULL * min(max(float(index.data(SHARE)), 0.0), 1.0))
        area = QRectF(cell).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(area, 3, 3)
        painter.fillPath(outline, ground)
        ink = readable(ground)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(colours.focus if state & QStyle.StateFlag.State_HasFocus else colours.muted, 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 3, 3)
        font = painter.font()
        font.setBold(bool(index.data(BEST)))
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()


class Names(QHeaderView):
    """The pictures at the left of their rows, small, with their names."""

    def __init__(self, pictures: Pictures, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._pictures = pictures
        self._table = parent
        self.setFixedWidth(_HEADER)
        self.setDefaultSectionSize(ROW)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        pictures.loaded.connect(self._loaded)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """Draw a picture and its name."""
        model = self._table.model()
        if not isinstance(model, Model) or model.table is None or section >= len(model.table.pictures):
            return
        colours, source = theme().colours, model.table.pictures[section]
        painter.save()
        painter.fillRect(rect, colours.panel)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = rect.height() - GRID
        area = QRectF(rect.x(), rect.y() + GRID / 2, side, side)
        image = self._pictures.image(source.path, math.ceil(side * self.devicePixelRatioF()))
        if image is None:
            draw(painter, "image", area.adjusted(12, 12, -12, -12), colours.muted)
        else:
            painter.drawImage(fitted(image.size(), area), image)
        line = QRectF(area.right() + GRID, rect.y(), rect.right() - area.right() - 2 * GRID, rect.height())
        painter.setPen(colours.text)
        name = QFontMetrics(painter.font()).elidedText(
            shown(source.name), Qt.TextElideMode.ElideMiddle, int(line.width())
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as a picture and a name."""
        return QSize(_HEADER, 0)

    @Slot(str, int)
    def _loaded(self, _path: str, _height: int) -> None:
        self.viewport().update()


def readable(ground: QColor) -> QColor:
    """The theme's colour that is read best on that ground: of texts, or a ground of its own."""
    colours = theme().colours
    return max((colours.text, colours.input, colours.border), key=lambda each: contrast(each, ground))


def contrast(one: QColor, other: QColor) -> float:
    """How far two colours are apart, 1 to 21, as WCAG 2 has it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


def _between(value: float, numbers: Numbers) -> float:
    """Where a value lies between the least and the most of all, 0 to 1."""
    low, high = float(numbers.min()), float(numbers.max())
    return (value - low) / (high - low) if high > low else 0.5
