from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.panels.ease_field import EaseField
from studio.timeline.easing import Ease


@pytest.fixture
def field(qtbot: QtBot) -> EaseField:
    made = EaseField("How it goes on.")
    qtbot.addWidget(made)
    made.resize(264, 40)
    made.show()
    return made


def pressed(field: EaseField) -> list[str]:
    named = [name for name, button in field.buttons.items() if button.isChecked()]
    return [*named, *(["custom"] if field.custom.isChecked() else [])]


def test_a_preset_presses_its_button(field: EaseField) -> None:
    field.show_eases([Ease.IN])
    assert pressed(field) == ["in"]
    assert not field.custom.isVisible()
    assert field.back.isVisible()
    field.show_eases([Ease.LINEAR])
    assert not field.back.isVisible()


def test_a_curve_of_its_own_is_shown_and_cannot_be_picked(field: EaseField, qtbot: QtBot) -> None:
    chosen: list[str] = []
    field.chosen.connect(chosen.append)
    field.show_eases([Ease.bezier(0.1, 0.9, 0.2, 1.0)])
    assert pressed(field) == ["custom"]
    assert field.custom.isVisible()
    drawn = field.custom.grab().toImage()
    qtbot.mouseClick(field.custom, Qt.MouseButton.LeftButton)
    assert (chosen, pressed(field)) == ([], ["custom"])
    field.show_eases([Ease.bezier(0.9, 0.1, 1.0, 0.2)])
    assert field.custom.grab().toImage() != drawn, "it draws the curve that it stands for"
    qtbot.mouseClick(field.buttons["hold"], Qt.MouseButton.LeftButton)
    assert chosen == ["hold"]
    assert pressed(field) == ["hold"]


def test_eases_that_differ_press_none(field: EaseField) -> None:
    field.show_eases([Ease.IN, Ease.bezier(0.1, 0.9, 0.2, 1.0)])
    assert pressed(field) == []
    assert not field.custom.isVisible()
    field.show_eases([])
    assert pressed(field) == []
