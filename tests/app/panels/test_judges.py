from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.judges import EVALUATOR, Judges, offered
from studio.models.catalogue import entries
from studio.project import changes, limits
from studio.project.model import PerceptorRef

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def judges(context: Context, qtbot: QtBot) -> Judges:
    made = Judges(context)
    qtbot.addWidget(made)
    made.resize(290, 200)
    made.show()
    return made


def test_the_evaluator_is_not_offered() -> None:
    names = [text for _, text, _ in offered()]
    assert names[0] == "starter-clip"
    assert EVALUATOR not in names
    assert EVALUATOR in {each.name for each in entries()}
    assert offered()[0][0] == ""


def test_the_starter_judges_alone_unless_others_do(judges: Judges, context: Context, qtbot: QtBot) -> None:
    assert len(judges.rows) == 1
    assert judges.rows[0].model.currentText() == "starter-clip"
    assert not judges.rows[0].weight.isVisible()
    assert not judges.rows[0].gone.isVisible()
    qtbot.mouseClick(judges.add, LEFT)
    assert len(judges.rows) == len(context.document.project.perceptors) == 2
    qtbot.waitUntil(judges.rows[1].weight.isVisible)
    qtbot.mouseClick(judges.rows[0].gone, LEFT)
    assert len(judges.rows) == 1
    qtbot.mouseClick(judges.back, LEFT)
    assert context.document.project.perceptors == ()
    assert not judges.back.isVisible()


def test_weights_are_typed(judges: Judges, context: Context, qtbot: QtBot) -> None:
    context.document.apply(changes.set_perceptors((PerceptorRef(""), PerceptorRef("mine", 0.5))))
    assert judges.rows[1].model.currentText() == "mine (not here)"
    box = judges.rows[1].weight
    assert box.text() == "0.5"
    box.selectAll()
    qtbot.keyClicks(box, "2")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert context.document.project.perceptors == (PerceptorRef(""), PerceptorRef("mine", 2.0))
    assert context.document.labels[-1] == "Change perceptors"
    qtbot.keyClick(judges.rows[1].model, Qt.Key.Key_Up)
    assert context.document.project.perceptors[1] == PerceptorRef(offered()[-1][0], 2.0)


def test_there_are_not_too_many(judges: Judges, context: Context, qtbot: QtBot) -> None:
    for _ in range(limits.PERCEPTORS + 2):
        qtbot.mouseClick(judges.add, LEFT)
    assert len(judges.rows) == limits.PERCEPTORS
    assert not judges.add.isEnabled()
