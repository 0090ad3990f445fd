"""What is chosen for an export: format, file, frames, size, rate, quality, looping."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.ask import Ask, tame
from studio.app.panels.fields import Combo, Slider
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.export import FORMATS, ExportOptions, Format
from studio.project import limits
from studio.project.model import ExportSettings
from studio.render.plan import Quality
from studio.timeline.time import FrameRange, FrameRate, whole_range

FOLDER: Final = "export/folder"
"""The setting that remembers where exports went last."""

_LABEL = 9 * GRID
_NUMBER = 10 * GRID
_LARGEST = 16384


class ExportForm(QWidget):
    """The controls, and what they say."""

    changed = Signal()
    """Something else is chosen, or the project has changed."""

    def __init__(self, context: Context, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.ask = ask
        self._named = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnMinimumWidth(0, _LABEL)
        self._grid.setColumnStretch(1, 1)
        self._make_file()
        self._make_frames()
        self._make_size()
        self._make_look()
        self.load()
        context.document.changed.connect(self._follow)
        context.document.opened.connect(self.load)

    @Slot()
    def load(self) -> None:
        """Take over how the project was exported last, or suggest something."""
        settings = self._context.document.project.export
        chosen = settings.format if settings.format in FORMATS else "gif"
        with QSignalBlocker(self.format), QSignalBlocker(self.quality), QSignalBlocker(self.loop):
            self.format.setCurrentIndex(self.format.findData(chosen))
            self.quality.setValue(settings.quality)
            self.quality_number.setValue(settings.quality)
            self.loop.setChecked(settings.loop)
        self._named = False
        self._follow()

    @property
    def chosen(self) -> Format:
        """The format."""
        return FORMATS[self.format.currentData()]

    @property
    def out(self) -> Path | None:
        """The file, or the pattern of a sequence; None when nothing is named."""
        text = self.file.text().strip()
        return Path(text).expanduser() if text else None

    @property
    def frames(self) -> FrameRange:
        """The frames to export."""
        timeline = self._context.document.timeline
        which = self.which.currentData()
        if which == "range":
            return timeline.frames
        if which == "custom":
            first = min(self.first.value(), timeline.length - 1)
            return FrameRange(first, max(first + 1, min(self.last.value() + 1, timeline.length)))
        return whole_range(timeline.length)

    @property
    def pictures(self) -> Quality:
        """Whether final pictures or drafts are taken."""
        return "draft" if self.drafts.currentData() == "draft" else "final"

    @property
    def own_size(self) -> tuple[int, int]:
        """The size of the pictures as they are rendered."""
        project = self._context.document.project
        if self.pictures == "draft":
            return max(limits.SIDE_MIN, project.width // 2), max(limits.SIDE_MIN, project.height // 2)
        return project.width, project.height

    @property
    def picture_size(self) -> tuple[int, int]:
        """The size of the exported pictures, before sides are made even."""
        scale = self.scale.currentData()
        if scale == "custom":
            return self.width_number.value(), self.height_number.value()
        width, height = self.own_size
        return max(1, width * scale // 100), max(1, height * scale // 100)

    @property
    def rate(self) -> Fraction | None:
        """Another rate than the timeline's; None for its own, also when what is typed is none."""
        text = self.rate_text.text().strip()
        if not text:
            return None
        try:
            return FrameRate.parse(text).fraction
        except StudioError:
            return None

    @property
    def settings(self) -> ExportSettings:
        """What the project remembers."""
        return ExportSettings(self.chosen.name, self.quality.value(), self.loop.isChecked())

    @property
    def options(self) -> ExportOptions:
        """What the encoder is told."""
        size = self.picture_size if self.picture_size != self.own_size else None
        return ExportOptions(
            self.chosen.name, self.quality.value(), self.loop.isChecked(), size, self.rate, overwrite=False
        )

    def suggest(self) -> None:
        """Name a file after the project, unless the artist named one."""
        if self._named:
            return
        document = self._context.document
        remembered = self._context.settings.text(FOLDER)
        folder = Path(remembered) if remembered else document.path.parent if document.path else Path.home()
        name = document.path.stem if document.path else tame(document.project.name)
        with QSignalBlocker(self.file):
            self.file.setText(str(folder / f"{name}{_suffix(self.chosen)}"))

    def _make_file(self) -> None:
        self.format = Combo()
        self.format.setToolTip(tr("What kind of file is made."))
        for each in FORMATS.values():
            self.format.addItem(each.label, each.name)
            if not each.available():
                why = tr("This installation has no encoder for it ({what})", what=each.codec or each.feature)
                item = _item(self.format, self.format.count() - 1)
                item.setEnabled(False)
                item.setToolTip(why)
                item.setText(f"{each.label}: {why}")
        self.format.currentIndexChanged.connect(self._format_changed)
        self._row(tr("Format"), self.format)
        self.file = QLineEdit()
        self.file.setToolTip(tr("Where it goes. In the name of a sequence, #### stands for the number of the frame."))
        self.file.textEdited.connect(self._typed)
        browse = QPushButton(tr("Browse…"))
        browse.setToolTip(tr("Choose the file."))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self._row(tr("File"), self.file, browse)

    def _make_frames(self) -> None:
        self.which = Combo()
        self.which.setToolTip(tr("Which frames are exported."))
        for name in ("all", "range", "custom"):
            self.which.addItem("", name)
        self.first, self.last = _number(tr("First frame")), _number(tr("Last frame"))
        self.which.currentIndexChanged.connect(self._tell)
        for number in (self.first, self.last):
            number.valueChanged.connect(self._tell)
        self._row(tr("Frames"), self.which, self.first, self.last)
        self.drafts = Combo()
        self.drafts.setToolTip(tr("Final pictures, or drafts of half the size."))
        self.drafts.addItem(tr("Final"), "final")
        self.drafts.addItem(tr("Drafts"), "draft")
        self.drafts.currentIndexChanged.connect(self._follow)
        self._row(tr("Pictures"), self.drafts)

    def _make_size(self) -> None:
        self.scale = Combo()
        self.scale.setToolTip(tr("The size of the pictures in the file, in pixels."))
        for scale in (100, 50, 200, "custom"):
            self.scale.addItem("", scale)
        self.width_number, self.height_number = _number(tr("Width")), _number(tr("Height"))
        self.scale.currentIndexChanged.connect(self._scale_changed)
        for number, tip in (
            (self.width_number, tr("Width in pixels, 1 to {most}.", most=_LARGEST)),
            (self.height_number, tr("Height in pixels, 1 to {most}.", most=_LARGEST)),
        ):
            number.setRange(1, _LARGEST)
            number.setToolTip(tip)
            number.valueChanged.connect(self._tell)
        self._row(tr("Size"), self.scale, self.width_number, self.height_number)
        self.rate_text = QLineEdit()
        self.rate_text.setToolTip(
            tr("Frames a second, 0.01 to 1000. Empty: as the timeline. Another rate plays the same frames faster.")
        )
        self.rate_text.textEdited.connect(self._tell)
        self._row(tr("Rate"), self.rate_text)

    def _make_look(self) -> None:
        self.quality = Slider(Qt.Orientation.Horizontal)
        self.quality_number = QSpinBox()
        self.quality_number.setFixedWidth(_NUMBER)
        self.quality_number.setAccessibleName(tr("Quality"))
        for control in (self.quality, self.quality_number):
            control.setRange(0, 100)
            control.setToolTip(tr("0 is the smallest file, 100 the best picture."))
        self.quality.valueChanged.connect(self.quality_number.setValue)
        self.quality_number.valueChanged.connect(self.quality.setValue)
        self.quality.valueChanged.connect(self._tell)
        self._row(tr("Quality"), self.quality, self.quality_number)
        self.loop = QCheckBox(tr("Play for ever"))
        self.loop.setToolTip(
            tr("Begin again at the end. GIF, WebP and APNG can say so; players decide for the others.")
        )
        self.loop.toggled.connect(self._tell)
        self._row("", self.loop)

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
    def _follow(self) -> None:
        """The project has other frames or another size now."""
        timeline = self._context.document.timeline
        last, span = timeline.length - 1, timeline.frames
        self.which.setItemText(0, tr("All: {first} to {last}", first=0, last=last))
        self.which.setItemText(1, tr("Range: {first} to {last}", first=span.start, last=span.stop - 1))
        self.which.setItemText(2, tr("From … to …"))
        _item(self.which, 1).setEnabled(timeline.range is not None)
        with QSignalBlocker(self.which), QSignalBlocker(self.first), QSignalBlocker(self.last):
            if self.which.currentData() == "range" and timeline.range is None:
                self.which.setCurrentIndex(0)
            whole = self.last.value() in (0, self.last.maximum())
            for number in (self.first, self.last):
                number.setRange(0, last)
                number.setToolTip(tr("A frame, 0 to {last}.", last=last))
            if whole:
                self.last.setValue(last)
        width, height = self.own_size
        for place, scale in enumerate((100, 50, 200)):
            size = tr("{width} × {height}", width=width * scale // 100, height=height * scale // 100)
            self.scale.setItemText(place, size if scale == 100 else f"{scale} % · {size}")
        self.scale.setItemText(3, tr("Another size"))
        rate = timeline.rate
        self.rate_text.setPlaceholderText(tr("{rate}, as the timeline", rate=f"{float(rate.fraction):.6g}"))
        self.suggest()
        self._tell()

    @Slot()
    def _format_changed(self) -> None:
        out = self.out
        if self._named and out is not None:
            stem = out.stem.rstrip("#").rstrip("_")
            with QSignalBlocker(self.file):
                self.file.setText(str(out.with_name(f"{stem}{_suffix(self.chosen)}")))
        self.suggest()
        self._tell()

    @Slot()
    def _scale_changed(self) -> None:
        if self.scale.currentData() == "custom":
            with QSignalBlocker(self.width_number), QSignalBlocker(self.height_number):
                self.width_number.setValue(self.own_size[0])
                self.height_number.setValue(self.own_size[1])
        self._tell()

    @Slot()
    def _typed(self) -> None:
        self._named = bool(self.file.text().strip())
        self._tell()

    @Slot()
    def _browse(self) -> None:
        chosen = self.chosen
        suffix = chosen.suffixes[0] if chosen.suffixes else ".png"
        path = self.ask.save_file(tr("Export"), self.out or Path(), f"{chosen.label} (*{suffix})")
        if path is not None:
            if chosen.sequence and "#" not in path.name:
                path = path.with_name(f"{path.stem}{_suffix(chosen)}")
            self.file.setText(str(path))
            self._named = True
            self._tell()

    @Slot()
    def _tell(self) -> None:
        custom = self.which.currentData() == "custom"
        self.first.setVisible(custom)
        self.last.setVisible(custom)
        resized = self.scale.currentData() == "custom"
        self.width_number.setVisible(resized)
        self.height_number.setVisible(resized)
        lossless = self.chosen.name in ("apng", "png")
        self.quality.setEnabled(not lossless)
        self.quality_number.setEnabled(not lossless)
        self.loop.setEnabled(self.chosen.loop)
        typed = self.rate_text.text().strip()
        _mark(self.rate_text, bool(typed) and self.rate is None)
        _mark(self.file, self.out is None)
        self.changed.emit()


def _number(name: str) -> QSpinBox:
    made = QSpinBox()
    made.setFixedWidth(_NUMBER)
    made.setAccessibleName(name)
    return made


def _suffix(chosen: Format) -> str:
    return "_####.png" if chosen.sequence else chosen.suffixes[0]


def _item(box: QComboBox, place: int) -> QStandardItem:
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    return model.item(place)


def _mark(field: QLineEdit, invalid: bool) -> None:
    if bool(field.property("invalid")) != invalid:
        field.setProperty("invalid", invalid)
        field.style().unpolish(field)
        field.style().polish(field)
