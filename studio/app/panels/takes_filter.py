"""What one looks for among the takes: words or what a picture shows, star, medium, tag, order, the bin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from studio.app.icons import icon
from studio.app.panels.fields import Combo, Line, small_button
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.progress import Progress
from studio.takes.index import Wanted

_CALM = 250  # milliseconds after the last letter
_LIKENESS = "likeness"  # the order of a search by what pictures show, which cannot be chosen


class TakesFilter(QWidget):
    """The controls, and what they say."""

    changed = Signal()
    """Something else is looked for."""

    stopped = Signal()
    """CLIP should look at no more pictures."""

    entered = Signal()
    """The arrow that leads from the text to what was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by = "date"
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.text = Line()
        self.text.setClearButtonEnabled(True)
        self.seeing = _toggle("eye", tr("Search by what the picture shows: CLIP compares every take with your words"))
        column.addLayout(_row((self.text, 1), (self.seeing, 0)))
        self.medium, self.tag, self.order = Combo(), Combo(), Combo()
        for combo, name, tip in (
            (self.medium, tr("Medium"), tr("Show only takes of this medium.")),
            (self.tag, tr("Tag"), tr("Show only takes with this tag.")),
            (self.order, tr("Order"), tr("Which takes come first. A search by what pictures show sorts by its fit.")),
        ):
            combo.setAccessibleName(name)
            combo.setToolTip(tip)
            combo.setMinimumContentsLength(6)
            combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.order.addItem(tr("Latest first"), "date")
        self.order.addItem(tr("Best score first"), "score")
        self.offer((), ())
        column.addLayout(_row((self.medium, 1), (self.tag, 1)))
        self.star = _toggle("star", tr("Show only takes with a star"))
        self.binned = _toggle("trash-2", tr("Show the bin: takes that were put away, until it is emptied"))
        column.addLayout(_row((self.order, 1), (self.star, 0), (self.binned, 0)))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Takes that CLIP has looked at"))
        self.stop = small_button("x", tr("Stop looking; what was looked at is kept"), tr("Stop looking"))
        self.stop.clicked.connect(self.stopped)
        self._looking = QWidget()
        self._looking.setLayout(_row((self.bar, 1), (self.stop, 0)))
        column.addWidget(self._looking)
        self.looked(None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self.changed)
        self.text.textChanged.connect(self._soon)
        self.text.returnPressed.connect(self._now)
        for button in (self.star, self.binned):
            button.toggled.connect(self.changed)
        self.seeing.toggled.connect(self._name)
        self.seeing.toggled.connect(self.changed)
        for combo in (self.medium, self.tag, self.order):
            combo.currentIndexChanged.connect(self.changed)
        self._name()

    @property
    def wanted(self) -> Wanted:
        """Which takes to list; a text that CLIP searches for leaves none out."""
        tag = self.tag.currentData()
        return Wanted(
            words="" if self.seeing.isChecked() else self.text.text(),
            tags=(tag,) if tag else (),
            star=self.star.isChecked(),
            medium=self.medium.currentData() or "",
            binned=self.binned.isChecked(),
            best=self._chosen_order == "score",
        )

    @property
    def seen(self) -> str:
        """The text that CLIP searches for; empty for none."""
        return self.text.text().strip() if self.seeing.isChecked() else ""

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for in particular."""
        return self.wanted == Wanted(binned=self.binned.isChecked(), best=self._chosen_order == "score")

    def sorted_by_likeness(self, on: bool) -> None:
        """Say that what is shown is in the order of its likeness to the text; the order that was chosen comes back."""
        place = self.order.findData(_LIKENESS)
        if on == (place >= 0):
            return
        with QSignalBlocker(self.order):
            if on:
                self._by = self.order.currentData()
                self.order.addItem(tr("Likeness"), _LIKENESS)
                self.order.setCurrentIndex(self.order.count() - 1)
            else:
                self.order.removeItem(place)
                self.order.setCurrentIndex(self.order.findData(self._by))
        self.order.setEnabled(not on)

    @property
    def _chosen_order(self) -> str:
        chosen = str(self.order.currentData())
        return self._by if chosen == _LIKENESS else chosen

    def offer(self, media: Sequence[str], tags: Sequence[str]) -> None:
        """Say which media and tags there are; what is chosen stays so, even when no take has it any more."""
        for combo, every, names in ((self.medium, tr("All media"), media), (self.tag, tr("All tags"), tags)):
            chosen = combo.currentData()
            listed = [*names] if not chosen or chosen in names else [*names, chosen]
            if [combo.itemData(place) for place in range(1, combo.count())] == listed and combo.count():
                continue
            with QSignalBlocker(combo):
                combo.clear()
                combo.addItem(every, "")
                for name in listed:
                    combo.addItem(name, name)
                combo.setCurrentIndex(max(0, combo.findData(chosen or "")))

    def looked(self, progress: Progress | None) -> None:
        """Show how many takes CLIP has looked at; None when it is through."""
        self._looking.setVisible(progress is not None)
        if progress is not None:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            said = plural("CLIP has looked at {done} of %n take(s)", progress.total, done=progress.done)
            self.bar.setToolTip(said)

    def close_down(self) -> None:
        """Nothing is told any more."""
        self._timer.stop()

    @Slot()
    def _name(self) -> None:
        seeing = self.seeing.isChecked()
        self.text.setPlaceholderText(tr("What it shows: a red fish…") if seeing else tr("Words of prompts or tags"))
        self.text.setAccessibleName(tr("Search takes by what they show") if seeing else tr("Search takes by words"))
        self.text.setToolTip(
            tr("CLIP compares every take with these words; those that fit best come first.")
            if seeing
            else tr("Show only takes with all of these words in prompt, tags, medium or project.")
        )

    @Slot()
    def _soon(self) -> None:
        self._timer.start()

    @Slot()
    def _now(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit()
        self.entered.emit()


def _toggle(image: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(image))
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _row(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID // 2)
    for part, stretch in parts:
        row.addWidget(part, stretch)
    return row
