"""One wish of a prompt: its words or picture, how strongly it pulls, and when it has had enough."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from studio.app.icons import icon
from studio.app.panels.fields import NumberField
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import InputError
from studio.timeline.prompt import NEVER_STOP, Image, Term, Text

_REACH = 2.0  # of the weight's slider; the box takes more
_MOST = 1000.0
_LINES = 2


class TermRow(QWidget):
    """The controls of a term. What is typed stays as it is; `edited` comes only with terms that are possible."""

    edited = Signal(object)
    """A `Term`: as it is meant now."""

    done = Signal()
    """The gesture is over."""

    removed = Signal()
    typed = Signal(str)
    """The words, whatever they are worth."""

    def __init__(self, thumbnail: Callable[[str], QPixmap | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._term: Term | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._make_content())
        self.note = QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        column.addWidget(self.note)
        self.weight = NumberField(
            tr("Weight"),
            tr("How strongly this pulls; below 0 it pushes away."),
            -_MOST,
            _MOST,
            slider=(-_REACH, _REACH),
        )
        self.weight.edited.connect(self._change)
        self.weight.done.connect(self.done)
        self.weight.reset.connect(self._reset_weight)
        column.addWidget(self.weight)
        column.addLayout(self._make_stop())
        self.show_stop(False)

    def _make_content(self) -> QHBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        self.words = Words()
        self.words.setAccessibleName(tr("Prompt"))
        self.words.setPlaceholderText(tr("What should the picture show?"))
        tip = tr("What the picture should show. Name a background, too: what is not said is left to chance.")
        self.words.setToolTip(tip)
        self.words.textChanged.connect(self._type)
        self.words.left.connect(self.done)
        top.addWidget(self.words, 1)
        self.picture = QLabel()
        self.picture.setFixedSize(56, 56)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture_name = QLabel()
        top.addWidget(self.picture)
        top.addWidget(self.picture_name, 1)
        self.remove = QToolButton()
        self.remove.setIcon(icon("x"))
        self.remove.setIconSize(QSize(14, 14))
        self.remove.setToolTip(tr("Take this wish out of the prompt"))
        self.remove.setAccessibleName(tr("Remove term"))
        self.remove.clicked.connect(self.removed)
        top.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        return top

    def _make_stop(self) -> QHBoxLayout:
        self.stop = QLineEdit()
        self.stop.setPlaceholderText(tr("never"))
        self.stop.setFixedWidth(64)
        self.stop.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.stop.setAccessibleName(tr("Stop"))
        self.stop.setToolTip(
            tr("The weighted distance below which this no longer pulls, about -1 to 2. Empty: it always pulls.")
        )
        self.stop.textEdited.connect(self._change)
        self.stop.editingFinished.connect(self.done)
        self._stop_label = QLabel(tr("Stop"))
        bottom = QHBoxLayout()
        bottom.addWidget(self._stop_label)
        bottom.addStretch(1)
        bottom.addWidget(self.stop)
        bottom.addSpacing(30)
        return bottom

    def show_stop(self, shown: bool) -> None:
        """Show or hide the stop, which few need; one that is set stays visible."""
        wanted = shown or (self._term is not None and self._term.stop != NEVER_STOP)
        self.stop.setVisible(wanted)
        self._stop_label.setVisible(wanted)

    def show_term(self, term: Term) -> None:
        """Show a term that came from elsewhere. Words that mean it already are left as they were typed."""
        was = self._term
        self._term = term
        is_text = isinstance(term.content, Text)
        self.words.setVisible(is_text)
        self.note.setVisible(is_text)
        self.picture.setVisible(not is_text)
        self.picture_name.setVisible(not is_text)
        if isinstance(term.content, Text):
            if self.words.toPlainText().strip() != term.content.text:
                with QSignalBlocker(self.words):
                    self.words.setPlainText(term.content.text)
                    self.words.moveCursor(QTextCursor.MoveOperation.End)
                self.say("", "muted")
                self.typed.emit(term.content.text)
            self.words.mark(False)
        else:
            self.picture_name.setText(term.content.asset)
            found = self._thumbnail(term.content.asset)
            self.picture.setPixmap(found or icon("image").pixmap(24, 24))
        self.weight.show_value(term.weight)
        self.weight.show_default(term.weight == 1)
        if (was is None or was.stop != term.stop) and not self.stop.hasFocus():
            self.stop.setText("" if term.stop == NEVER_STOP else f"{term.stop:g}")
        self.show_stop(self.stop.isVisibleTo(self))

    def say(self, text: str, role: str) -> None:
        """Put a note below the words: the count of tokens, or what is wrong."""
        self.note.setText(text)
        if self.note.property("role") != role:
            self.note.setProperty("role", role)
            self.note.style().polish(self.note)

    @Slot()
    def _type(self) -> None:
        text = self.words.toPlainText()
        self.typed.emit(text)
        self.words.mark(not text.strip())
        if text.strip():
            self._change()
        else:
            self.say(tr("Write what the picture should show; until then the prompt stays as it was."), "error")

    @Slot()
    def _change(self) -> None:
        if self._term is None:
            return
        content = self._term.content
        try:
            stop = float(self.stop.text().replace(",", ".")) if self.stop.text().strip() else NEVER_STOP
            if not math.isfinite(stop) and self.stop.text().strip():
                raise ValueError
            if not isinstance(content, Image):
                content = Text(self.words.toPlainText())
            term = Term(content, self.weight.value, stop)
        except ValueError:
            self.say(tr("The stop is a number, or empty."), "error")
            return
        except InputError as error:
            self.say(str(error), "error")
            return
        if term != self._term:
            self._term = term
            self.weight.show_default(term.weight == 1)
            self.edited.emit(term)

    @Slot()
    def _reset_weight(self) -> None:
        self.weight.show_value(1.0)
        self._change()
        self.done.emit()


class Words(QPlainTextEdit):
    """A text of a few lines. Tab goes on to the next control."""

    left = Signal()
    """The focus went elsewhere, or Enter with Ctrl was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self._fit)
        self._fit()

    def mark(self, invalid: bool) -> None:
        """Outline the text where it cannot be used."""
        if bool(self.property("invalid")) != invalid:
            self.setProperty("invalid", invalid)
            self.style().polish(self)

    def focusOutEvent(self, event: object) -> None:  # noqa: N802
        """The gesture of typing is over."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter alone ends the typing: a prompt is one line, however it is wrapped."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.left.emit()
            return
        super().keyPressEvent(event)

    @Slot()
    def _fit(self) -> None:
        lines = min(max(self.document().size().height(), _LINES), 6)
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + 18))
