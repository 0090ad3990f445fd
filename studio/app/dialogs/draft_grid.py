"""Sixteen drafts in four columns that grow together: a list view that fills its room, and what paints a draft."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QStandardItemModel,
)
from PySide6.QtGui import QStandardItem as Item
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.app.exploring import Cell, Exploring, Growth
from studio.app.icons import draw
from studio.app.panels.library_grid import ring_of
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.timeline.prompt import format_prompt

COLUMNS: Final = 4
"""Drafts in a row."""

_CELL: Final = Qt.ItemDataRole.UserRole + 1
_SMALLEST: Final = 8 * GRID  # side of a picture below which there is nothing to see
_GAP: Final = 4  # around a picture: the ring of a chosen one lies there
_SMALL: Final = 11  # pixels of a label's letters
_LINES: Final = 4 * GRID  # height of a label of two lines


class DraftGrid(QListView):
    """The drafts of an exploration. Arrow keys walk, Enter and a click choose, a double click goes on in full size."""

    picked = Signal(int)
    """Enter was pressed on the draft of that number."""

    chosen = Signal(int)
    """The draft of that number is the current one; -1 for none."""

    continued = Signal(int)
    """The draft of that number was double-clicked."""

    def __init__(self, exploring: Exploring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exploring = exploring
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setAccessibleName(tr("Drafts"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setItemDelegate(_Painter(self))
        self.doubleClicked.connect(self._continue)
        self.selectionModel().currentChanged.connect(self._current)
        exploring.cell_changed.connect(self._show)
        theme().changed.connect(self.viewport().update)
        self.fill()

    @property
    def current(self) -> int:
        """The number of the current draft; -1 when there is none."""
        index = self.currentIndex()
        return index.row() if index.isValid() else -1

    def fill(self) -> None:
        """Show the drafts of the exploration anew, none of them chosen."""
        self._model.clear()
        for number in range(len(self._exploring.cells)):
            item = Item()
            item.setEditable(False)
            self._model.appendRow(item)
            self._show(number)
        self.chosen.emit(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room out among four columns and rows; a scroll bar only comes where drafts would become tiny."""
        width = (self.width() - GRID) // COLUMNS
        picture = min(width, (self.height() - GRID) // COLUMNS - _LINES)
        fits = picture >= _SMALLEST
        if not fits:
            width = (self.width() - self.verticalScrollBar().sizeHint().width() - GRID) // COLUMNS
            picture = min(width, _SMALLEST)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAsNeeded)
        self.setGridSize(QSize(width, picture + _LINES))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the drafts, or what will be here."""
        super().paintEvent(event)
        if not self._exploring.cells:
            painter = QPainter(self.viewport())
            colours, area = theme().colours, self.viewport().rect()
            middle = QRectF(area.center().x() - 3 * GRID, area.center().y() - 6 * GRID, 6 * GRID, 6 * GRID)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw(painter, "sparkles", middle, colours.disabled)
            painter.setPen(colours.muted)
            painter.drawText(
                area.adjusted(0, area.height() // 2 + GRID, 0, 0),
                int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop),
                tr("Sixteen drafts grow here, all at once"),
            )
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter picks a draft on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.picked.emit(self.current)
            return
        super().keyPressEvent(event)

    @Slot(int)
    def _show(self, number: int) -> None:
        if number >= self._model.rowCount():
            return
        item, cell = self._model.item(number), self._exploring.cells[number]
        item.setData(cell, _CELL)
        told = growth_text(cell)
        prompt = format_prompt(cell.draft.prompt)
        item.setText(cell.draft.label)
        item.setToolTip(f"{cell.draft.label}\n{prompt}\n{told}".strip())
        item.setData(f"{cell.draft.label}, {told}" if told else cell.draft.label, Qt.ItemDataRole.AccessibleTextRole)
        item.setData(prompt, Qt.ItemDataRole.AccessibleDescriptionRole)

    @Slot(QModelIndex, QModelIndex)
    def _current(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(index.row() if index.isValid() else -1)

    @Slot(QModelIndex)
    def _continue(self, index: QModelIndex) -> None:
        self.continued.emit(index.row())


def growth_text(cell: Cell) -> str:
    """What a draft is doing, in words; nothing where its picture says it."""
    return {
        Growth.WAITING: tr("waiting"),
        Growth.GROWING: tr("growing"),
        Growth.DONE: "",
        Growth.FAILED: str(cell.error) if cell.error is not None else tr("failed"),
        Growth.STOPPED: tr("stopped"),
    }[cell.growth]


class _Painter(QStyledItemDelegate):
    """Paints a draft: its picture whole, and what is varied below it, in two lines at most."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A cell of the grid."""
        grid = option.widget
        return grid.gridSize() if isinstance(grid, DraftGrid) else QSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the draft."""
        cell: Cell = index.data(_CELL)
        colours = theme().colours
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        side = min(place.width(), place.height() - _LINES) - 2 * _GAP
        area = QRectF(place.x() + (place.width() - side) / 2, place.y() + _GAP, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(area, GRID / 2, GRID / 2)
        painter.fillPath(outline, colours.raised)
        failed = cell.growth is Growth.FAILED
        if cell.image is None or failed:
            corner = area.adjusted(side * 0.4, side * 0.4, -side * 0.4, -side * 0.4)
            draw(painter, "triangle-alert" if failed else "image", corner, colours.error if failed else colours.muted)
        else:
            size = QSize(cell.image.size()).scaled(QSize(int(side), int(side)), Qt.AspectRatioMode.KeepAspectRatio)
            shown = QRectF(area.center().x() - size.width() / 2, area.center().y() - size.height() / 2, *size.toTuple())
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(shown, cell.image)
            painter.restore()
        if cell.growth is Growth.GROWING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.rendering)
            painter.drawEllipse(QRectF(area.right() - GRID - 3, area.top() + 3, GRID, GRID))
        if cell.growth is Growth.STOPPED:
            _mark_stopped(painter, area)
        if (ring := ring_of(state)) is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, 2))
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), GRID / 2 + 1, GRID / 2 + 1)
        font = painter.font()
        font.setPixelSize(_SMALL)
        painter.setFont(font)
        painter.setPen(colours.text if state & QStyle.StateFlag.State_Selected else colours.muted)
        below = QRectF(place.x() + _GAP, area.bottom() + 3, place.width() - 2 * _GAP, _LINES - 4)
        text = _shortened(cell.draft.label, QFontMetrics(font), int(below.width()))
        wrap = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below, int(wrap), text)
        painter.restore()


def _mark_stopped(painter: QPainter, area: QRectF) -> None:
    """A little square in the corner, on a ground that parts it from any picture: it can be used as it is."""
    colours = theme().colours
    ground = QRectF(area.right() - 2 * GRID - 3, area.top() + 3, 2 * GRID, 2 * GRID)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.raised)
    painter.drawRoundedRect(ground, GRID / 2, GRID / 2)
    painter.fillRect(ground.adjusted(5, 5, -5, -5), colours.text)


def _shortened(text: str, metrics: QFontMetrics, width: int) -> str:
    """As much of a text as fits into two lines, with a little left for where the first one breaks."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(1.8 * width))
