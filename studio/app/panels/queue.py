"""The queue: renders that wait, run, or are over, with what can be done about each."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.rendering import Rendering
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.render.queue import Job, State


def state_text(job: Job, *, stopping: bool = False) -> str:
    """What a job is doing, in words."""
    if stopping:
        return tr("stopping…")
    return {
        State.WAITING: tr("waiting"),
        State.RUNNING: tr("{share} %", share=round(job.share * 100)) if job.total else tr("starting…"),
        State.PAUSED: tr("paused at {share} %", share=round(job.share * 100)),
        State.DONE: plural("%n frame(s) made", job.made) if job.made else tr("nothing was left to do"),
        State.FAILED: tr("failed"),
        State.CANCELLED: tr("cancelled"),
    }[job.state]


class QueuePanel(QWidget):
    """One row a job: name, range, state, progress, buttons; notes and errors below it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rendering = context.rendering
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID)
        column.setSpacing(GRID)
        self.empty = QLabel(tr("Nothing is rendered yet. Press Ctrl+Enter to dream the frames of the range."))
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        column.addWidget(self.empty)
        area = QScrollArea()
        area.setWidgetResizable(True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addStretch(1)
        area.setWidget(inside)
        column.addWidget(area, 1)
        self.clear = QPushButton(tr("Clear finished"))
        self.clear.setToolTip(tr("Forget the renders that are over. Their frames stay."))
        self.clear.clicked.connect(self._rendering.clear)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        self.rows: dict[int, JobRow] = {}
        self._rendering.queue_changed.connect(self._show)
        self._rendering.progressed.connect(self._progress)
        self._rendering.live_changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        jobs = list(self._rendering.queue)
        for gone in set(self.rows) - {job.number for job in jobs}:
            row = self.rows.pop(gone)
            row.hide()
            row.deleteLater()
        waiting = [job.number for job in jobs if job.state is State.WAITING]
        for place, job in enumerate(jobs):
            if job.number not in self.rows:
                self.rows[job.number] = JobRow(self._rendering, job.number)
            row = self.rows[job.number]
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
            row.show_job(job, waiting, stopping=self._rendering.stopping(job.number))
        self.empty.setVisible(not jobs)
        self.clear.setVisible(any(job.state.over for job in jobs))

    @Slot(object)
    def _progress(self, job: Job) -> None:
        if job.number in self.rows:
            self.rows[job.number].show_job(job, [], stopping=self._rendering.stopping(job.number))


class JobRow(QFrame):
    """A job of the queue."""

    def __init__(self, rendering: Rendering, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("job")
        self.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        top = QHBoxLayout()
        top.setSpacing(0)
        self.title = QLabel()
        self.title.setMinimumWidth(40)
        top.addWidget(self.title, 1)
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        top.addWidget(self.state)
        self.buttons: dict[str, QToolButton] = {}
        for name, image, text, act in (
            ("up", "chevron-up", tr("Run earlier"), lambda: rendering.move(number, -1)),
            ("down", "chevron-down", tr("Run later"), lambda: rendering.move(number, 1)),
            ("pause", "pause", tr("Pause, to go on later"), lambda: rendering.pause(number)),
            ("resume", "play", tr("Go on"), lambda: rendering.resume(number)),
            ("retry", "refresh-cw", tr("Try again; finished frames are used"), lambda: rendering.retry(number)),
            ("cancel", "x", tr("Cancel; finished frames are kept"), lambda: rendering.cancel(number)),
        ):
            button = QToolButton()
            button.setIcon(icon(image))
            button.setIconSize(QSize(14, 14))
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.clicked.connect(act)
            self.buttons[name] = button
            top.addWidget(button)
        column.addLayout(top)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        column.addWidget(self.bar)
        self.log = QLabel()
        self.log.setWordWrap(True)
        self.log.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column.addWidget(self.log)

    def show_job(self, job: Job, waiting: list[int], *, stopping: bool) -> None:
        """Show a job as it is now; `waiting` are the numbers of those that wait, in order."""
        frames = job.range
        name = job.project.name
        quality = tr("draft") if job.quality == "draft" else ""
        words = (name, tr("{start}–{end}", start=frames.start, end=frames.stop - 1), quality)
        self.title.setText(" · ".join(filter(None, words)))
        self.title.setToolTip(self.title.text())
        self.state.setText(state_text(job, stopping=stopping))
        self.bar.setValue(round(job.share * 1000))
        self.bar.setVisible(job.state in (State.RUNNING, State.PAUSED))
        self.bar.setAccessibleName(self.state.text())
        shown = {
            State.WAITING: {"up", "down", "pause", "cancel"} if len(waiting) > 1 else {"pause", "cancel"},
            State.RUNNING: {"pause", "cancel"},
            State.PAUSED: {"resume", "cancel"},
            State.FAILED: {"retry"},
            State.CANCELLED: {"retry"},
            State.DONE: set[str](),
        }[job.state]
        for each, button in self.buttons.items():
            button.setVisible(each in shown)
        if job.number in waiting:
            self.buttons["up"].setEnabled(job.number != waiting[0])
            self.buttons["down"].setEnabled(job.number != waiting[-1])
        text = str(job.error) if job.error is not None else " ".join(job.log)
        self.log.setText(text)
        role = "error" if job.error is not None else "muted"
        if self.log.property("role") != role:
            self.log.setProperty("role", role)
            self.log.style().polish(self.log)
        self.log.setVisible(bool(text))
