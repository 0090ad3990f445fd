from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.theme import theme
from studio.app.viewer.floating import Chip, ChipButton, Plate


def test_a_chip_hides_while_it_says_nothing_and_lets_the_mouse_through(qtbot: QtBot) -> None:
    under = QWidget()
    qtbot.addWidget(under)
    under.resize(200, 100)
    chip = Chip(under)
    under.show()
    assert not chip.isVisible()
    chip.say("stale")
    assert chip.isVisible()
    short = chip.width()
    chip.say("frame 40 · nearest to 44")
    assert chip.width() > short
    assert chip.text == "frame 40 · nearest to 44"
    assert chip.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    chip.say("")
    assert not chip.isVisible()


def test_plates_contrast_with_their_text_in_both_themes(qtbot: QtBot) -> None:
    plate = Plate(8)
    qtbot.addWidget(plate)
    plate.resize(60, 30)
    plate.show()
    for choice in ("light", "dark"):
        theme().choose(choice)
        ground = plate.grab().toImage().pixelColor(QPoint(30, 15)).lightness()
        assert abs(ground - theme().colours.text.lightness()) > 150


def test_a_button_says_what_it_does(qtbot: QtBot) -> None:
    button = ChipButton("Back", "Go back")
    qtbot.addWidget(button)
    assert button.toolTip() == "Go back"
    assert button.isHidden()
