"""The dialog of walks between takes. It stays beside the window: a walk is made in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.app.dialogs.export_form import FOLDER
from studio.app.dialogs.message import Choice
from studio.app.dialogs.walk_form import WalkForm
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.app.walking import Walking, WalkMade, WalkOrder
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.export import choose
from studio.takes.index import Row

UNEVEN = 0.25
"""Coefficient of variation of the change from frame to frame above which a walk is not of even speed."""

_FITFUL = 0.6  # likewise, above which the eye sees it stand nearly still here and hurry there


class WalkDialog(QDialog):
    """Order, timing and file of a walk; how far it is; what was made."""

    def __init__(self, context: Context, walking: Walking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._walking = walking
        self._root = Path()
        self._made: Path | None = None
        self.ask = Ask(self, context.settings)
        self.setWindowTitle(tr("Walk Between Takes"))
        self.setModal(False)
        self.setMinimumWidth(66 * GRID)
        self.form = WalkForm(context, self.ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.form, 1)
        self.outlook, self.state = QLabel(), QLabel()
        self.outlook.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the walk"))
        for widget in (self.outlook, self.bar):
            column.addWidget(widget)
        self.state.setWordWrap(True)
        self.show_button = _button(tr("Show in Folder"), tr("Open the folder that it is in."), self._show_folder)
        self.play_button = _button(
            tr("Play"), tr("Open it with the program that your system plays it with."), self._play
        )
        column.addLayout(_row(self.state, self.show_button, self.play_button))
        self.close_button = _button(tr("Close"), tr("Close this dialog. A walk that runs goes on."), self.reject)
        self.cancel_button = _button(tr("Cancel Walk"), tr("Stop it. No file is left."), walking.cancel)
        self.start_button = _button(tr("Walk"), tr("Draw the frames between, and write the file."), self._start)
        self.start_button.setDefault(True)
        column.addLayout(_row(QWidget(), self.close_button, self.cancel_button, self.start_button))
        self.form.changed.connect(self._changed)
        walking.changed.connect(self._show_stage)
        walking.progressed.connect(self._progressed)
        walking.finished.connect(self._finished)
        walking.failed.connect(self._failed)
        walking.cancelled.connect(self._cancelled)
        self._show_stage()

    def present(self, root: Path, rows: Sequence[Row], folder: Path) -> None:
        """Show the dialog for takes.

        Args:
            root: their library's folder.
            rows: the takes, in the order of the walk.
            folder: in which their folders lie.
        """
        if not self._walking.busy:
            self._root = root
            self.form.show_takes(rows, folder)
        self.show()
        self.raise_()
        self.activateWindow()
        self.start_button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Have room for all texts."""
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        """Wrapped texts that become longer do not press the controls together."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    @Slot()
    def _changed(self) -> None:
        self._made = None
        if not self._walking.busy:
            self.state.clear()
        self._show_stage()

    @Slot()
    def _show_stage(self) -> None:
        busy, done, form = self._walking.busy, self._made is not None, self.form
        form.setEnabled(not busy)
        self.bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self.show_button.setVisible(done and not busy)
        self.play_button.setVisible(done and not busy)
        self.state.setVisible(bool(self.state.text()))
        self.start_button.setEnabled(not busy and form.ready)
        takes, frames, rate = len(form.keys), form.frames, form.rate
        said = [plural("%n take(s)", takes), plural("%n frame(s)", frames)]
        if rate is not None:
            said.append(tr("{seconds} s", seconds=f"{float(frames / rate):.2f}"))
        self.outlook.setText("  ·  ".join(said) if takes > 1 else tr("A walk needs two takes or more."))
        self._grow()

    @Slot()
    def _start(self) -> None:
        out, rate = self.form.out, self.form.rate
        if out is None or rate is None or self._walking.busy:
            return
        loop = self.form.timing.loop
        options = replace(self.form.options, loop=loop)
        try:
            choose(out)
            if out.exists():
                choices = (Choice("cancel", tr("Cancel")), Choice("replace", tr("Replace"), primary=True))
                text = tr("What is there goes when the new one is whole, not before.")
                question = tr("{name} exists. Replace it?", name=out.name)
                if self.ask.question(question, text, choices, kind="warning") != "replace":
                    return
                options = replace(options, overwrite=True)
            self._context.settings.set(FOLDER, str(out.parent))
            self._made = None
            self._say(Progress(0, 0), tr("Starting…"))
            self._walking.start(WalkOrder(self.form.keys, self._root, self.form.timing, out, rate, options))
        except StudioError as error:
            self.state.clear()
            self._show_stage()
            self.ask.explain(error)

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if self._walking.busy:
            doing = {
                "measuring": tr("Measuring"),
                "looking for even steps": tr("Looking for even steps"),
                "drawing": tr("Drawing"),
                "checking": tr("Checking"),
            }.get(progress.label, tr("Encoding"))
            self._say(progress, tr("{doing}: {share} %", doing=doing, share=round(100 * progress.fraction)))

    def _say(self, progress: Progress, text: str) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.state.setText(text)
        self.state.setToolTip("")
        self.state.show()

    @Slot(object)
    def _finished(self, made: WalkMade) -> None:
        self._made = made.exported.path
        name, after = self._made.name, made.after
        said = [plural("{name}: %n frame(s).", made.exported.frames, name=name)]
        said.append(pace(after))
        measured = [tr("The change from frame to frame varies by {share} % of its mean.", share=round(100 * after))]
        if self.form.timing.even:
            measured.append(tr("As eased it would be {share} %.", share=round(100 * made.before)))
            if after >= UNEVEN:
                said.append(tr("Somewhere the picture jumps: try another order, or more frames."))
        elif after >= UNEVEN:
            said.append(tr("“Even speed” makes it steady."))
        self.state.setText(" ".join((*said, *(f"{note}." for note in made.exported.notes))))
        self.state.setToolTip(" ".join((*measured, tr("0 % is even speed."))))
        self._show_stage()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self.state.clear()
        self._show_stage()
        self.ask.explain(error)

    @Slot()
    def _cancelled(self) -> None:
        self.state.setText(tr("Cancelled; no file is left."))
        self._show_stage()

    @Slot()
    def _show_folder(self) -> None:
        if self._made is not None:
            self.ask.show_file(self._made.parent)

    @Slot()
    def _play(self) -> None:
        if self._made is not None:
            self.ask.show_file(self._made)


def pace(variation: float) -> str:
    """How a walk moves to the eye, from the coefficient of variation of the change from frame to frame."""
    if variation < UNEVEN:
        return tr("It moves at an even speed.")
    if variation < _FITFUL:
        return tr("It moves faster in some places than in others.")
    return tr("It nearly stands still in some places and hurries in others.")


def _button(text: str, tip: str, act: object) -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAutoDefault(False)
    made.clicked.connect(act)
    return made


def _row(first: QWidget, *others: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(first, 1)
    for other in others:
        row.addWidget(other)
    return row
