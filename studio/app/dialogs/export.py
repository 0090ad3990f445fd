"""The export dialog. It stays beside the window: exporting goes on in the background, and so does the artist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.app.dialogs.expectation import Expectation, Expected, Wanted, spelled
from studio.app.dialogs.export_form import FOLDER, ExportForm
from studio.app.dialogs.message import Choice
from studio.app.exporting import Exporting, Order, Stage
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.export import Exported
from studio.render.queue import Job

_CALM = 120  # milliseconds: frames of a render come one after another


class ExportDialog(QDialog):
    """Chooses, says what will come of it, and shows how far it is."""

    def __init__(self, context: Context, exporting: Exporting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._exporting = exporting
        self._made: Path | None = None
        self._missing = 0
        self._expected: Expected | None = None
        self.ask = Ask(self, context.settings)
        self.setWindowTitle(tr("Export"))
        self.setModal(False)
        self.setMinimumWidth(66 * GRID)
        self.form = ExportForm(context, self.ask)
        self._expectation = Expectation(context.tasks, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.form)
        self._make_outlook(column)
        self._make_result(column)
        self._make_buttons(column)
        self._timer.timeout.connect(self._refresh)
        self.form.changed.connect(self._changed)
        self._expectation.found.connect(self._found)
        context.frames.changed.connect(self._frames_changed)
        context.frames.frame_changed.connect(self._frames_changed)
        context.rendering.progressed.connect(self._rendering)
        exporting.changed.connect(self._show_stage)
        exporting.progressed.connect(self._encoding)
        exporting.finished.connect(self._finished)
        exporting.failed.connect(self._failed)
        exporting.cancelled.connect(self._cancelled)
        self._show_stage()

    @Slot()
    def present(self) -> None:
        """Show the dialog, with what there is to export now."""
        self.form.suggest()
        self.show()
        self.raise_()
        self.activateWindow()
        self.start_button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look what there is."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody sees what would be expected."""
        super().hideEvent(event)
        self._timer.stop()
        self._expectation.stop()

    def _make_outlook(self, column: QVBoxLayout) -> None:
        self.outlook = QLabel()
        self.outlook.setProperty("role", "muted")
        self.outlook.setToolTip(tr("What comes of it: a few frames are encoded to tell the size."))
        self.notice, self.warning = QLabel(), QLabel()
        self.warning.setProperty("role", "warning")
        for label in (self.outlook, self.notice, self.warning):
            label.setWordWrap(True)
            column.addWidget(label)

    def _make_result(self, column: QVBoxLayout) -> None:
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.show_button = QPushButton(tr("Show in Folder"))
        self.show_button.setToolTip(tr("Open the folder that it is in."))
        self.show_button.clicked.connect(self._show_folder)
        self.play_button = QPushButton(tr("Play"))
        self.play_button.setToolTip(tr("Open it with the program that your system plays it with."))
        self.play_button.clicked.connect(self._play)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.state, 1)
        for button in (self.show_button, self.play_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        column.addWidget(self.bar)
        column.addLayout(row)
        column.addStretch(1)

    def _make_buttons(self, column: QVBoxLayout) -> None:
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setToolTip(tr("Close this dialog. An export that runs goes on."))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        self.cancel_button = QPushButton(tr("Cancel Export"))
        self.cancel_button.setToolTip(tr("Stop it. No file is left; what was there before stays as it was."))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self._exporting.cancel)
        self.start_button = QPushButton()
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._start)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        for button in (self.close_button, self.cancel_button, self.start_button):
            row.addWidget(button)
        column.addLayout(row)

    @Slot()
    def _changed(self) -> None:
        """Something else is chosen: what was made or expected is not about it."""
        self._made, self._expected = None, None
        if not self._exporting.busy:
            self.state.clear()
        if self.isVisible():
            self._timer.start()
        self._show_stage()

    @Slot()
    def _frames_changed(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _refresh(self) -> None:
        frames, form, known = self.form.frames, self.form, self._context.frames
        each = [known.finals((frame,), form.pictures) for frame in frames]
        there = tuple(pictures[0] for pictures in each if pictures)
        missing = len(frames) - len(there)
        before, self._missing = self._missing, missing
        out = form.out
        if out is not None and (self._expected is None or before != missing):
            self._expectation.ask(
                Wanted(
                    there or tuple(path for frame in frames if (path := known.picture(frame)) is not None),
                    len(frames),
                    out,
                    self._context.document.timeline.rate.fraction,
                    form.options,
                )
            )
        self._show_outlook()
        self._show_stage()

    @Slot(object)
    def _found(self, expected: Expected) -> None:
        self._expected = expected
        self._show_outlook()

    def _show_outlook(self) -> None:
        form, frames, expected = self.form, self.form.frames, self._expected
        rate = form.rate or self._context.document.timeline.rate.fraction
        width, height = form.picture_size
        said = [
            plural("%n frame(s)", len(frames)),
            tr("{seconds} s", seconds=f"{float(len(frames) / rate):.2f}"),
            tr("{width} × {height} pixels", width=width, height=height),
        ]
        if expected is None:
            said.append(tr("size…"))
        elif expected.bytes is not None:
            said.append(tr("about {size}", size=spelled(expected.bytes)))
        if expected is not None and expected.free is not None:
            said.append(tr("{room} free", room=spelled(expected.free)))
        self.outlook.setText("  ·  ".join(said))
        notices = []
        if form.chosen.even and (width % 2 or height % 2):
            even = tr("{width} × {height}", width=width + width % 2, height=height + height % 2)
            notices.append(tr("{format} needs even sides: it becomes {size}.", format=form.chosen.label, size=even))
        if self._missing:
            notices.append(
                plural("%n of {all} frame(s) are not rendered yet.", self._missing, all=len(frames))
                if self._context.frames.problem is None
                else str(self._context.frames.problem)
            )
        self.notice.setText(" ".join(notices))
        self.notice.setVisible(bool(notices))
        self.warning.setText("" if expected is None or expected.fits else tr("The disk may be too small for it."))
        self.warning.setVisible(bool(self.warning.text()))

    @Slot()
    def _show_stage(self) -> None:
        busy, done = self._exporting.busy, self._made is not None
        self.form.setEnabled(not busy)
        self.bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self.show_button.setVisible(done and not busy)
        self.play_button.setVisible(done and not busy)
        self.state.setVisible(bool(self.state.text()))
        self.start_button.setText(tr("Render and Export") if self._missing else tr("Export"))
        self.start_button.setToolTip(
            tr("Dream the frames that are missing, then write the file.") if self._missing else tr("Write the file.")
        )
        possible = not self._missing or self._context.frames.problem is None
        self.start_button.setEnabled(not busy and self.form.out is not None and possible)
        if busy and self._exporting.stage is Stage.ENCODING:
            self._encoding(self._exporting.progress)

    @Slot(object)
    def _rendering(self, job: Job) -> None:
        if job.number == self._exporting.job:
            self._say(job.share, tr("Rendering first: {share} %", share=round(100 * job.share)))

    @Slot(object)
    def _encoding(self, progress: Progress) -> None:
        if self._exporting.busy:
            doing = tr("Checking") if progress.label == "checking" else tr("Encoding")
            self._say(progress.fraction, tr("{doing}: {share} %", doing=doing, share=self._exporting.share))

    def _say(self, share: float, text: str) -> None:
        self.bar.setValue(round(1000 * share))
        self.state.setText(text)
        self.state.show()

    @Slot()
    def _start(self) -> None:
        out = self.form.out
        if out is None or self._exporting.busy:
            return
        options = self.form.options
        if out.exists():
            text = tr("What is there goes when the new one is whole, not before.")
            choices = (Choice("cancel", tr("Cancel")), Choice("replace", tr("Replace"), primary=True))
            question = tr("{name} exists. Replace it?", name=out.name)
            if self.ask.question(question, text, choices, kind="warning") != "replace":
                return
            options = replace(options, overwrite=True)
        elif self.form.chosen.sequence:
            options = replace(options, overwrite=True)  # of frames by the same pattern, which would mix otherwise
        document = self._context.document
        if document.project.export != self.form.settings:
            settings = self.form.settings
            document.amend(lambda project: replace(project, export=settings))
        self._context.settings.set(FOLDER, str(out.parent))
        frames, quality = self.form.frames, self.form.pictures
        given = self._context.frames.finals(frames, quality)
        device = self._context.frames.device
        order = Order(document.project, document.folder, frames, quality, out, options, device, given)
        self._made = None
        self._say(0, tr("Starting…"))
        try:
            self._exporting.start(order, render=given is None)
        except StudioError as error:
            self.ask.explain(error)

    @Slot(object)
    def _finished(self, made: Exported) -> None:
        self._made = made.path
        size = spelled(made.bytes)
        said = plural("{name}: %n frame(s), {size}.", made.frames, name=made.path.name, size=size)
        self.state.setText(" ".join((said, *(f"{note}." for note in made.notes))))
        self._show_stage()
        window = self.parentWidget() or self
        if not window.isActiveWindow():
            QApplication.alert(window)

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
            self.ask.show_file(self._made if self._made.is_dir() else self._made.parent)

    @Slot()
    def _play(self) -> None:
        if self._made is not None:
            pattern = "#" in self._made.name
            self.ask.show_file(self._made.parent if pattern else self._made)
