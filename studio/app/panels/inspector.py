"""The inspector: the prompt at hand, the selected key, and how pictures are made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.panels.key_section import KeySection
from studio.app.panels.picture_section import PictureSection
from studio.app.panels.preset_menu import PresetButton
from studio.app.panels.prompt_section import PromptSection
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import StudioError


class Inspector(QWidget):
    """Everything that can be said about the selection and the project, in one column that scrolls."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(288)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(area)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        column.setSpacing(GRID)
        self.problem = QLabel()
        self.problem.setProperty("role", "warning")
        self.problem.setWordWrap(True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.key = KeySection(context)
        column.addWidget(self.key)
        self.prompt = PromptSection(context)
        column.addWidget(self.prompt)
        self.picture = PictureSection(context)
        column.addWidget(self.picture)
        bottom = QHBoxLayout()
        self.presets = PresetButton(context)
        self.presets.setText(tr("Presets"))
        self.presets.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bottom.addWidget(self.presets)
        bottom.addStretch(1)
        self.remix = QPushButton(tr("Remix"))
        self.remix.setIcon(icon("shuffle"))
        self.remix.setToolTip(tr("Dream everything anew from another seed; a locked seed stays."))
        self.remix.clicked.connect(self.picture.seed.roll)
        self.picture.seed.locked_changed.connect(self.remix.setDisabled)
        bottom.addWidget(self.remix)
        column.addLayout(bottom)
        self.notes = QLabel()
        self.notes.setProperty("role", "muted")
        self.notes.setWordWrap(True)
        column.addWidget(self.notes)
        column.addStretch(1)
        area.setWidget(inside)
        self._area = area
        context.document.opened.connect(self._go_up)
        self._frames = context.frames
        context.frames.problem_changed.connect(self._trouble)
        context.frames.changed.connect(self._note)
        self._trouble(context.frames.problem)
        self._note()

    def focus_prompt(self) -> None:
        """Let the artist type the prompt at hand."""
        self.prompt.focus_words()

    @Slot()
    def _go_up(self) -> None:
        """Another project is read from its top."""
        self._area.verticalScrollBar().setValue(0)

    @Slot(object)
    def _trouble(self, problem: StudioError | None) -> None:
        self.problem.setVisible(problem is not None)
        self.problem.setText("" if problem is None else str(problem))

    @Slot()
    def _note(self) -> None:
        self.notes.setText("\n".join(self._frames.notes))
        self.notes.setVisible(bool(self._frames.notes))
