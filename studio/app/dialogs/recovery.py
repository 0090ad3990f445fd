"""What crashes have left: a list to open from, to discard, or to leave for later."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.icons import icon
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.project.recovery import Copy

_COPY = Qt.ItemDataRole.UserRole


class RecoveryDialog(QDialog):
    """Lists recovery copies. `chosen` is the one to open, None for none."""

    def __init__(
        self,
        copies: Callable[[], Sequence[Copy]],
        discard: Callable[[Copy], None],
        parent: QWidget | None = None,
    ) -> None:
        """The functions list what there is, and throw one away."""
        super().__init__(parent)
        self.chosen: Copy | None = None
        self._copies = copies
        self._throw_away = discard
        self.setWindowTitle(tr("Recover Projects"))
        self.setMinimumSize(64 * GRID, 40 * GRID)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Projects that can be recovered"))
        self.list.setToolTip(tr("Projects that were not saved when Keydream ended; Enter opens one."))
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._open)
        self.list.currentItemChanged.connect(self._enable)
        self.open_button = QPushButton(tr("Open"))
        self.open_button.setToolTip(tr("Open it as a project without a file; the original stays as it is."))
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._open)
        self.discard_button = QPushButton(tr("Discard"))
        self.discard_button.setToolTip(tr("Throw this copy away for good."))
        self.discard_button.setAutoDefault(False)
        self.discard_button.clicked.connect(self._discard)
        self.later_button = QPushButton(tr("Later"))
        self.later_button.setToolTip(tr("Leave them; File, Recover Projects shows them again."))
        self.later_button.setAutoDefault(False)
        self.later_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.discard_button)
        row.addStretch(1)
        row.addWidget(self.later_button)
        row.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.told)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        copies = self._copies()
        for copy in copies:
            where = tr("was {path}", path=copy.origin) if copy.origin else tr("was never saved")
            item = QListWidgetItem(icon("history"), f"{copy.name}\n{age(time.time() - copy.when)} · {where}")
            item.setToolTip(time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(copy.when)))
            item.setData(_COPY, copy)
            self.list.addItem(item)
        if copies:
            self.list.setCurrentRow(0)
            self.list.setFocus()
            self.told.setText(
                plural(
                    "Keydream ended before %n project(s) could be saved. What you open here goes into no file until "
                    "you save it; the original is not touched.",
                    len(copies),
                )
            )
        else:
            self.told.setText(tr("There is nothing to recover: everything was saved, or closed on purpose."))
        self._enable()

    @Slot()
    def _enable(self) -> None:
        there = self.list.currentItem() is not None
        self.open_button.setEnabled(there)
        self.discard_button.setEnabled(there)

    @Slot()
    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen = item.data(_COPY)
            self.accept()

    @Slot()
    def _discard(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._throw_away(item.data(_COPY))
            self._fill()


def age(seconds: float) -> str:
    """How long ago, in words."""
    minutes = max(0, round(seconds / 60))
    if minutes < 1:
        return tr("a moment ago")
    if minutes < 60:
        return plural("%n minute(s) ago", minutes)
    if minutes < 60 * 48:
        return plural("%n hour(s) ago", round(minutes / 60))
    return plural("%n day(s) ago", round(minutes / 60 / 24))
