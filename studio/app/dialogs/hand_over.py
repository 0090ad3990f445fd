"""Hand over: a frame's picture becomes what another medium begins from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from studio.app import promoting
from studio.app.context import Context
from studio.app.dialogs.confirm import confirm_row
from studio.app.frames import Shown, Status
from studio.app.panels.media import called, media
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.project.model import Medium, Project
from studio.timeline.beginnings import begin_at, key_for
from studio.timeline.model import KeyRef

_SIDE = 20 * GRID  # pixels of the picture's longer side


class HandOverDialog(QDialog):
    """Shows the picture, and asks for the medium.

    Attributes:
        choices: the media that can take it over, by their names.
        accepting: the button that does it.
    """

    def __init__(self, context: Context, shown: Shown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown = shown
        project = context.document.project
        self.setWindowTitle(tr("Hand Over to Another Medium"))
        self.picture = QLabel()
        found = QPixmap(str(shown.path))
        ratio = self.devicePixelRatioF()
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        scaled = found.scaled(round(_SIDE * ratio), round(_SIDE * ratio), keep, smooth) if not found.isNull() else found
        scaled.setDevicePixelRatio(ratio)
        self.picture.setPixmap(scaled)
        self.picture.setAccessibleName(tr("The picture of frame {frame}", frame=shown.frame))
        key = _begun(project, shown.frame)
        told = tr(
            "The picture of frame {frame}, by {medium}, becomes what the keyframe at {key} begins from. The other "
            "keyframes are dreamed anew in the medium you choose.",
            frame=shown.frame,
            medium=called(project.medium.kind),
            key=key.frame,
        )
        if shown.status is not Status.FINAL:
            state = {Status.DRAFT: tr("It is a draft."), Status.STALE: tr("It is from before an edit.")}
            told = f"{told}\n{state.get(shown.status, '')}".rstrip()
        self.told = QLabel(told)
        self.told.setWordWrap(True)
        self.told.setMinimumWidth(_SIDE)
        self._group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        rows, self.accepting = confirm_row(self, tr("Hand Over"))
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2 * GRID)
        left.addWidget(self.picture)
        left.addWidget(self.told)
        left.addStretch(1)
        right.setSpacing(GRID // 2)
        for name, text, about in media():
            if name != project.medium.kind:
                self._offer(right, name, text, about)
        right.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(3 * GRID)
        body.addLayout(left)
        body.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(body)
        column.addLayout(rows)
        self.accepted.connect(self._hand_over)
        first = next(iter(self.choices.values()))
        first.setChecked(True)
        first.setFocus()

    @property
    def medium(self) -> str:
        """The medium that is chosen."""
        return next(name for name, button in self.choices.items() if button.isChecked())

    def _offer(self, column: QVBoxLayout, name: str, text: str, about: str) -> None:
        button = QRadioButton(text)
        button.setToolTip(about)
        button.setAccessibleDescription(about)
        self._group.addButton(button)
        self.choices[name] = button
        help_text = QLabel(about)
        help_text.setProperty("role", "muted")
        help_text.setWordWrap(True)
        help_text.setContentsMargins(3 * GRID, 0, 0, GRID)
        help_text.setMinimumWidth(2 * _SIDE)
        column.addWidget(button)
        column.addWidget(help_text)

    def _hand_over(self) -> None:
        promoting.hand_over(self._context, self._shown.path, self._shown.frame, Medium(self.medium))


def _begun(project: Project, frame: int) -> KeyRef:
    """The key that is going to begin from the picture of a frame; it may have to be set first."""
    return key_for(begin_at(frame, "picture").apply(project.timeline), frame)
