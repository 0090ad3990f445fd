"""A message or a question: a heading in plain words, what it means, and buttons that say what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.app.dialogs.confirm import fit_height
from studio.app.icons import draw
from studio.app.texts import tr
from studio.app.theme import GRID, theme

Kind = Literal["question", "warning", "error", "info"]
"""What a message is: it gives the picture beside it its form and colour."""

_ICONS: Final = {"question": "circle-question-mark", "warning": "triangle-alert", "error": "circle-x", "info": "info"}
_WIDTH = 56 * GRID
_GLYPH = 4 * GRID


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a question.

    Attributes:
        id: what the answer is when it is pressed.
        text: on it; says what it does.
        primary: whether Enter presses it.
        aside: whether it stands on the left, away from the others: it throws something away.
    """

    id: str
    text: str
    primary: bool = False
    aside: bool = False


class Message(QDialog):
    """A modal message. `answer` is the id of the button that was pressed, "" when it was closed or escaped."""

    def __init__(
        self,
        parent: QWidget | None,
        heading: str,
        text: str = "",
        choices: Sequence[Choice] = (),
        *,
        kind: Kind = "question",
        points: Sequence[str] = (),
        details: str = "",
    ) -> None:
        """See the attributes.

        Args:
            parent: over which it appears.
            heading: what happened or what is asked, in one sentence.
            text: what it means and what can be done; may be empty.
            choices: the buttons; a single "OK" when none is given. Escape answers "".
            kind: what it is.
            points: things that it is about, one a line.
            details: what "Copy Details" puts on the clipboard; no such button when empty.
        """
        super().__init__(parent)
        self.answer = ""
        self.details = details
        self._primary: QPushButton | None = None
        self.setWindowTitle(tr("Keydream"))
        self.setModal(True)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout()
        column.setSpacing(GRID)
        for said, role in ((heading, "heading"), (text, "")):
            if said:
                column.addWidget(_label(said, role))
        for point in points:
            column.addWidget(_label(f"•  {point}", "muted"))
        column.insertSpacing(0, GRID // 2)  # the heading beside the middle of the picture
        column.addStretch(1)
        above = QHBoxLayout()
        above.setSpacing(2 * GRID)
        above.addWidget(Glyph(kind), 0, Qt.AlignmentFlag.AlignTop)
        above.addLayout(column, 1)
        whole = QVBoxLayout(self)
        whole.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # it would keep room for narrow texts
        whole.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        whole.setSpacing(3 * GRID)
        whole.addLayout(above)
        whole.addLayout(self._buttons(choices or (Choice("ok", tr("OK"), primary=True),)))

    def button(self, name: str) -> QPushButton:
        """The button of a choice; `KeyError` when there is none."""
        found = self.findChild(QPushButton, f"choice-{name}")
        if not isinstance(found, QPushButton):
            raise KeyError(name)
        return found

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Be as high as the texts need; Enter answers at once."""
        super().showEvent(event)
        fit_height(self)
        if self._primary is not None:
            self._primary.setFocus()

    def _buttons(self, choices: Sequence[Choice]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        if self.details:
            copy = QPushButton(tr("Copy Details"))
            copy.setObjectName("copy")
            copy.setToolTip(tr("Put what happened on the clipboard, to send it to somebody who can help."))
            copy.setAutoDefault(False)
            copy.clicked.connect(self._copy)
            row.addWidget(copy)
        made = {choice.id: self._button(choice) for choice in choices}
        for choice in choices:
            if choice.aside:
                row.addWidget(made[choice.id])
        row.addStretch(1)
        for choice in choices:
            if not choice.aside:
                row.addWidget(made[choice.id])
        for choice in choices:
            if choice.primary:
                made[choice.id].setDefault(True)
                self._primary = made[choice.id]
        return row

    def _button(self, choice: Choice) -> QPushButton:
        button = QPushButton(choice.text)
        button.setObjectName(f"choice-{choice.id}")
        button.setAutoDefault(choice.primary)
        button.clicked.connect(lambda: self._answered(choice.id))
        return button

    def _answered(self, name: str) -> None:
        self.answer = name
        self.accept()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)


class Glyph(QWidget):
    """The picture beside a message."""

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setFixedSize(QSize(_GLYPH, _GLYPH))
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it in the colour of its kind."""
        colours = theme().colours
        colour = {"warning": colours.warning, "error": colours.error}.get(self._kind, colours.muted)
        painter = QPainter(self)
        draw(painter, _ICONS[self._kind], QRectF(self.rect()), colour)
        painter.end()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    if role:
        label.setProperty("role", role)
    return label
