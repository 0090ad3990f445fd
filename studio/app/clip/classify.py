"""The tab that tells which label fits a picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.app.clip.answers import Table, lines, table
from studio.app.clip.bars import Bars
from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.clip.tab import Tab, ask_button, halves, texts_field
from studio.app.clip.templates import DEFAULT, OWN, default_of, sets
from studio.app.clip.wells import PictureWell, heading, introduction
from studio.app.panels.fields import Combo
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.cancel import CancelToken
from studio.base.errors import ModelError
from studio.base.progress import Report
from studio.models.catalogue import find

CHOSEN, WRITTEN = "clip/templates", "clip/own-templates"
"""The settings that remember the set of templates, and the artist's own."""


class ClassifyTab(Tab):
    """A picture, labels and sentences on the left; how likely each label is on the right."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(shared, parent)
        self._source: Source | None = None
        self.well = PictureWell(shared)
        self.labels = texts_field(
            tr("Labels"),
            tr("apple\nheart\noctopus"),
            tr("What the picture may show, one a line; commas and quotes are part of a label."),
        )
        self.templates = Combo()
        self.templates.setAccessibleName(tr("Sentences"))
        for each in sets():
            self.templates.addItem(each.text, each.name)
            self.templates.setItemData(
                self.templates.count() - 1, "\n".join(each.templates), Qt.ItemDataRole.ToolTipRole
            )
        self.own = texts_field(
            tr("My own sentences"),
            tr("a picture of {}"),
            tr("Sentences that each label is put into, one a line, with {} in its place; several are averaged."),
        )
        self.own.setFixedHeight(9 * GRID)
        self.own.setPlainText(shared.context.settings.text(WRITTEN))
        self.go = ask_button(tr("Classify"), tr("Say which label fits the picture best"))
        self.go.clicked.connect(self.ask)
        left = QVBoxLayout()
        left.addWidget(heading(tr("Picture")))
        left.addWidget(self.well)
        left.addWidget(heading(tr("Labels, one a line")))
        left.addWidget(self.labels, 1)
        left.addWidget(heading(tr("In sentences")))
        left.addWidget(self.templates)
        left.addWidget(self.own)
        left.addWidget(self.go)
        self.bars = Bars()
        self.empty = introduction(
            tr(
                "Which of some labels is it? CLIP was never taught them: it compares the picture with sentences. "
                "Choose a picture, write labels, and press Classify."
            )
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.bars)
        right = QVBoxLayout()
        right.addWidget(self.stack, 1)
        halves(self, left, right)
        place = self.templates.findData(shared.context.settings.text(CHOSEN, DEFAULT))
        self.templates.setCurrentIndex(max(place, 0))
        self.templates.currentIndexChanged.connect(self._choose)
        for field in (self.labels, self.own):
            field.textChanged.connect(self.edited)
        self.well.changed.connect(self.edited)
        self.lane.answered.connect(self._answer)
        self.bars.wanted.connect(self._explain)
        shared.model_changed.connect(self._describe)
        self._describe()

    def sentences(self) -> tuple[str, ...]:
        """The templates that are chosen.

        Raises:
            ModelError: the perceptor, whose default they are, is not there.
        """
        chosen = self.templates.currentData()
        if chosen == OWN:
            return lines(self.own.toPlainText())
        if chosen == DEFAULT:
            return default_of(find(self.shared.model, "clip"))
        return next(each.templates for each in sets() if each.name == chosen)

    def question(self) -> bool:
        """Classify the picture; without one, the frame at the playhead."""
        labels = lines(self.labels.toPlainText())
        if not labels:
            self.working.say(tr("Write some labels."), "warning")
            return False
        if self.well.source is None:
            self.well.chooser.take_frame()
        source = self.well.source
        if source is None:
            self.working.say(tr("Choose a picture to classify."), "warning")
            return False
        try:
            templates = self.sentences()
        except ModelError as error:
            self.working.fail(error)
            return False
        if not templates:
            self.working.say(tr("Write a sentence with {} in it, or choose others."), "warning")
            return False
        self.shared.context.settings.set(WRITTEN, self.own.toPlainText())
        model, perceptors = self.shared.model, self.shared.perceptors

        def work(token: CancelToken, report: Report, _tell: object) -> Table:
            return table(perceptors, model, (source,), labels, token, report, templates)

        self.lane.ask(work)
        return True

    def show_source(self, source: Source, text: str) -> None:
        """Classify this picture, with this label among the others."""
        self.well.put(source)
        if text and text not in lines(self.labels.toPlainText()):
            self.labels.appendPlainText(text)
        if lines(self.labels.toPlainText()):
            self.ask()

    @Slot()
    def _choose(self) -> None:
        self.shared.context.settings.set(CHOSEN, self.templates.currentData())
        self._describe()
        self.edited()

    @Slot()
    def _describe(self) -> None:
        chosen = self.templates.currentData()
        self.own.setVisible(chosen == OWN)
        try:
            said = "\n".join(self.sentences())
        except ModelError as error:
            said = str(error)
        help_text = tr("The sentences that each label is put into; several are averaged.")
        self.templates.setToolTip(f"{help_text}\n{said}".rstrip())

    @Slot(object)
    def _answer(self, found: Table) -> None:
        self.stack.setCurrentWidget(self.bars)
        self._source = found.pictures[0]
        self.bars.ranking.put(
            tuple(zip(found.texts, found.probability[0].tolist(), found.cosine[0].tolist(), strict=True))
        )
        self.notes.tell(found.skipped)
        self.working.say(tr("{picture}, as {model} sees it", picture=found.pictures[0].name, model=found.model))

    @Slot(str)
    def _explain(self, label: str) -> None:
        if self._source is not None:
            self.shared.shown.emit("explain", self._source, label)
