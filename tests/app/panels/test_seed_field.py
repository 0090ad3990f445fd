from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.seed_field import SeedField
from studio.project import changes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def field(context: Context, qtbot: QtBot) -> SeedField:
    made = SeedField(context)
    context.document.changed.connect(lambda _before, after: made.show_value(after.seed))
    made.show_value(0)
    qtbot.addWidget(made)
    made.resize(290, 80)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def typed(field: SeedField, qtbot: QtBot, text: str) -> None:
    field.box.setFocus()
    field.box.selectAll()
    qtbot.keyClicks(field.box, text)
    qtbot.keyClick(field.box, Qt.Key.Key_Return)


def test_a_seed_is_typed(field: SeedField, context: Context, qtbot: QtBot) -> None:
    typed(field, qtbot, str(2**63 - 1))
    assert context.document.project.seed == 2**63 - 1
    assert context.document.labels == ("Change seed",)
    context.document.undo()
    assert field.box.text() == "0"


@pytest.mark.parametrize("text", ["-1", "apple", "1.5", str(2**63), "²"])
def test_what_is_no_seed_stays_and_is_said(field: SeedField, context: Context, qtbot: QtBot, text: str) -> None:
    typed(field, qtbot, text)
    assert context.document.project.seed == 0
    assert field.box.text() == text
    assert field.problem.isVisible()
    assert field.box.property("invalid")
    typed(field, qtbot, "7")
    assert not field.problem.isVisible()
    assert context.document.project.seed == 7


def test_dice_give_another_seed_each_time(field: SeedField, context: Context, qtbot: QtBot) -> None:
    seen = {0}
    for _ in range(5):
        before = context.document.project.seed
        qtbot.mouseClick(field.dice, LEFT)
        assert context.document.project.seed != before
        seen.add(context.document.project.seed)
        assert field.box.text() == str(context.document.project.seed)
    assert len(context.document.labels) == 5


def test_a_locked_seed_stays(field: SeedField, context: Context, qtbot: QtBot) -> None:
    context.document.apply(changes.set_seed(5))
    with qtbot.waitSignal(field.locked_changed):
        qtbot.mouseClick(field.lock, LEFT)
    assert field.locked
    qtbot.mouseClick(field.dice, LEFT)
    field.roll()
    typed(field, qtbot, "8")
    qtbot.keyClick(field.box, Qt.Key.Key_Up)
    assert context.document.project.seed == 5
    assert not field.field.back.isVisible()
    assert field.lock.accessibleName() == "Unlock the seed"
    qtbot.mouseClick(field.lock, LEFT)
    qtbot.mouseClick(field.field.back, LEFT)
    assert context.document.project.seed == 0


def test_arrows_step(field: SeedField, context: Context, qtbot: QtBot) -> None:
    field.box.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(field.box, key)
    assert context.document.project.seed == 1
    for _ in range(3):
        qtbot.keyClick(field.box, Qt.Key.Key_Down)
    assert context.document.project.seed == 0


def test_undo_is_the_documents_once_the_seed_counts(field: SeedField, context: Context, qtbot: QtBot) -> None:
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), field)
    shortcut.activated.connect(context.document.undo)
    typed(field, qtbot, "12")
    assert context.document.project.seed == 12
    qtbot.keyClick(field.box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert context.document.project.seed == 0
    assert field.box.text() == "0"
