from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.viewer.layers import LayersButton
from studio.app.viewer.onion import STEP, STRENGTH

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def button(context: Context, qtbot: QtBot) -> LayersButton:
    made = LayersButton(context.settings)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_popup_shows_and_changes_the_settings(button: LayersButton, context: Context, qtbot: QtBot) -> None:
    context.settings.set("onion/before", 3)
    assert button.popup is None
    qtbot.mouseClick(button, LEFT)
    popup = button.popup
    assert popup is not None
    assert popup.isVisible()
    assert [field.value for field in popup.fields.values()] == [3, 1, STEP, STRENGTH]
    before = popup.fields["onion/before"]
    assert before.back.isVisible()
    before.slider.setFocus()
    qtbot.keyClick(before.slider, Qt.Key.Key_Right)
    assert context.settings.number("onion/before") == 4
    strength = popup.fields["onion/strength"].box
    strength.setFocus()
    strength.selectAll()
    qtbot.keyClicks(strength, "75")
    qtbot.keyClick(strength, Qt.Key.Key_Return)
    assert context.settings.number("onion/strength") == 75
    qtbot.mouseClick(before.back, LEFT)
    assert context.settings.number("onion/before", 1) == 1
    assert not before.back.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_it_is_opened_again_with_what_holds_now(button: LayersButton, context: Context, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, LEFT)
    assert button.popup is not None
    button.popup.close()
    context.settings.set("onion/step", 12)
    qtbot.mouseClick(button, LEFT)
    assert button.popup.fields["onion/step"].value == 12
    button.popup.close()
