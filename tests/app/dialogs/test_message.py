from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.app.dialogs.message import Choice, Message
from studio.app.theme import theme

CHOICES = (
    Choice("discard", "Discard", aside=True),
    Choice("cancel", "Cancel"),
    Choice("save", "Save", primary=True),
)


@pytest.fixture
def message(qtbot: QtBot) -> Message:
    made = Message(None, "Save <b>it</b>?", "This would be lost:", CHOICES, points=("2 edits", "a render"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_shows_all_as_plain_text(message: Message) -> None:
    labels = [label.text() for label in message.findChildren(QLabel)]
    assert labels == ["Save <b>it</b>?", "This would be lost:", "•  2 edits", "•  a render"]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in message.findChildren(QLabel))


@pytest.mark.parametrize("name", ["discard", "cancel", "save"])
def test_the_answer_is_the_button_that_was_pressed(message: Message, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(message.button(name), Qt.MouseButton.LeftButton)
    assert message.answer == name


def test_enter_presses_the_primary_one_and_escape_none(message: Message, qtbot: QtBot) -> None:
    qtbot.keyClick(message, Qt.Key.Key_Return)
    assert message.answer == "save"
    message.answer = ""
    message.show()
    qtbot.keyClick(message, Qt.Key.Key_Escape)
    assert (message.answer, message.isVisible()) == ("", False)


def test_what_throws_away_stands_apart(message: Message, qtbot: QtBot) -> None:
    places = [message.button(name).x() for name in ("discard", "cancel", "save")]
    assert places == sorted(places)
    assert places[1] - places[0] > 2 * (places[2] - places[1])


def test_it_is_painted_in_every_theme(message: Message) -> None:
    pictures = []
    for name in ("dark", "light"):
        theme().choose(name)
        pictures.append(message.grab().toImage())
    theme().choose("dark")
    assert pictures[0] != pictures[1]


def test_it_is_as_high_as_its_texts(qtbot: QtBot) -> None:
    heights = []
    for text in ("short", "long " * 100):
        message = Message(None, "Heading", text)
        qtbot.addWidget(message)
        message.show()
        heights.append(message.height())
        low = max(label.mapTo(message, label.rect().bottomLeft()).y() for label in message.findChildren(QLabel))
        gap = message.button("ok").y() - low
        assert 16 <= gap <= 48
    assert heights[1] > heights[0] + 60
