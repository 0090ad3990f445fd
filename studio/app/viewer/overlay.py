"""The pill over the picture that tells how far the render is, with its buttons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.rendering import Live
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.app.viewer.floating import Plate
from studio.render.queue import Job, State

_BAR = 120  # pixels


class Overlay(Plate):
    """Shown while a job runs or is paused; `shape_changed` tells that it needs another place."""

    shape_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(2 * GRID, parent)
        self._rendering = context.rendering
        self._number = 0
        self.setAccessibleName(tr("Progress of the render"))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        self.step = _label(row, tr("Steps of the frame in progress, done and in all"))
        self.bar = _Bar()
        self.bar.setAccessibleName(tr("Share of the steps that are done"))
        row.addWidget(self.bar)
        self.loss = _label(row, tr("How far the picture is from the prompt; smaller is closer"))
        self.rate = _label(row, tr("How fast the optimiser goes"))
        self.left = _label(row, tr("Time until the whole job is over"), role="muted")
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        row.addLayout(buttons)
        self.pause = _button(buttons, "pause", tr("Pause"), tr("Stop here, to go on later"))
        self.resume = _button(buttons, "play", tr("Go on"), tr("Go on with the paused render"))
        self.cancel = _button(buttons, "x", tr("Cancel"), tr("Stop the render; finished frames are kept"))
        self.pause.clicked.connect(lambda: self._rendering.pause(self._number))
        self.resume.clicked.connect(lambda: self._rendering.resume(self._number))
        self.cancel.clicked.connect(lambda: self._rendering.cancel(self._number))
        for signal in (self._rendering.live_changed, self._rendering.queue_changed, self._rendering.progressed):
            signal.connect(self.refresh)
        self.hide()
        self.refresh()

    def fit_into(self, width: int) -> None:
        """Leave out what is not needed when there is not room for all of it."""
        for extra in (self.loss, self.rate, self.bar):
            extra.setVisible(bool(not isinstance(extra, QLabel) or extra.text()))
        for extra in (self.loss, self.rate, self.bar):
            if self.sizeHint().width() <= width:
                break
            extra.hide()
        self.adjustSize()

    @Slot()
    def refresh(self) -> None:
        """Say how far the render is now."""
        job = self._rendering.running or self._paused()
        before = (self.isVisible(), self.sizeHint())
        if job is None:
            self.hide()
        else:
            if job.number != self._number:
                self._number = job.number
                for label in (self.step, self.loss, self.rate, self.left):
                    label.setMinimumWidth(0)
            self._say(job)
            self.show()
        if before != (self.isVisible(), self.sizeHint()):
            self.shape_changed.emit()

    def _say(self, job: Job) -> None:
        paused = job.state is State.PAUSED
        stopping = self._rendering.stopping(job.number)
        live = self._rendering.live
        self.pause.setVisible(not paused)
        self.pause.setEnabled(not stopping)
        self.resume.setVisible(paused)
        self.cancel.setEnabled(not stopping)
        if paused:
            self._texts(tr("paused at {share} %", share=round(job.share * 100)))
            self._progress(job.share)
        elif stopping:
            self._texts(tr("stopping…"))
        elif live is None:
            self._texts(tr("getting ready…"))
            self._progress(job.share)
        else:
            loss = "" if live.loss is None else tr("loss {loss}", loss=f"{live.loss:.2f}")
            if live.steps:
                step = tr("step {step} / {steps}", step=live.step, steps=live.steps)
            else:
                step = tr("frame {frame}", frame=live.frame)
            self._texts(step, loss, rate_text(live), "" if live.left is None else left_text(live.left))
            self._progress(live.step / live.steps if live.steps else 0.0)

    def _texts(self, step: str, loss: str = "", rate: str = "", left: str = "") -> None:
        for label, text in ((self.step, step), (self.loss, loss), (self.rate, rate), (self.left, left)):
            label.setText(text)
            if text:  # never narrower than it was: numbers that change must not let the pill tremble
                label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))
            label.setVisible(bool(text))

    def _progress(self, share: float) -> None:
        self.bar.setMaximum(1000)
        self.bar.setValue(round(share * 1000))

    def _paused(self) -> Job | None:
        paused = [job for job in self._rendering.queue if job.state is State.PAUSED]
        return paused[-1] if paused else None


def rate_text(live: Live) -> str:
    """Steps a second, or seconds a step when it is slow; "" while nobody knows."""
    if live.rate <= 0:
        return ""
    if live.rate < 1:
        return tr("{seconds} s/step", seconds=f"{1 / live.rate:.1f}")
    return tr("{rate} steps/s", rate=f"{live.rate:.1f}")


def left_text(seconds: float) -> str:
    """How long it takes: "0:42 left", "1:02:03 left"."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    time = f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
    return tr("{time} left", time=time)


class _Bar(QProgressBar):
    """A thin one whose groove is seen on a plate."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_BAR)
        self.setTextVisible(False)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(0, (self.height() - GRID / 2) / 2, self.width(), GRID / 2)
        for share, colour in ((1.0, colours.line), (self.value() / max(self.maximum(), 1), colours.accent)):
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(area.x(), area.y(), area.width() * share, area.height()), 2, 2)
        painter.end()


def _label(row: QHBoxLayout, tip: str, role: str = "") -> QLabel:
    label = QLabel()
    label.setToolTip(tip)
    label.setProperty("role", role)
    row.addWidget(label)
    return label


def _button(row: QHBoxLayout, image: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(image))
    button.setIconSize(QSize(2 * GRID, 2 * GRID))
    button.setAccessibleName(name)
    button.setToolTip(f"<b>{name}</b><br>{tip}")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    row.addWidget(button)
    return button
