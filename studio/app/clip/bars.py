"""Labels with bars: how likely each is, the best on top."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
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
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.app.texts import tr
from studio.app.theme import GRID, theme

Index = QModelIndex | QPersistentModelIndex

BAR: Final = int(Qt.ItemDataRole.UserRole)
"""The role under which a whole bar is given: (label, probability, cosine)."""

Bar = tuple[str, float, float]

_HIGH: Final = 5 * GRID
_LABEL: Final = 0.34  # of the width
_NUMBER: Final = 8 * GRID


class Ranking(QAbstractListModel):
    """Bars, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()

    def put(self, bars: tuple[Bar, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.bars = tuple(sorted(bars, key=lambda bar: -bar[2]))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (as Qt calls it)
        """How many."""
        return 0 if parent.isValid() else len(self.bars)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (as Qt has it)
        """The label, or the whole bar."""
        if not index.isValid():
            return None
        label, probability, cosine = self.bars[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(
                "{label}: {probability}, cosine {cosine}. Enter shows what speaks for it.",
                label=label,
                probability=f"{probability:.1%}",
                cosine=f"{cosine:+.4f}",
            )
        return self.bars[index.row()] if role == BAR else None


class Bars(QListView):
    """The list. Enter and a double click ask what speaks for a label."""

    wanted = Signal(str)
    """A label that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ranking = Ranking(self)
        self.setModel(self.ranking)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Labels, the likeliest first"))
        self.doubleClicked.connect(self._want)
        theme().changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter asks."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._want(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _want(self, index: QModelIndex) -> None:
        self.wanted.emit(str(index.data()))


class _Painter(QStyledItemDelegate):
    """Paints a bar between its label and its number."""

    def sizeHint(  # noqa: N802
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """As high as two lines."""
        return QSize(20 * GRID, _HIGH)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row."""
        bar: Bar = index.data(BAR)
        label, probability, _ = bar
        colours, row = theme().colours, option.rect
        state: QStyle.StateFlag = option.state
        best = index.row() == 0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(colours.focus if state & QStyle.StateFlag.State_HasFocus else colours.line)
            painter.drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        font = painter.font()
        font.setBold(best)
        painter.setFont(font)
        named, number, room = _parts(row)
        painter.setPen(colours.text)
        said = QFontMetrics(font).elidedText(label, Qt.TextElideMode.ElideRight, int(named.width()))
        painter.drawText(named, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)
        painter.setPen(colours.text if best else colours.muted)
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{probability:.1%}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.input)
        painter.drawRoundedRect(room, 3, 3)
        filled = QRectF(room)
        filled.setWidth(max(room.width() * min(max(probability, 0.0), 1.0), 2.0))
        painter.setBrush(colours.accent if best else colours.muted)
        painter.drawRoundedRect(filled, min(3.0, filled.width() / 2), 3)
        painter.restore()


def _parts(row: QRect) -> tuple[QRectF, QRectF, QRectF]:
    """Where label, number and bar are."""
    area = QRectF(row).adjusted(GRID, 0, -GRID, 0)
    named = QRectF(area.x(), area.y(), area.width() * _LABEL, area.height())
    number = QRectF(area.right() - _NUMBER, area.y(), _NUMBER, area.height())
    left, right = named.right() + 2 * GRID, number.left() - GRID
    return named, number, QRectF(left, area.center().y() - GRID, max(right - left, 1.0), 2 * GRID)
