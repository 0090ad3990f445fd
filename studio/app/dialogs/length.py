"""How long the timeline is, how fast it plays, and whether its end goes on to its beginning."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.dialogs.confirm import confirm_row, fit_height
from studio.app.panels.fields import Combo
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.timeline import edits
from studio.timeline.edit import Edit
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate
from studio.timeline.validate import MAXIMUM_FRAMES

RATES: Final = ("8", "12", "15", "24", "25", "30", "50", "60")
"""Usual rates, in frames a second."""


class LengthDialog(QDialog):
    """Changes length, rate and loop as one entry of the history."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        timeline = self._document.timeline
        self.setWindowTitle(tr("Length and Rate"))
        self.setFixedWidth(52 * GRID)
        self._make_controls(timeline)
        self.told, self.problem = QLabel(), QLabel()
        self.told.setProperty("role", "muted")
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        buttons, self.change = confirm_row(self, tr("Change"))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(self._laid_out())
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addLayout(buttons)
        self.length.valueChanged.connect(self._look)
        self.rate.currentTextChanged.connect(self._look)
        self.loop.toggled.connect(self._look)
        self.trim.toggled.connect(self._look)
        self._look()
        self.length.selectAll()
        self.length.setFocus()

    def _make_controls(self, timeline: Timeline) -> None:
        self.length = QSpinBox()
        self.length.setRange(1, MAXIMUM_FRAMES)
        self.length.setValue(timeline.length)
        self.length.setAccelerated(True)
        self.length.setToolTip(tr("How many frames there are, 1 to {most}.", most=MAXIMUM_FRAMES))
        self.rate = Combo()
        self.rate.setEditable(True)
        self.rate.addItems(RATES)
        self.rate.setCurrentText(spelled(timeline.rate))
        self.rate.setToolTip(
            tr("Frames a second, 0.01 to 1000: 24, 12.5, 29.97 or 24000/1001. Keys stay on their frames.")
        )
        self.loop = QCheckBox(tr("The end goes on to the beginning"))
        self.loop.setChecked(timeline.loop)
        self.loop.setToolTip(tr("From the last key of a track, values go on to its first, so that a loop has no seam."))
        self.trim = QCheckBox()
        self.trim.setToolTip(tr("What is past the new end goes; the frames that are left stay as they are."))

    def _laid_out(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(1, 1)
        for row, (text, control) in enumerate(((tr("Frames"), self.length), (tr("Frames a second"), self.rate))):
            label = QLabel(text)
            label.setBuddy(control)
            control.setAccessibleName(text)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        grid.addWidget(self.told, 2, 1)
        grid.addWidget(self.loop, 3, 1)
        grid.addWidget(self.trim, 4, 1)
        return grid

    @property
    def edit(self) -> Edit:
        """What is to be changed, as one edit.

        Raises:
            InputError: the rate is none.
        """
        rate, length = FrameRate.parse(self.rate.currentText()), self.length.value()
        trim, loop = self.trim.isChecked() and any(late(self._document.timeline, length)), self.loop.isChecked()

        def apply(timeline: Timeline) -> Timeline:
            timeline = edits.set_length(length, trim=trim).apply(timeline)
            return replace(timeline, rate=rate, loop=loop)

        return Edit(tr("Change length and rate"), apply)

    def accept(self) -> None:
        """Make the change."""
        try:
            edit = self.edit
            edit.apply(self._document.timeline)
        except StudioError as error:
            self.problem.setText(str(error))
            return
        self._document.edit(edit)
        super().accept()

    @Slot()
    def _look(self) -> None:
        """Say what comes of it, and what is in the way."""
        length = self.length.value()
        keys, markers = late(self._document.timeline, length)
        named = [plural("%n key(s)", keys)] * (keys > 0) + [plural("%n marker(s)", markers)] * (markers > 0)
        self.trim.setText(tr("Remove {what} past the end", what=", ".join(named)))
        self.trim.setVisible(bool(named))
        said = problem = ""
        try:
            rate = FrameRate.parse(self.rate.currentText())
            seconds = float(length / rate.fraction)
            said = tr("{timecode} · {seconds} s", timecode=rate.timecode(length), seconds=f"{seconds:.2f}")
            self.edit.apply(self._document.timeline)
        except StudioError as error:
            problem = str(error)
        self.told.setText(said)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.change.setEnabled(not problem)
        fit_height(self)


def late(timeline: Timeline, length: int) -> tuple[int, int]:
    """How many keys, and how many markers, are past the end of a timeline of that length."""
    keys = sum(frame >= length for track in timeline.tracks for frame in track.track.frames)
    return keys, sum(marker.frame >= length for marker in timeline.markers)


def spelled(rate: FrameRate) -> str:
    """A rate as one types it: 24, 12.5, or 24000/1001 where no short decimal is exact."""
    short = f"{float(rate.fraction):.6g}"
    return short if FrameRate.parse(short) == rate else str(rate)
