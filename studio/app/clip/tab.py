"""What every tab of the page has: a lane for its questions, a line that says how they go, and notes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from studio.app.clip.lane import Lane
from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.clip.working import Notes, Working
from studio.app.texts import tr
from studio.app.theme import GRID

LEFT: Final = 33 * GRID
"""Pixels of the side on which a question is put."""

_CALM: Final = 400  # milliseconds without an edit before a question is asked again


class Tab(QWidget):
    """A tab. Once it was asked, edits ask again by themselves: what is known already costs nothing."""

    asked = Signal()
    """A question was asked by hand."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shared = shared
        self.lane = Lane(self)
        self.working = Working(self.lane)
        self.notes = Notes()
        self.live = False
        self._due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._again)
        shared.model_changed.connect(self.edited)

    @Slot()
    def ask(self) -> None:
        """Ask what the fields say now."""
        self._timer.stop()
        if self.question():
            self.live = True
            self.asked.emit()

    @Slot()
    def edited(self) -> None:
        """A field has changed: ask again soon, if it was asked before."""
        if self.live and self.isVisible():
            self._timer.start()
        else:
            self._due = self.live

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What was changed while another tab was shown counts now."""
        super().showEvent(event)
        if self._due:
            self._due = False
            self._timer.start()

    def rest(self) -> None:
        """Stop, because nobody looks any more."""
        self._timer.stop()
        self.lane.stop()

    def close_down(self) -> bool:
        """Stop for good. Whether the thread ended in time."""
        self._timer.stop()
        return self.lane.close()

    def question(self) -> bool:
        """Put the question to the lane. Whether there is one; else `working` says what is missing."""
        return False

    def show_source(self, source: Source, text: str) -> None:
        """Ask about this picture, and this text unless it is empty."""

    @Slot()
    def _again(self) -> None:
        self.question()


def texts_field(name: str, hint: str, tip: str) -> QPlainTextEdit:
    """A field for texts, one a line."""
    field = QPlainTextEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setToolTip(tip)
    field.setTabChangesFocus(True)
    field.setMinimumHeight(8 * GRID)
    return field


def ask_button(text: str, tip: str) -> QPushButton:
    """The button that asks; the page's keys press it too."""
    keys = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
    button = QPushButton(text)
    button.setProperty("role", "primary")
    button.setAutoDefault(False)
    button.setToolTip(tr("{tip} ({keys})", tip=tip, keys=keys))
    return button


def halves(tab: Tab, left: QBoxLayout, right: QBoxLayout) -> None:
    """Lay a tab out: what is asked on the left, what is answered on the right, how it goes below."""
    side = QWidget()
    side.setFixedWidth(LEFT)
    side.setLayout(left)
    row = QHBoxLayout()
    row.setSpacing(2 * GRID)
    row.addWidget(side)
    row.addLayout(right, 1)
    for layout in (left, right):
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
    column = QVBoxLayout(tab)
    column.setContentsMargins(0, 2 * GRID, 0, 0)
    column.setSpacing(GRID)
    column.addLayout(row, 1)
    column.addWidget(tab.notes)
    column.addWidget(tab.working)
