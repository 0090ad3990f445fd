"""The tab that compares pictures with texts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.clip import exports
from studio.app.clip.answers import Table, lines, table
from studio.app.clip.matrix import Matrix
from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.clip.tab import Tab, ask_button, halves, texts_field
from studio.app.clip.wells import PictureList, heading, introduction
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.cancel import CancelToken
from studio.base.progress import Report

PROBABILITY = "clip/probability"
"""The setting that remembers whether the softmax is shown."""


class CompareTab(Tab):
    """Pictures and texts on the left, the table of all pairs on the right."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(shared, parent)
        self.table: Table | None = None
        self.pictures = PictureList(shared)
        self.texts = texts_field(
            tr("Texts"),
            tr("a red apple\na purple heart, at night\nan octopus"),
            tr("What the pictures may show, one a line; commas and quotes are part of a text."),
        )
        self.go = ask_button(tr("Compare"), tr("Compare every picture with every text"))
        self.go.clicked.connect(self.ask)
        left = QVBoxLayout()
        left.addWidget(self.pictures, 3)
        left.addWidget(heading(tr("Texts, one a line")))
        left.addWidget(self.texts, 2)
        left.addWidget(self.go)
        self.matrix = Matrix(shared.context.pictures)
        self.empty = introduction(
            tr(
                "How well does each picture fit each text? Add pictures, write texts, and press Compare. "
                "Every cell then says how close the two are to CLIP: the warmer, the closer."
            )
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.matrix)
        right = QVBoxLayout()
        right.addLayout(self._make_top())
        right.addWidget(self.stack, 1)
        halves(self, left, right)
        self.texts.textChanged.connect(self.edited)
        self.pictures.changed.connect(self.edited)
        self.lane.answered.connect(self._answer)
        self.matrix.copied.connect(self.copy)
        self.matrix.wanted.connect(self._explain)
        self._choose(shared.context.settings.flag(PROBABILITY))
        self._show(None)

    def _make_top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        self.kinds = QButtonGroup(self)
        self.cosine, self.probability = QToolButton(), QToolButton()
        for button, text, tip in (
            (self.cosine, tr("Cosine"), tr("The cosine of the embeddings, -1 to 1: how close picture and text are")),
            (
                self.probability,
                tr("Softmax"),
                tr("Which of these texts it is, 0 to 100 %: the softmax over the texts, as sharp as CLIP was taught"),
            ),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setMinimumWidth(9 * GRID)
            self.kinds.addButton(button)
            row.addWidget(button)
        self.probability.toggled.connect(self._choose)
        row.addStretch(1)
        self.copying, self.exporting = QPushButton(tr("Copy")), QPushButton(tr("Export…"))
        self.copying.setToolTip(tr("Copy the table, for a spreadsheet or a document (Ctrl+C in the table)"))
        self.copying.clicked.connect(self.copy)
        self.exporting.setToolTip(tr("Write the numbers as .csv or .json, or with the embeddings as .npz"))
        self.exporting.clicked.connect(self.export)
        for each in (self.copying, self.exporting):
            each.setAutoDefault(False)
            row.addWidget(each)
        return row

    def question(self) -> bool:
        """Compare what the fields hold; without any picture, the frame at the playhead."""
        texts = lines(self.texts.toPlainText())
        if not texts:
            self.working.say(tr("Write a text to compare with."), "warning")
            return False
        if not self.pictures.sources:
            self.pictures.chooser.take_frame()
        sources, model, perceptors = self.pictures.sources, self.shared.model, self.shared.perceptors
        if not sources:
            self.working.say(tr("Add a picture to compare."), "warning")
            return False

        def work(token: CancelToken, report: Report, _tell: object) -> Table:
            return table(perceptors, model, sources, texts, token, report)

        self.lane.ask(work)
        return True

    def show_source(self, source: Source, text: str) -> None:
        """Add the picture and the text, and compare."""
        self.pictures.add((source,))
        if text and text not in lines(self.texts.toPlainText()):
            self.texts.appendPlainText(text)
        if lines(self.texts.toPlainText()):
            self.ask()

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard, as text and as HTML."""
        if self.table is None:
            return
        data = QMimeData()
        data.setText(exports.as_text(self.table, self.matrix.numbers.numbers))
        data.setHtml(exports.as_html(self.table, self.matrix.numbers.numbers))
        QGuiApplication.clipboard().setMimeData(data)
        self.working.say(tr("The table is on the clipboard."))

    @Slot()
    def export(self) -> None:
        """Ask for a file, and write the table there."""
        found = self.table
        if found is None:
            return
        filters = ";;".join((tr("Table (*.csv)"), tr("JSON (*.json)"), tr("Embeddings and numbers for numpy (*.npz)")))
        path = self.shared.ask.save_file(tr("Export Table"), tr("similarity") + ".csv", filters)
        if path is not None:
            tasks = self.shared.context.tasks
            tasks.start(tasks.in_thread(exports.write, found, path), self._wrote)

    def _wrote(self, path: Path) -> None:
        self.working.say(tr("Wrote {name}.", name=path.name))

    @Slot(bool)
    def _choose(self, probability: bool) -> None:
        (self.probability if probability else self.cosine).setChecked(True)
        self.matrix.numbers.show_probabilities(probability)
        self.shared.context.settings.set(PROBABILITY, probability)

    @Slot(object)
    def _answer(self, found: Table) -> None:
        self._show(found)
        self.notes.tell(found.skipped)
        pictures, texts = plural("%n picture(s)", len(found.pictures)), plural("%n text(s)", len(found.texts))
        said = tr("{pictures}, {texts}, as {model} sees them", pictures=pictures, texts=texts, model=found.model)
        self.working.say(said)

    def _show(self, found: Table | None) -> None:
        self.table = found
        self.matrix.put(found)
        self.stack.setCurrentWidget(self.empty if found is None else self.matrix)
        self.copying.setEnabled(found is not None)
        self.exporting.setEnabled(found is not None)

    @Slot(int, int)
    def _explain(self, row: int, column: int) -> None:
        if self.table is not None:
            self.shared.shown.emit("explain", self.table.pictures[row], self.table.texts[column])
