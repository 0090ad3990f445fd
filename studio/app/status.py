"""The status bar: hints for the gesture at hand, what was said last, the device, the models, autosave, the queue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget

from studio.app.context import Context
from studio.app.panels.media import called
from studio.app.texts import tr
from studio.base.errors import StudioError
from studio.render.identity import start_of
from studio.render.queue import Job, State

if TYPE_CHECKING:
    from studio.app.documents import Documents
    from studio.app.exporting import Exporting

_SAID = 6000  # milliseconds that a message stays
_REFRESH = 1000


class Status(QStatusBar):
    """Texts from left to right; a message or hint covers the left part for a while."""

    def __init__(
        self, context: Context, documents: Documents, exporting: Exporting, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._documents = documents
        self.setSizeGripEnabled(False)
        self._kind, self._device = "", tr("looking for a device…")
        self.device, self.models, self.saved, self.queue = QLabel(), QLabel(), QLabel(), QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(96)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the render"))
        self.bar.hide()
        for label, tip in (
            (self.device, tr("Where pictures are computed.")),
            (self.models, tr("What is dreamed on, and who judges.")),
            (self.saved, tr("When a recovery copy was last written. It is offered after a crash.")),
            (self.queue, tr("Renders that run or wait; the Queue panel has more.")),
        ):
            label.setToolTip(tip)
        self.addPermanentWidget(self.device)
        self.addPermanentWidget(self.models)
        self.addPermanentWidget(self.saved)
        self.addPermanentWidget(self.queue)
        self.addPermanentWidget(self.bar)
        context.rendering.device_known.connect(self._found)
        context.rendering.progressed.connect(self._progress)
        context.rendering.queue_changed.connect(self._show_queue)
        context.rendering.job_over.connect(self._over)
        context.document.changed.connect(self._show)
        context.document.refused.connect(self.refuse)
        context.tasks.failed.connect(self.refuse)
        documents.said.connect(self.say)
        exporting.said.connect(self.say)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_saved)
        self._timer.start(_REFRESH)
        self._show()
        self._show_queue()

    @Slot(str)
    def hint(self, text: str) -> None:
        """What the mouse and the modifiers do in the gesture at hand; "" when it is over."""
        if text:
            self.showMessage(text)
        else:
            self.clearMessage()

    @Slot(str)
    def say(self, text: str) -> None:
        """Something that happened, for a few seconds."""
        self.showMessage(text, _SAID)

    @Slot(object)
    def refuse(self, error: StudioError) -> None:
        """Why something could not be done."""
        self.showMessage(str(error), 2 * _SAID)

    @Slot(str, str)
    def _found(self, kind: str, name: str) -> None:
        self._kind, self._device = kind, name
        self._show()

    @Slot()
    def _show(self) -> None:
        project = self._context.document.project
        named = {"cpu": tr("processor")}.get(self._device, self._device)
        self.device.setText(named if self._kind or not self._device else tr("nothing can render: see Help"))
        perceptors = ", ".join(each.model or tr("starter CLIP") for each in project.perceptors) or tr("starter CLIP")
        medium = project.medium
        begun, kind = start_of(medium), called(medium.kind)
        on = tr("{medium} on {start}", medium=kind, start=called(begun)) if begun != medium.kind else kind
        self.models.setText(f"{perceptors} · {on}")
        self._show_saved()

    @Slot()
    def _show_saved(self) -> None:
        when = self._documents.last_autosave
        if not self._context.document.dirty:
            text = tr("saved") if self._context.document.path else ""
        elif when is None:
            text = tr("not saved yet")
        else:
            seconds = max(0, round(time.monotonic() - when))
            if seconds < 60:
                text = tr("autosaved {seconds} s ago", seconds=seconds)
            else:
                text = tr("autosaved {minutes} min ago", minutes=seconds // 60)
        self.saved.setText(text)

    @Slot()
    def _show_queue(self) -> None:
        queue = self._context.rendering.queue
        number = sum(job.state in (State.RUNNING, State.WAITING) for job in queue)
        job = queue.running
        self.bar.setVisible(job is not None)
        if job is None:
            paused = sum(each.state is State.PAUSED for each in queue)
            waiting = tr("queue {number}", number=number) if number else ""
            self.queue.setText(waiting or (tr("{paused} paused", paused=paused) if paused else ""))
        else:
            self._progress(job)

    @Slot(object)
    def _progress(self, job: Job) -> None:
        queue = self._context.rendering.queue
        number = sum(each.state in (State.RUNNING, State.WAITING) for each in queue)
        live = self._context.rendering.live
        left = f" · {clock(live.left)}" if live is not None and live.left is not None else ""
        self.queue.setText(
            tr("queue {number} · {share} %{left}", number=number, share=round(job.share * 100), left=left)
        )
        self.bar.setValue(round(job.share * 1000))

    @Slot(object)
    def _over(self, job: Job) -> None:
        if job.state is State.FAILED and job.error is not None:
            self.refuse(job.error)
        elif job.state is State.DONE:
            self.say(tr("Rendered {name}: {frames} frames made", name=job.project.name, frames=job.made))


def clock(seconds: float) -> str:
    """Minutes and seconds, "0:42"; hours where there are some."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
