"""A line that is typed over what it changes: Enter takes it, Escape leaves what was, and an error loses nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from studio.app.theme import theme
from studio.base.errors import StudioError

Check = Callable[[str], None]
"""Raises a `StudioError` when the text cannot be used."""


class InPlaceEdit(QLineEdit):
    """The line. It goes away by itself when it is done; a text with an error keeps it open."""

    accepted = Signal(str)
    """What was written: it passed the check, and is another text than before (or makes something new)."""

    closed = Signal()
    """It is gone, one way or the other."""

    def __init__(self, parent: QWidget, text: str, check: Check, *, new: bool = False) -> None:
        """Make the line, hidden.

        Args:
            parent: what it lies over.
            text: what stands there.
            check: see `Check`.
            new: whether it makes something: the text is accepted even as it was.
        """
        super().__init__(text, parent)
        self._new = new
        self._host = parent
        self._before = text
        self._check = check
        self._over = False
        self._message = _Message(parent)
        self._message.setProperty("role", "error")
        self._message.setWordWrap(True)
        self._message.setContentsMargins(8, 4, 8, 4)
        self._message.hide()
        self.textEdited.connect(self._look)

    def open_at(self, area: QRect) -> None:
        """Show it there, with everything selected."""
        self.setGeometry(area)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    @property
    def problem(self) -> str:
        """Why the text cannot be used; empty when it can."""
        return self._message.text() if self._message.isVisibleTo(self._host) else ""

    def take(self) -> bool:
        """Use the text, if it can be used. Whether it could."""
        if self._over:
            return True
        if not self._look(self.text()):
            return False
        text = self.text()
        self._close()
        if self._new or text != self._before:
            self.accepted.emit(text)
        self.closed.emit()
        return True

    def leave(self) -> None:
        """Go away and change nothing."""
        if not self._over:
            self._close()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter takes the text, Escape leaves it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While one types, Escape is for this line and no shortcut."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A click elsewhere takes the text; if it cannot be used, the line stays, and nothing is lost."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.take()

    def _look(self, text: str) -> bool:
        try:
            self._check(text)
        except StudioError as error:
            self._show(str(error))
            return False
        self._show("")
        return True

    def _show(self, problem: str) -> None:
        self._message.setText(problem)
        self.setProperty("invalid", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleDescription(problem)
        if not problem:
            self._message.hide()
            return
        parent = self._host
        width = min(max(self.width(), 280), parent.width())
        height = self._message.heightForWidth(width)
        left = min(self.x(), parent.width() - width)
        below = self.geometry().bottom() + 2
        top = below if below + height <= parent.height() else max(0, self.y() - height - 2)
        self._message.setGeometry(left, top, width, height)
        self._message.show()
        self._message.raise_()

    def _close(self) -> None:
        self._over = True
        had = self.hasFocus()
        self.hide()
        self._message.hide()
        self._message.deleteLater()
        if had:
            self._host.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()


class _Message(QLabel):
    """Why a text cannot be used, on a ground of its own: it lies over other things."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A frame first, then the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colours.error, 1))
        painter.setBrush(theme().colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
        super().paintEvent(event)
