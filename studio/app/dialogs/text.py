"""Long texts to read: what is new, and the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base import paths

LONGEST: Final = 256 * 1024
"""Bytes at the end of a log that are shown."""


class TextDialog(QDialog):
    """A text that can be searched and copied."""

    def __init__(
        self, parent: QWidget | None, title: str, text: str, *, markdown: bool = False, folder: Path | None = None
    ) -> None:
        """See the attributes.

        Args:
            parent: over which it appears.
            title: of the window.
            text: it.
            markdown: whether it is laid out as Markdown; otherwise letters of one width, and its end is shown.
            folder: what "Open Folder" opens; no such button without one.
        """
        super().__init__(parent)
        self._text = text
        self._folder = folder
        self.setWindowTitle(title)
        self.resize(QSize(90 * GRID, 72 * GRID))
        self.view = QTextBrowser()
        self.view.setOpenExternalLinks(True)
        self.view.setAccessibleName(title)
        if markdown:
            self.view.setMarkdown(text)
        else:
            self.view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            self.view.setLineWrapMode(QTextBrowser.LineWrapMode.NoWrap)
            self.view.setPlainText(text)
            self.view.moveCursor(QTextCursor.MoveOperation.End)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search in the text"))
        self.search.setToolTip(tr("Enter goes to the next place where this stands, Shift+Enter to the one before."))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._from_start)
        self.search.returnPressed.connect(self._next)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.copy_button = self._button(row, tr("Copy"), tr("Put the whole text on the clipboard."), self._copy)
        self.folder_button = self._button(
            row, tr("Open Folder"), tr("Open the folder that the file is in."), self._open_folder
        )
        self.folder_button.setVisible(folder is not None)
        row.addStretch(1)
        self._button(row, tr("Close"), "", self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.search.setFocus()

    def _button(self, row: QHBoxLayout, text: str, tip: str, pressed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(pressed)
        row.addWidget(button)
        return button

    @Slot()
    def _from_start(self) -> None:
        self.view.moveCursor(QTextCursor.MoveOperation.Start)
        self._find(QTextDocument.FindFlag(0))

    @Slot()
    def _next(self) -> None:
        back = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        flag = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if not self._find(flag):
            move = QTextCursor.MoveOperation
            self.view.moveCursor(move.End if back else move.Start)
            self._find(flag)

    def _find(self, flag: QTextDocument.FindFlag) -> bool:
        wanted = self.search.text()
        found = not wanted or self.view.find(wanted, flag)
        if bool(self.search.property("invalid")) == found:
            self.search.setProperty("invalid", not found)
            self.search.style().polish(self.search)
        return found

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)

    @Slot()
    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


def show_changelog(parent: QWidget | None) -> None:
    """Show what is new in this version."""
    file = paths.resources() / "help" / "CHANGELOG.md"
    text = file.read_text(encoding="utf-8") if file.is_file() else tr("There is no list of changes here.")
    _show(TextDialog(parent, tr("What Is New"), text, markdown=True))


def show_log(parent: QWidget | None) -> None:
    """Show what Keydream noted about itself."""
    folder = paths.data_dir() / "logs"
    _show(TextDialog(parent, tr("Log"), log_text(folder), folder=folder))


def log_text(folder: Path) -> str:
    """The end of the log, after what a crash left, if one did."""
    parts = []
    for name in ("crash.log", "keydream.log"):
        try:
            with (folder / name).open("rb") as file:
                file.seek(0, 2)
                cut = file.tell() > LONGEST
                file.seek(-LONGEST if cut else 0, 2 if cut else 0)
                text = file.read().decode("utf-8", "replace")
        except OSError:
            continue
        if text:
            parts.append(text.partition("\n")[2] if cut else text)
    return "\n".join(parts) or tr("Nothing has been noted yet.")


def _show(dialog: TextDialog) -> None:
    dialog.exec()
    dialog.deleteLater()
