"""The last row of a dialog: Cancel, and the button that does it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from studio.app.texts import tr
from studio.app.theme import GRID


def confirm_row(dialog: QDialog, text: str) -> tuple[QHBoxLayout, QPushButton]:
    """The row, and the button that accepts the dialog; Enter presses it, Escape the other."""
    cancel, accept = QPushButton(tr("Cancel")), QPushButton(text)
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    accept.setDefault(True)
    accept.clicked.connect(dialog.accept)
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addStretch(1)
    row.addWidget(cancel)
    row.addWidget(accept)
    return row, accept


def fit_height(dialog: QDialog) -> None:
    """Make a dialog with wrapped texts as high as they need at its width."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        dialog.resize(dialog.width(), layout.totalHeightForWidth(dialog.width()))
