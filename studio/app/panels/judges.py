"""Who judges how well a picture fits its prompts: one perceptor or several, each with a weight."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.panels.fields import Box, Combo, small_button
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.models.catalogue import entries
from studio.project import changes, limits
from studio.project.model import PerceptorRef

EVALUATOR = "starter-evaluator"
"""It judges finished pictures, so nothing may be dreamed to please it."""

_gestures = itertools.count()


class Judges(QWidget):
    """The project's perceptors. None means the starter with the weight 1."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        self._gesture = next(_gestures)
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        self.heading = QLabel(tr("Judges"))
        self.heading.setProperty("role", "heading")
        head.addWidget(self.heading, 1)
        self.add = small_button(
            "plus", tr("Let another CLIP judge as well; it takes as much time again"), tr("Add judge")
        )
        self.add.clicked.connect(self._add)
        self.back = small_button("rotate-ccw", tr("Back to the default: the starter alone"), tr("Reset judges"))
        self.back.setIconSize(QSize(12, 12))
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.back.clicked.connect(lambda: self._document.apply(changes.set_perceptors(())))
        head.addWidget(self.add)
        head.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID // 2)
        column.addLayout(self._list)
        self.rows: list[JudgeRow] = []
        self._document.changed.connect(self._show)
        self._show()

    @property
    def _shown(self) -> tuple[PerceptorRef, ...]:
        return self._document.project.perceptors or (PerceptorRef(""),)

    @Slot()
    def _show(self) -> None:
        shown = self._shown
        while len(self.rows) > len(shown):
            row = self.rows.pop()
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(shown):
            row = JudgeRow(self, len(self.rows))
            self.rows.append(row)
            self._list.addWidget(row)
        for row, perceptor in zip(self.rows, shown, strict=True):
            row.show_perceptor(perceptor, alone=len(shown) == 1)
        self.add.setEnabled(len(shown) < limits.PERCEPTORS)
        self.back.setVisible(bool(self._document.project.perceptors))

    @Slot()
    def _add(self) -> None:
        used = {each.model for each in self._shown}
        free = next((name for name, _, _ in offered() if name not in used), "")
        self._document.apply(changes.set_perceptors((*self._shown, PerceptorRef(free))))

    def put(self, place: int, perceptor: PerceptorRef) -> None:
        """Let another perceptor, or another weight, stand at a place of the list."""
        shown = self._shown
        made = (*shown[:place], perceptor, *shown[place + 1 :])
        self._document.apply(changes.set_perceptors(made), ("judges", self._gesture))

    def remove(self, place: int) -> None:
        """Take one out of the list."""
        shown = self._shown
        self._document.apply(changes.set_perceptors((*shown[:place], *shown[place + 1 :])))

    def seal(self) -> None:
        """End the gesture."""
        self._gesture = next(_gestures)
        self._document.seal()


class JudgeRow(QWidget):
    """One of them: which, how much its opinion counts, and a button that removes it."""

    def __init__(self, judges: Judges, place: int) -> None:
        super().__init__(judges)
        self._perceptor = PerceptorRef("")
        self._judges, self._place = judges, place
        self.model = Combo()
        self.model.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.model.setAccessibleName(tr("Judge"))
        self.model.setToolTip(tr("The CLIP that judges how well the picture fits the prompts."))
        self.model.activated.connect(self._choose)
        self.weight = Box()
        self.weight.setDecimals(3)
        self.weight.setRange(0, limits.VALUE)
        self.weight.setSingleStep(0.1)
        self.weight.setFixedWidth(64)
        self.weight.setKeyboardTracking(False)
        self.weight.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.weight.setAccessibleName(tr("Weight of the judge"))
        self.weight.setToolTip(tr("How much its opinion counts, compared with the others. 0 and more; 1 is usual."))
        self.weight.valueChanged.connect(self._weigh)
        self.weight.editingFinished.connect(judges.seal)
        self.gone = small_button("x", tr("Let this one judge no more"), tr("Remove judge"))
        self.gone.clicked.connect(lambda: judges.remove(place))
        policy = self.gone.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.gone.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.model, 1)
        row.addWidget(self.weight)
        row.addWidget(self.gone)

    def show_perceptor(self, perceptor: PerceptorRef, *, alone: bool) -> None:
        """Show it; a lone one needs no weight, and cannot go."""
        self._perceptor = perceptor
        with QSignalBlocker(self.model), QSignalBlocker(self.weight):
            self.model.clear()
            for name, text, about in offered():
                self.model.addItem(text, name)
                self.model.setItemData(self.model.count() - 1, about, Qt.ItemDataRole.ToolTipRole)
            place = self.model.findData(perceptor.model)
            if place < 0:
                self.model.addItem(tr("{name} (not here)", name=perceptor.model), perceptor.model)
                place = self.model.count() - 1
            self.model.setCurrentIndex(place)
            self.weight.setValue(perceptor.weight)
        self.weight.setVisible(not alone)
        self.gone.setVisible(not alone)

    @Slot()
    def _choose(self) -> None:
        self._judges.put(self._place, PerceptorRef(str(self.model.currentData()), self._perceptor.weight))
        self._judges.seal()

    @Slot(float)
    def _weigh(self, weight: float) -> None:
        self._judges.put(self._place, PerceptorRef(self._perceptor.model, weight))


def offered() -> tuple[tuple[str, str, str], ...]:
    """(name, text, help) of every CLIP that may judge; the starter's name is empty."""
    known = (each for each in entries() if each.kind == "clip" and each.name != EVALUATOR)
    return tuple(("" if each.starter else each.name, each.name, each.about) for each in known)
