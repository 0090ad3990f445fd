"""What is chosen for a walk between takes: their order, how it moves, and the file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.ask import Ask, tame
from studio.app.dialogs.export_form import FOLDER
from studio.app.ease_icons import ease_choices, ease_icon
from studio.app.panels.fields import Combo
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.export import FORMATS, ExportOptions
from studio.takes.course import Timing, legs
from studio.takes.index import Row
from studio.takes.take import THUMBNAIL
from studio.timeline.easing import Ease
from studio.timeline.time import FrameRate

_SIDE: Final = 9 * GRID  # pixels of a thumbnail
_MOST: Final = 1000  # frames between two takes, or on one
_KEY: Final = int(Qt.ItemDataRole.UserRole)


class Course(QListWidget):
    """The takes of a walk, from left to right. Dragging, or Alt with an arrow, changes the order; Delete leaves out."""

    reordered = Signal()
    """The order is another one, or a take is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setFixedHeight(_SIDE + 4 * GRID)
        self.setSpacing(GRID // 2)
        self.setAccessibleName(tr("Order of the walk"))
        self.setToolTip(tr("Drag takes into another order, or press Alt with an arrow; Delete leaves one out."))
        self.model().rowsMoved.connect(self.reordered)
        self.model().rowsInserted.connect(self.reordered)
        self.model().rowsRemoved.connect(self.reordered)

    @property
    def keys(self) -> tuple[str, ...]:
        """The takes, in their order."""
        return tuple(str(self.item(place).data(_KEY)) for place in range(self.count()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """See the class."""
        row = self.currentRow()
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and by and row >= 0:
            if 0 <= row + by < self.count():
                self.insertItem(row + by, self.takeItem(row))
                self.setCurrentRow(row + by)
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            self.takeItem(row)
        else:
            super().keyPressEvent(event)


class WalkForm(QWidget):
    """The controls, and what they say."""

    changed = Signal()
    """Something else is chosen."""

    def __init__(self, context: Context, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.ask = ask
        self._named = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        self.course = Course()
        self.course.reordered.connect(self._tell)
        self._row(tr("Order"), self.course)
        self.between = _number(0, 24, tr("Frames between two takes, 0 to {most}; on the average with even speed."))
        self.hold = _number(1, 6, tr("Frames for which each take stands still, 1 to {most}."))
        self._row(tr("Frames between"), self.between)
        self._row(tr("Hold"), self.hold)
        self.ease = Combo()
        self.ease.setToolTip(tr("How it leaves one take and reaches the next. Even speed replaces it."))
        for name, text, _ in ease_choices():
            self.ease.addItem(ease_icon(name), text, name)
        self.ease.setCurrentIndex(self.ease.findData("both"))
        self._row(tr("Ease"), self.ease)
        self.even, self.loop = QCheckBox(tr("Even speed")), QCheckBox(tr("Loop"))
        self.even.setToolTip(tr("Time the frames so that each changes as much as the others, to CLIP and in pixels."))
        self.loop.setToolTip(tr("Go on from the last take to the first, so that it plays for ever without a seam."))
        self.loop.setChecked(True)
        self._row("", self.even, self.loop)
        self.rate_text = QLineEdit()
        self.rate_text.setToolTip(tr("Frames a second, 0.01 to 1000. Empty: as the timeline."))
        self._row(tr("Rate"), self.rate_text)
        self.file = QLineEdit()
        browse = QPushButton(tr("Browse…"))
        browse.setToolTip(tr("Choose the file."))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self._row(tr("File"), self.file, browse)
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setWordWrap(True)
        self._row("", self.place)
        self.file.textChanged.connect(self._say_place)
        self._say_place()
        for number in (self.between, self.hold):
            number.valueChanged.connect(self._tell)
        for box in (self.even, self.loop):
            box.toggled.connect(self._tell)
        self.ease.currentIndexChanged.connect(self._tell)
        self.rate_text.textEdited.connect(self._tell)
        self.file.textEdited.connect(self._typed)

    @property
    def keys(self) -> tuple[str, ...]:
        """The takes, in their order."""
        return self.course.keys

    @property
    def timing(self) -> Timing:
        """How the walk moves."""
        ease = Ease.parse(self.ease.currentData())
        return Timing(self.between.value(), self.hold.value(), ease, self.loop.isChecked(), even=self.even.isChecked())

    @property
    def frames(self) -> int:
        """How many frames it will have."""
        count, timing = len(self.keys), self.timing
        return count * timing.hold + len(legs(count, loop=timing.loop)) * timing.frames if count > 1 else 0

    @property
    def rate(self) -> Fraction | None:
        """Frames a second; None while what is typed is no number."""
        text = self.rate_text.text().strip()
        try:
            return FrameRate.parse(text).fraction if text else self._context.document.timeline.rate.fraction
        except StudioError:
            return None

    @property
    def out(self) -> Path | None:
        """The file; None when none is named."""
        text = self.file.text().strip()
        return Path(text).expanduser() if text else None

    @property
    def options(self) -> ExportOptions:
        """For the encoder: the quality is that of the project's exports."""
        return ExportOptions(quality=self._context.document.project.export.quality)

    @property
    def ready(self) -> bool:
        """Whether a walk can be made."""
        return len(self.keys) > 1 and self.rate is not None and self.out is not None

    def show_takes(self, rows: Sequence[Row], folder: Path) -> None:
        """Walk between these, whose folders lie in `folder`."""
        with QSignalBlocker(self.course), QSignalBlocker(self.course.model()):
            self.course.clear()
        for row in rows:
            item = QListWidgetItem(QIcon(QPixmap(str(folder / row.key / THUMBNAIL))), "")
            item.setData(_KEY, row.key)
            item.setToolTip(row.prompt)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.prompt)
            self.course.addItem(item)
        if self.course.count():
            self.course.setCurrentRow(0)
        rate = f"{float(self._context.document.timeline.rate.fraction):.6g}"
        self.rate_text.setPlaceholderText(tr("{rate}, as the timeline", rate=rate))
        if not self._named and rows:
            remembered = self._context.settings.text(FOLDER)
            place = Path(remembered) if remembered else Path.home()
            self.file.setText(str(place / f"{tame(tr('Walk from {prompt}', prompt=rows[0].prompt[:30]))}.gif"))
        self._tell()

    def _row(self, text: str, first: QWidget, *others: QWidget) -> None:
        place = self._grid.rowCount()
        label = QLabel(text)
        label.setBuddy(first)
        self._grid.addWidget(label, place, 0)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(first, 1)
        for other in others:
            row.addWidget(other)
        self._grid.addLayout(row, place, 1)
        if not first.accessibleName():
            first.setAccessibleName(text)

    @Slot()
    def _say_place(self) -> None:
        """Say in which folder the file will lie: a long path shows only one of its ends in the field."""
        told = [tr("Where it goes. Its suffix says what it becomes: .gif, .mp4, .webm, .webp, .png.")]
        out = self.out
        self.place.setVisible(out is not None)
        if out is not None:
            whole = out.absolute()
            broken = str(whole.parent).replace(os.sep, f"{os.sep}\u200b")  # a line may end after each folder
            self.place.setText(tr("In the folder {folder}", folder=broken))
            self.place.setToolTip(str(whole))
            told.append(str(whole))
        self.file.setToolTip("\n".join(told))

    @Slot()
    def _typed(self) -> None:
        self._named = bool(self.file.text().strip())
        self._tell()

    @Slot()
    def _browse(self) -> None:
        suffixes = " ".join(f"*{suffix}" for each in FORMATS.values() for suffix in each.suffixes)
        path = self.ask.save_file(tr("Walk"), self.out or Path(), tr("Films and pictures") + f" ({suffixes})")
        if path is not None:
            self.file.setText(str(path))
            self._typed()

    @Slot()
    def _tell(self) -> None:
        self.ease.setEnabled(not self.even.isChecked())
        self.changed.emit()


def _number(least: int, value: int, tip: str) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, _MOST)
    made.setValue(value)
    made.setToolTip(tip.format(most=_MOST))
    return made
