"""The tab that shows what in a picture speaks for a text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from studio.app.clip.answers import Heated, heat
from studio.app.clip.heat_view import HeatView
from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.clip.tab import Tab, ask_button, halves, texts_field
from studio.app.clip.wells import PictureWell, heading, introduction
from studio.app.panels.fields import NumberField, Slider
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.app.viewer.saving import save
from studio.base.cancel import CancelToken
from studio.base.progress import Report

OPACITY: Final = "clip/opacity"
"""The setting that remembers how strong the map is, in percent."""

_STRONG: Final = 85.0  # percent by default: the picture is still recognised


class ExplainTab(Tab):
    """A picture and a text on the left, the map on the right."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(shared, parent)
        self.found: Heated | None = None
        self._text = ""
        self.well = PictureWell(shared)
        self.text = texts_field(
            tr("Text"), tr("a red apple"), tr("What the picture may show; line breaks count as spaces.")
        )
        self.text.setFixedHeight(9 * GRID)
        self.copies = NumberField(
            tr("Copies"),
            tr("Noisy copies of the picture that the map is averaged over: more are smoother, and take longer."),
            1,
            1000,
            integer=True,
            slider=(8, 128),
        )
        self.copies.show_value(32)
        self.copies.reset.connect(lambda: self._copy(32))
        self.copies.edited.connect(self._copy)
        self.go = ask_button(tr("Explain"), tr("Show what in the picture speaks for the text, and what against it"))
        self.go.clicked.connect(self.ask)
        left = QVBoxLayout()
        left.addWidget(heading(tr("Picture")))
        left.addWidget(self.well)
        left.addWidget(heading(tr("Text")))
        left.addWidget(self.text)
        left.addWidget(self.copies)
        left.addWidget(self.go)
        left.addStretch(1)
        self.view = HeatView()
        self.empty = introduction(
            tr(
                "What in a picture makes CLIP see the text in it? What speaks for it glows from red to yellow, "
                "what speaks against it turns blue. Choose a picture, write a text, and press Explain."
            )
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        right = QVBoxLayout()
        right.addWidget(self.stack, 1)
        right.addLayout(self._make_controls())
        halves(self, left, right)
        self.text.textChanged.connect(self.edited)
        self.well.changed.connect(self.edited)
        self.lane.answered.connect(self._answer)
        self._show(None)

    def _make_controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.switch = QToolButton()
        self.switch.setText(tr("Heat"))
        self.switch.setCheckable(True)
        self.switch.setChecked(True)
        self.switch.setProperty("role", "button")
        self.switch.setToolTip(tr("Show the map, or the picture alone"))
        self.switch.toggled.connect(self.view.switch)
        self.opacity = Slider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setMinimumWidth(12 * GRID)
        self.opacity.setMaximumWidth(30 * GRID)
        self.opacity.setAccessibleName(tr("Opacity of the map"))
        self.opacity.setToolTip(tr("How strong the map lies over the picture, 0 to 100 %"))
        self.opacity.valueChanged.connect(self._fade)
        self.percent = QLabel()
        self.percent.setProperty("role", "muted")
        self.percent.setFixedWidth(5 * GRID)
        self.opacity.setValue(round(self.shared.context.settings.number(OPACITY, _STRONG)))
        self._fade(self.opacity.value())
        self.saving = QPushButton(tr("Save…"))
        self.saving.setAutoDefault(False)
        self.saving.setToolTip(tr("Save what is shown, map and all, as a PNG picture"))
        self.saving.clicked.connect(self.save)
        row.addWidget(self.switch)
        row.addWidget(self.opacity)
        row.addWidget(self.percent)
        row.addStretch(1)
        row.addWidget(self.saving)
        return row

    def question(self) -> bool:
        """Explain the picture; without one, the frame at the playhead."""
        text = " ".join(self.text.toPlainText().split())
        if not text:
            self.working.say(tr("Write a text."), "warning")
            return False
        if self.well.source is None:
            self.well.chooser.take_frame()
        source = self.well.source
        if source is None:
            self.working.say(tr("Choose a picture to explain."), "warning")
            return False
        model, perceptors, copies = self.shared.model, self.shared.perceptors, int(self.copies.value)
        self._text = text

        def work(token: CancelToken, report: Report, _tell: object) -> Heated:
            return heat(perceptors, model, source.path, text, copies, token, report)

        self.lane.ask(work)
        return True

    def show_source(self, source: Source, text: str) -> None:
        """Explain this picture."""
        self.well.put(source)
        if text:
            self.text.setPlainText(text)
        if self.text.toPlainText().strip():
            self.ask()

    @Slot()
    def save(self) -> None:
        """Ask for a file, and write what is shown there."""
        if self.found is None:
            return
        name = tr("{text} heat", text=self._text[:60]) + ".png"
        path = self.shared.ask.save_file(tr("Save Heat Map"), name, tr("PNG picture (*.png)"))
        if path is not None:
            tasks = self.shared.context.tasks
            tasks.start(tasks.in_thread(save, self.view.image(), path), self._saved)

    def _saved(self, path: Path) -> None:
        self.working.say(tr("Saved {name}.", name=path.name))

    @Slot(int)
    def _fade(self, percent: int) -> None:
        self.view.set_opacity(percent / 100)
        self.percent.setText(tr("{percent} %", percent=percent))
        self.shared.context.settings.set(OPACITY, percent)

    @Slot(float)
    def _copy(self, copies: float) -> None:
        self.copies.show_value(copies)
        self.copies.show_default(copies == 32)
        self.edited()

    @Slot(object)
    def _answer(self, found: Heated) -> None:
        self._show(found)
        self.working.say(
            tr(
                "“{text}”: cosine {cosine}; of a plain picture in its mean colour {plain}, as {model} sees them",
                text=self._text,
                cosine=f"{found.cosine:+.3f}",
                plain=f"{found.plain:+.3f}",
                model=found.model,
            )
        )

    def _show(self, found: Heated | None) -> None:
        self.found = found
        self.view.put(found)
        self.stack.setCurrentWidget(self.empty if found is None else self.view)
        for each in (self.switch, self.opacity, self.percent, self.saving):
            each.setVisible(found is not None)
