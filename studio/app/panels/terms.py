"""One wish of a prompt: its words, picture or noise, how strongly it pulls, where, and when it has had enough."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from studio.app.panels.fields import Field, Line, NumberField, passes_undo, small_button
from studio.app.panels.noise_field import NoiseField
from studio.app.panels.region_field import RegionField
from studio.app.panels.thumbnails import Thumbnail, Thumbnails
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import InputError
from studio.timeline.prompt import NEVER_STOP, Content, Image, Noise, Term, Text
from studio.timeline.validate import MAXIMUM_VALUE, number

_REACH = 2.0  # of the weight's slider; the box takes more
_LINES = 2


class TermRow(QWidget):
    """The controls of a term. What is typed stays as it is; `edited` comes only with terms that are possible.

    A row that has shown no term yet is an empty text: it becomes a term with the first word.
    """

    edited = Signal(object)
    """A `Term`: as it is meant now."""

    done = Signal()
    """The gesture is over."""

    removed = Signal()
    typed = Signal(str)
    """The words, whatever they are worth."""

    cancelled = Signal()
    """Escape: what was typed since the gesture began is to be taken back."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._term: Term | None = None
        self._complaint = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        self._top = self._make_content(thumbnails)
        column.addLayout(self._top)
        self.note = QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.note.setWordWrap(True)
        self.note.setContentsMargins(0, 0, 4 * GRID, 0)
        self.note.setProperty("role", "muted")
        tip = tr("CLIP reads a prompt in tokens: short words are one, long ones several; the rest is not read.")
        self.note.setToolTip(tip)
        column.addWidget(self.note)
        self.weight = NumberField(
            tr("Weight"),
            tr("How strongly this pulls; below 0 it pushes away. Any number; 1 is usual."),
            -MAXIMUM_VALUE,
            MAXIMUM_VALUE,
            slider=(-_REACH, _REACH),
        )
        self.weight.edited.connect(self._change)
        self.weight.done.connect(self.done)
        self.weight.reset.connect(self._reset_weight)
        column.addWidget(self.weight)
        self.stop = StopField()
        self.stop.edited.connect(self._change)
        self.stop.done.connect(self.done)
        column.addWidget(self.stop)
        self.where = RegionField()
        self.where.edited.connect(self._change)
        self.where.edited.connect(self.done)
        column.insertWidget(column.indexOf(self.stop), self.where)
        self._top.insertWidget(1, self.picture, 1)
        self._top.insertWidget(1, self.noise, 1)
        self._show_kind(Text)
        self.weight.show_value(1.0)
        self.show_stop(False)

    def _make_content(self, thumbnails: Thumbnails) -> QHBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        self.words = Words()
        self.words.setAccessibleName(tr("Prompt"))
        self.words.setPlaceholderText(tr("What should the picture show?"))
        tip = tr("What the picture should show. Name a background, too: what is not said is left to chance.")
        self.words.setToolTip(tip)
        self.words.textChanged.connect(self._type)
        self.words.left.connect(self.done)
        self.words.escaped.connect(self.cancelled)
        top.addWidget(self.words, 1)
        self.picture = Thumbnail(thumbnails)
        self.noise = NoiseField()
        self.noise.edited.connect(self._change)
        self.noise.done.connect(self.done)
        self.remove = small_button("x", tr("Take this wish out of the prompt"), tr("Remove term"))
        self.remove.clicked.connect(self.removed)
        tip = tr("Where in the picture this counts, and when it has had enough.")
        self.more = small_button("sliders-horizontal", tip, tr("Show where it counts, and the stop"))
        self.more.setCheckable(True)
        self.more.toggled.connect(self.show_stop)
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.remove)
        side.addWidget(self.more)
        side.addStretch(1)
        top.addLayout(side)
        return top

    def show_stop(self, shown: bool) -> None:
        """Show or hide the stop and where it counts; what is set stays visible."""
        self.stop.setVisible(shown or (self._term is not None and self._term.stop != NEVER_STOP))
        self.where.setVisible(shown or (self._term is not None and self._term.region is not None))

    def show_term(self, term: Term) -> None:
        """Show a term that came from elsewhere. Words that mean it already are left as they were typed."""
        if term == self._term:
            return
        self._term = term
        self._show_kind(type(term.content))
        if isinstance(term.content, Text):
            if self.words.toPlainText().strip() != term.content.text:
                with QSignalBlocker(self.words):
                    self.words.setPlainText(term.content.text)
                    self.words.moveCursor(QTextCursor.MoveOperation.End)
                self._complain("")
                self.typed.emit(term.content.text)
            self.words.mark(False)
        elif isinstance(term.content, Noise):
            self.noise.show_noise(term.content)
        else:
            self.picture.show_asset(term.content.asset)
        self.weight.show_value(term.weight)
        self.weight.show_default(term.weight == 1)
        self.stop.show_value(term.stop)
        self.where.show_region(term.region)
        self.show_stop(self.more.isChecked())

    def show_again(self) -> None:
        """Show the term as it is in the project, whatever was typed: after Escape."""
        term, self._term = self._term, None
        if term is not None:
            self.show_term(term)

    def _show_kind(self, kind: type) -> None:
        self.words.setVisible(kind is Text)
        self.note.setVisible(kind is Text)
        self.picture.setVisible(kind is Image)
        self.noise.setVisible(kind is Noise)

    def say(self, text: str, role: str) -> None:
        """Note below the words how long they are, unless something is wrong."""
        if not self._complaint:
            self._write(text, role)

    def _complain(self, text: str) -> None:
        self._complaint = text
        self._write(text, "error" if text else "muted")

    def _write(self, text: str, role: str) -> None:
        self.note.setText(text)
        if self.note.property("role") != role:
            self.note.setProperty("role", role)
            self.note.style().polish(self.note)

    @Slot()
    def _type(self) -> None:
        text = self.words.toPlainText()
        self._complain("")
        self.words.mark(not text.strip())
        self.typed.emit(text)
        if text.strip():
            self._change()
        else:
            self._complain(tr("Write what the picture should show; until then the prompt stays as it was."))

    @Slot()
    def _change(self) -> None:
        stop = self.stop.value
        shown = None if self._term is None else self._term.content
        words = self.words.toPlainText()
        if stop is None or not (isinstance(shown, Image | Noise) or words.strip()):
            return
        try:
            content: Content = Text(words) if shown is None or isinstance(shown, Text) else shown
            content = self.noise.noise if isinstance(shown, Noise) else content
            term = Term(content, self.weight.value, stop, self.where.region)
        except InputError as error:
            self._complain(str(error))
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


class StopField(Field):
    """Where the pull of a term ends: a number, or nothing."""

    edited = Signal()
    done = Signal()
    """The gesture is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        help_text = tr("The weighted distance below which this no longer pulls, about -1 to 2. Empty: it always pulls.")
        super().__init__(tr("Stop"), help_text, parent)
        self.box = Line()
        self.box.setPlaceholderText(tr("never"))
        self.box.setFixedWidth(64)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.textEdited.connect(self._type)
        self.box.editingFinished.connect(self._finish)
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.finish(self.problem, self.box)
        self.row.setStretchFactor(self.problem, 1)
        self.reset.connect(self._clear)

    @property
    def value(self) -> float | None:
        """The number that was typed, or never; None while it is neither."""
        text = self.box.text().strip().replace(",", ".").replace("−", "-")
        if not text:
            return NEVER_STOP
        try:
            return number(float(text), tr("the stop"))
        except (ValueError, InputError):
            return None

    def show_value(self, stop: float) -> None:
        """Show a stop that came from elsewhere; what means it already stays as it was typed."""
        if self.value != stop:
            self.box.setText("" if stop == NEVER_STOP else f"{stop:g}")
        self._judge()

    @Slot()
    def _type(self) -> None:
        self._judge()
        if self.value is not None:
            self.edited.emit()

    @Slot()
    def _finish(self) -> None:
        self.box.setModified(self.value is None)
        self.done.emit()

    @Slot()
    def _clear(self) -> None:
        self.box.clear()
        self._type()
        self.done.emit()

    def _judge(self) -> None:
        wrong = self.value is None
        self.problem.setText(tr("a number") if wrong else "")
        self.show_default(self.value == NEVER_STOP)
        if bool(self.box.property("invalid")) != wrong:
            self.box.setProperty("invalid", wrong)
            self.box.style().polish(self.box)


class Words(QPlainTextEdit):
    """A text of a few lines. Tab goes on to the next control."""

    left = Signal()
    """The focus went elsewhere, or Enter was pressed."""

    escaped = Signal()
    """Escape was pressed."""

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

    def settle(self) -> None:
        """What was typed counts: from here on Ctrl+Z is the document's, until something is typed again."""
        self.document().clearUndoRedoStacks()
        self.document().setModified(False)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the document, unless something was typed that can be taken back here."""
        if not self.document().isModified() and passes_undo(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: object) -> None:  # noqa: N802
        """The gesture of typing is over."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter alone ends the typing: a prompt is one line, however it is wrapped."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._leave()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            self.settle()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.settle()
        self.left.emit()

    @Slot()
    def _fit(self) -> None:
        lines = min(max(self.document().size().height(), _LINES), 6)
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + 18))
