"""The seed: a number to type, dice that roll another, and a lock that keeps them from it."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.panels.fields import Field, Line, small_button
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.project import changes, limits

_SIDES = 10_000  # of the dice: seeds that can be read out and typed again


class SeedField(QWidget):
    """The project's seed."""

    locked_changed = Signal(bool)
    """Whether the seed may be rolled is otherwise now."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        help_text = tr("Another seed gives other pictures of the same prompts. A whole number from 0 on.")
        self.field = Field(tr("Seed"), help_text)
        self.box = SeedBox()
        self.box.setAccessibleName(tr("Seed"))
        self.box.setToolTip(help_text)
        self.box.textEdited.connect(self._judge)
        self.box.editingFinished.connect(self._take)
        self.box.stepped.connect(self._step)
        self.dice = small_button("dices", tr("Roll another seed: a remix of everything else"), tr("Random seed"))
        self.dice.clicked.connect(self.roll)
        self.lock = small_button("lock-open", "", "")
        self.lock.setCheckable(True)
        self.lock.toggled.connect(self._lock)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        for widget in (self.box, self.dice, self.lock):
            row.addWidget(widget)
        self.field.finish(inside)
        self.field.label.setBuddy(self.box)
        self.field.row.setStretchFactor(inside, 1)
        self.field.reset.connect(lambda: self._set(0))
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        self._lock(False)

    @property
    def locked(self) -> bool:
        """Whether the dice may not change it."""
        return self.lock.isChecked()

    def show_value(self, seed: int) -> None:
        """Show a seed that came from elsewhere; what is being typed stays."""
        if not (self.box.hasFocus() and self.box.isModified()):
            self.box.setText(str(seed))
            self._judge()
        self.field.show_default(seed == 0 or self.locked)

    @Slot()
    def roll(self) -> None:
        """Take another seed, unless it is locked."""
        if not self.locked:
            self.box.setModified(False)
            before = self._document.project.seed
            self._set((before + 1 + secrets.randbelow(_SIDES - 1)) % _SIDES)

    def _set(self, seed: int) -> None:
        self.box.setModified(False)
        self._document.apply(changes.set_seed(seed))
        self.show_value(self._document.project.seed)

    @property
    def _typed(self) -> int | None:
        text = self.box.text().strip()
        return int(text) if text.isascii() and text.isdecimal() and int(text) <= limits.SEED else None

    @Slot()
    def _judge(self) -> None:
        wrong = self._typed is None
        self.problem.setVisible(wrong)
        self.problem.setText(tr("A seed is a whole number from 0 to {most}.", most=limits.SEED) if wrong else "")
        if bool(self.box.property("invalid")) != wrong:
            self.box.setProperty("invalid", wrong)
            self.box.style().polish(self.box)

    @Slot()
    def _take(self) -> None:
        typed = self._typed
        if typed is not None:
            self.box.setModified(False)
            if typed != self._document.project.seed:
                self._document.apply(changes.set_seed(typed))

    @Slot(int)
    def _step(self, by: int) -> None:
        if not self.locked:
            self._set(min(max(self._document.project.seed + by, 0), limits.SEED))

    @Slot(bool)
    def _lock(self, locked: bool) -> None:
        self.lock.setIcon(icon("lock" if locked else "lock-open"))
        words = tr("Unlock the seed") if locked else tr("Lock the seed")
        self.lock.setAccessibleName(words)
        tip = tr("The seed stays as it is. Click to let the dice change it.")
        self.lock.setToolTip(tip if locked else tr("Keep the seed: the dice cannot change it then."))
        self.dice.setEnabled(not locked)
        self.box.setReadOnly(locked)
        self.field.show_default(locked or self._document.project.seed == 0)
        self.locked_changed.emit(locked)


class SeedBox(Line):
    """A number of any size that up and down step by one."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and down, as in a spin box: seeds are too large for one."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)
