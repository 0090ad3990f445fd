"""The last lines of a tab: what was found or went wrong, how far a question is, and what had to be left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.clip.lane import Lane
from studio.app.clip.perceptors import LOADING
from studio.app.icons import icon
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.library.scan import Trouble, shown

_LISTED: Final = 1000  # troubles that are written out


class Working(QWidget):
    """A sentence, and while a question is answered a bar and a way to stop it."""

    def __init__(self, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self.label = QLabel()
        self.label.setProperty("role", "muted")
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(20 * GRID)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the question"))
        self.stop = QPushButton(tr("Stop"))
        self.stop.setToolTip(tr("Stop; what was looked at is kept. Escape does it too."))
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(lane.stop)
        policy = self.stop.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the sentence must not jump
        self.stop.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.label, 1)
        row.addWidget(self.bar)
        row.addWidget(self.stop)
        lane.changed.connect(self._follow)
        lane.progressed.connect(self._progress)
        lane.failed.connect(self.fail)
        lane.stopped.connect(lambda: self.say(tr("Stopped.")))
        self._follow()

    def say(self, text: str, role: str = "muted") -> None:
        """Say something; role "error" or "warning" for what is not well."""
        self.label.setText(text)
        if self.label.property("role") != role:
            self.label.setProperty("role", role)
            self.label.style().polish(self.label)

    @Slot(object)
    def fail(self, error: StudioError) -> None:
        """Say what went wrong, why, and what to do."""
        self.say(str(error), "error")

    @Slot()
    def _follow(self) -> None:
        busy = self._lane.busy
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        if busy:
            self.bar.setRange(0, 0)

    @Slot(object)
    def _progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        if progress.label == LOADING:
            self.say(tr("Loading the perceptor…"))
        elif progress.total:
            text = tr("Looking at pictures: {done} of {total}", done=f"{progress.done:,}", total=f"{progress.total:,}")
            self.say(text)
        else:
            self.say(tr("Looking through the folder…"))


class Notes(QWidget):
    """How many pictures were left out, and on demand which and why. Hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setIcon(icon("triangle-alert"))
        self.button.setIconSize(QSize(14, 14))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setToolTip(tr("Show which pictures could not be used, and why"))
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.list.setFixedHeight(14 * GRID)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list.setAccessibleName(tr("Pictures that were left out"))
        self.list.setToolTip(tr("Each picture that could not be used, and why"))
        self.list.hide()
        self.button.toggled.connect(self.list.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.button)
        column.addWidget(self.list)
        self.hide()

    def tell(self, troubles: Sequence[Trouble], also: str = "") -> None:
        """Name these, and before them a sentence if there is one."""
        named = [f"{shown(each.path) or '.'}: {each.why}" for each in troubles[:_LISTED]]
        if len(troubles) > _LISTED:
            named.append(plural("and %n more", len(troubles) - _LISTED))
        self.list.setPlainText("\n".join(([also] if also else []) + named))
        counted = plural("%n picture(s) or folder(s) left out", len(troubles)) if troubles else also
        self.button.setText(counted)
        self.button.setAccessibleName(counted)
        self.setVisible(bool(counted))
