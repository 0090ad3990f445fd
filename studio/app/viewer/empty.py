"""What the viewer says while there is no picture at all: what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import draw
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.timeline.prompt import format_prompt

_WIDTH = 360
_ICON = 5 * GRID


class Empty(QWidget):
    """A dashed frame where the picture will be, with the first prompt and the way to dream it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID + _ICON, 3 * GRID, 3 * GRID)
        column.setSpacing(GRID)
        self.heading = _line("heading")
        self.prompt = _line("")
        self.advice = _line("")
        for line in (self.heading, self.prompt, self.advice):
            column.addWidget(line)
        self.button = QPushButton(tr("Dream it"))
        self.button.setProperty("role", "primary")
        self.button.setToolTip(context.actions["render.range"].toolTip())
        self.button.clicked.connect(context.actions["render.range"].trigger)
        column.addSpacing(GRID)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        theme().changed.connect(self.update)
        context.document.changed.connect(self.refresh)
        context.frames.problem_changed.connect(self.refresh)
        context.rendering.queue_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is missing now."""
        prompt, problem = self._first_prompt(), self._context.frames.problem
        running = self._context.rendering.running is not None
        keys = self._context.actions["render.range"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.prompt.setText(f"“{prompt}”")
        if running:
            self.heading.setText(tr("The first picture is on its way"))
            self.advice.setText(tr("It appears here as soon as it has a shape."))
        elif problem is not None and prompt:
            self.heading.setText(problem.what)
            self.advice.setText(" ".join(f"{part.rstrip('.')}." for part in (problem.why, problem.fix) if part))
        elif prompt:
            self.heading.setText(tr("Nothing is dreamed yet"))
            self.advice.setText(tr("Press {keys} to dream it. Or drop a picture here to start from.", keys=keys))
        else:
            self.heading.setText(tr("An empty timeline"))
            self.advice.setText(tr("Write a prompt on the timeline and press {keys}.", keys=keys))
        self.prompt.setVisible(bool(prompt))
        self.button.setVisible(bool(prompt) and not running and problem is None)
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the frame and the icon."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.muted, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
        draw(painter, "sparkles", QRectF((self.width() - _ICON) / 2, 2 * GRID, _ICON, _ICON), colours.accent)
        painter.end()

    def _first_prompt(self) -> str:
        keys = [
            (key.frame, format_prompt(key.value))
            for track in self._context.document.timeline.prompts
            for key in track.track.keys
        ]
        return min(keys)[1] if keys else ""


def _line(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
