"""The history: every edit by name; a click goes back or forward to it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.theme import theme


class HistoryPanel(QWidget):
    """The document's edits, oldest first, those undone greyed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        self.list = QListWidget()
        self.list.setAccessibleName(tr("History of edits"))
        self.list.setToolTip(tr("Click an edit to go back to it, or forward."))
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 4)
        column.addWidget(self.list)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self._document.history_changed.connect(self._show)
        theme().changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        labels = (tr("As it was opened"), *self._document.labels)
        while self.list.count() > len(labels):
            self.list.takeItem(self.list.count() - 1)
        for place, label in enumerate(labels):
            if place == self.list.count():
                self.list.addItem(QListWidgetItem())
            item = self.list.item(place)
            item.setText(label)
            done = place <= self._document.position
            item.setForeground(theme().colours.text if done else theme().colours.disabled)
        self.list.setCurrentRow(self._document.position)
        self.list.scrollToItem(self.list.item(self._document.position))

    @Slot(QListWidgetItem)
    def _go(self, item: QListWidgetItem) -> None:
        self._document.go_to(self.list.row(item))
