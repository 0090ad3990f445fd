from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from studio.app.clip.shared import Shared
from studio.app.clip.tab import LEFT, Tab, ask_button, halves, texts_field


class Counting(Tab):
    """Counts its questions."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.questions = 0
        self.field = texts_field("Texts", "a", "b")
        self.go = ask_button("Ask", "Ask it")
        left = QVBoxLayout()
        left.addWidget(self.field)
        left.addWidget(self.go)
        halves(self, left, QVBoxLayout())
        self.go.clicked.connect(self.ask)
        self.field.textChanged.connect(self.edited)

    def question(self) -> bool:
        self.questions += 1
        return bool(self.field.toPlainText())


@pytest.fixture
def tab(shared: Shared, qtbot: QtBot) -> Iterator[Counting]:
    made = Counting(shared)
    qtbot.addWidget(made)
    made._timer.setInterval(20)
    made.show()
    yield made
    assert made.close_down()


def test_nothing_is_asked_before_the_first_question(tab: Counting, qtbot: QtBot) -> None:
    qtbot.keyClicks(tab.field, "red")
    qtbot.wait(60)
    assert tab.questions == 0
    qtbot.mouseClick(tab.go, Qt.MouseButton.LeftButton)
    assert tab.questions == 1
    qtbot.keyClicks(tab.field, " or")
    qtbot.waitUntil(lambda: tab.questions == 2)


def test_a_question_without_words_does_not_make_it_live(tab: Counting, qtbot: QtBot) -> None:
    tab.ask()
    qtbot.keyClicks(tab.field, "red")
    qtbot.wait(60)
    assert tab.questions == 1


def test_what_changes_while_hidden_is_asked_when_shown(tab: Counting, qtbot: QtBot) -> None:
    tab.field.setPlainText("red")
    tab.ask()
    tab.hide()
    tab.rest()
    tab.shared.model_changed.emit()
    qtbot.wait(60)
    assert tab.questions == 1
    tab.show()
    qtbot.waitUntil(lambda: tab.questions == 2)


def test_the_button_says_its_keys_and_the_side_stays_narrow(tab: Counting) -> None:
    assert "Ctrl" in tab.go.toolTip()
    assert tab.go.toolTip().startswith("Ask it")
    tab.resize(1200, 600)
    assert tab.field.width() <= LEFT
