"""A question for one whole number."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLabel, QSpinBox, QVBoxLayout, QWidget

from studio.app.dialogs.confirm import confirm_row
from studio.app.texts import tr
from studio.app.theme import GRID


class NumberDialog(QDialog):
    """Asks for a whole number between two others."""

    def __init__(self, parent: QWidget | None, title: str, text: str, value: int, least: int, most: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(40 * GRID)
        label = QLabel(text)
        label.setWordWrap(True)
        self.field = QSpinBox()
        self.field.setRange(least, most)
        self.field.setValue(value)
        self.field.setAccelerated(True)
        self.field.setAccessibleName(text)
        self.field.setToolTip(tr("A whole number from {least} to {most}.", least=least, most=most))
        self.field.selectAll()
        label.setBuddy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(label)
        column.addWidget(self.field)
        column.addSpacing(GRID)
        column.addLayout(confirm_row(self, tr("OK"))[0])
        self.field.setFocus()

    @property
    def value(self) -> int:
        """The number that stands there."""
        return self.field.value()
