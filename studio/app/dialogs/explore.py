"""Explore: sixteen small drafts that grow at once, varied by seed, by words or by weights; one becomes a keyframe."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.draft_grid import DraftGrid, growth_text
from studio.app.exploring import Cell, Growth, Stage
from studio.app.promoting import promote
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.render.variations import BY, COUNT, prompt_at, prompt_of, small, varied
from studio.timeline.prompt import format_prompt

KINDS: Final = {
    "seeds": ("Seeds", "Other seeds of the same prompt"),
    "words": ("Words", "Other words: styles, media, colours and lights; or your own, written as {red|blue}"),
    "weights": ("Weights", "Other weights of the wishes, step sizes, smoothness and colour"),
}
"""What may be varied: untranslated names, and what they do."""


class ExploreDialog(QDialog):
    """A prompt, what to vary of it, and the drafts. It stays beside the window; renders wait while drafts grow."""

    continued = Signal(int)
    """The keyframe at that frame came from a draft and is to be dreamed in full size."""

    said = Signal(str)
    """What was done, in words."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._exploring = context.exploring
        self._seen = 0
        self._frame = 0
        self._note: tuple[str, str] | None = None
        self.setWindowTitle(tr("Explore"))
        self.setModal(False)
        self.resize(QSize(84 * GRID, 102 * GRID))
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(tr("What the drafts should show"))
        self.prompt.setAccessibleName(tr("Prompt of the drafts"))
        self.prompt.setToolTip(
            tr("Terms between bars, as in the inspector. Words between braces are tried in turn: a {red|blue} fox.")
        )
        self.prompt.textEdited.connect(self._edited)
        self.grid = DraftGrid(self._exploring)
        self.grid.chosen.connect(self._chosen)
        self.grid.picked.connect(self._use)
        self.grid.continued.connect(self._continue)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the drafts"))
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that the drafts do not jump
        self.bar.setSizePolicy(policy)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setMinimumHeight(4 * GRID)
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.prompt)
        column.addLayout(self._make_choice())
        column.addWidget(self.grid, 1)
        column.addWidget(self.bar)
        column.addWidget(self.state)
        column.addLayout(self._make_buttons())
        self._exploring.changed.connect(self._refresh)
        self._exploring.cell_changed.connect(self._cell_changed)
        self._refresh()

    @property
    def by(self) -> str:
        """What is varied: one of `BY`."""
        return next(name for name, button in self.kinds.items() if button.isChecked())

    @Slot()
    def present(self) -> None:
        """Show the dialog, with the prompt of the playhead's frame unless drafts are there already."""
        frame = self._context.player.frame
        if not self._exploring.busy:
            try:
                written = format_prompt(prompt_at(self._context.document.project, frame))
            except StudioError:
                written = ""
            if written and (not self._exploring.cells or frame != self._frame):
                self.prompt.setText(written)
                self._frame, self._seen, self._note = frame, 0, None
        self.show()
        self.raise_()
        self.activateWindow()
        self.explore_button.setFocus()
        self._refresh()

    def explore(self) -> None:
        """Begin, or begin again with others of the same kind."""
        project, text = self._context.document.project, self.prompt.text()
        try:
            prompt = prompt_of(text)
            base = small(project, min(self._frame, project.timeline.length - 1), prompt)
            drafts = varied(base, self.by, text, COUNT, self._seen)
        except StudioError as error:
            self._say(str(error), "error")
            return
        if self._exploring.start(drafts, self._context.document.folder):
            self._seen, self._note = self._seen + COUNT, None
            self.grid.fill()
            self.grid.setFocus()

    def reject(self) -> None:
        """Hide; drafts that grow go on."""
        self.hide()

    def _make_choice(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        label = QLabel(tr("Vary"))
        label.setProperty("role", "muted")
        row.addWidget(label)
        row.addSpacing(GRID // 2)
        self._group = QButtonGroup(self)
        self.kinds: dict[str, QToolButton] = {}
        for name in BY:
            title, help_text = KINDS[name]
            button = QToolButton()
            button.setText(tr(title))
            button.setToolTip(tr(help_text))
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setMinimumWidth(9 * GRID)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button)
            self.kinds[name] = button
            row.addWidget(button)
        self.kinds["seeds"].setChecked(True)
        self._group.buttonClicked.connect(self._edited)
        row.addStretch(1)
        self.stop_button = QPushButton(tr("Stop"))
        self.stop_button.setToolTip(tr("Stop within a step. What is done is kept."))
        self.stop_button.clicked.connect(self._exploring.cancel)
        self.explore_button = QPushButton()
        self.explore_button.clicked.connect(self.explore)
        for each in (self.stop_button, self.explore_button):
            each.setAutoDefault(False)
            row.addWidget(each)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setToolTip(tr("Close this dialog. Drafts that grow go on."))
        self.close_button.clicked.connect(self.reject)
        self.continue_button = QPushButton(tr("Continue in Full Size"))
        self.continue_button.setToolTip(
            tr("Make the draft a keyframe at the playhead, and dream it on from there (double click)")
        )
        self.continue_button.clicked.connect(lambda: self._continue(self.grid.current))
        self.use_button = QPushButton(tr("Use as Keyframe"))
        self.use_button.setToolTip(tr("Make the draft a keyframe at the playhead (Enter)"))
        self.use_button.setProperty("role", "primary")
        self.use_button.clicked.connect(lambda: self._use(self.grid.current))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.close_button)
        row.addStretch(1)
        for button in (self.close_button, self.continue_button, self.use_button):
            button.setAutoDefault(False)
        row.addWidget(self.continue_button)
        row.addWidget(self.use_button)
        return row

    @Slot()
    def _edited(self) -> None:
        """Another prompt or kind: its first drafts come first."""
        self._seen, self._note = 0, None
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        exploring, idle = self._exploring, not self._exploring.busy
        self.stop_button.setVisible(not idle)
        self.stop_button.setEnabled(exploring.stage is not Stage.STOPPING)
        self.explore_button.setVisible(idle)
        more = self._seen > 0
        self.explore_button.setText(tr("Sixteen More") if more else tr("Explore"))
        told = tr("Grow {count} other drafts of the same kind", count=COUNT)
        self.explore_button.setToolTip(told if more else tr("Grow {count} drafts", count=COUNT))
        _set_role(self.explore_button, "primary" if self.grid.current < 0 else "")
        begun = sum(cell.growth is not Growth.WAITING for cell in exploring.cells)
        total = len(exploring.cells)
        if exploring.stage is Stage.BEGINNING:
            self.bar.setRange(0, total)
            self.bar.setValue(begun)
        else:
            self.bar.setRange(0, max(1, exploring.steps))
            self.bar.setValue(exploring.step)
        self.bar.setVisible(not idle)
        self._say(*self._told(begun, total))
        cell = self._cell(self.grid.current)
        usable = cell is not None and cell.image is not None and cell.growth is not Growth.FAILED
        self.use_button.setEnabled(usable)
        self.continue_button.setEnabled(usable)

    def _told(self, begun: int, total: int) -> tuple[str, str]:
        """What the page says below the drafts, and its role: first what was just done with one, then how far it is."""
        exploring = self._exploring
        if self._note is not None:
            return self._note
        match exploring.stage:
            case Stage.WAITING:
                return tr("A render is running: the drafts come next, before the renders that wait."), ""
            case Stage.BEGINNING:
                return tr("Laying out beginnings: {done} of {total}", done=begun, total=total), ""
            case Stage.GROWING:
                return tr("Growing: step {step} of {steps}", step=exploring.step, steps=exploring.steps), ""
            case Stage.STOPPING:
                return tr("Stopping…"), ""
        cell = self._cell(self.grid.current)
        if cell is not None and cell.growth is Growth.FAILED:
            return growth_text(cell), "error"
        if cell is not None:
            return f"{cell.draft.label} — {format_prompt(cell.draft.prompt)}", "muted"
        if exploring.error is not None:
            return str(exploring.error), "error"
        failed = sum(cell.growth is Growth.FAILED for cell in exploring.cells)
        if failed:
            return plural("%n draft(s) failed; point at one to see why.", failed), "warning"
        if exploring.stopped:
            return tr("Stopped. What there is can be used."), "muted"
        if exploring.cells:
            return tr("Choose one: Enter makes it a keyframe at the playhead, a double click dreams it on."), "muted"
        return tr("Small drafts, all at once. Renders wait while they grow."), "muted"

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        _set_role(self.state, role)

    def _cell(self, number: int) -> Cell | None:
        return self._exploring.cells[number] if 0 <= number < len(self._exploring.cells) else None

    @Slot(int)
    def _chosen(self, _number: int) -> None:
        self._note = None
        self._refresh()

    @Slot(int)
    def _cell_changed(self, number: int) -> None:
        if self._exploring.stage is Stage.BEGINNING or number == self.grid.current:
            self._refresh()

    @Slot(int)
    def _use(self, number: int) -> None:
        """Make a draft a keyframe at the playhead."""
        self._take(number, dream=False)

    @Slot(int)
    def _continue(self, number: int) -> None:
        """Make a draft a keyframe at the playhead, and dream it on in full size."""
        self._take(number, dream=True)

    def _take(self, number: int, *, dream: bool) -> None:
        cell, frame = self._cell(number), self._context.player.frame
        if cell is None or cell.image is None or cell.growth is Growth.FAILED:
            return

        self._context.tasks.start(self._taken(cell, cell.path or cell.image, frame, dream))

    async def _taken(self, cell: Cell, picture: Path | QImage, frame: int, dream: bool) -> None:
        """Let a keyframe begin from the draft, as one entry of the history; the page says that it does, or why not."""
        context, prompt = self._context, cell.draft.prompt
        try:
            made = await promote(context, picture, prompt, frame, format_prompt(prompt))
        except StudioError as error:
            self._tell(str(error), "error")
            raise
        if not made:
            return
        said = tr("The draft {label} is the keyframe at frame {frame} now", label=cell.draft.label, frame=frame)
        if dream:
            said = tr("{said}, and is dreamed on in full size", said=said)
        self._tell(said)
        self.said.emit(said)
        if dream:
            self.continued.emit(frame)

    def _tell(self, text: str, role: str = "") -> None:
        """Say it on the page until a draft is chosen or others grow."""
        self._note = text, role
        self._refresh()


def _set_role(widget: QWidget, role: str) -> None:
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
