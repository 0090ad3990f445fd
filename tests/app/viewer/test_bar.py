from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.viewer.bar import Bar


@pytest.fixture
def bar(context: Context, qtbot: QtBot) -> Bar:
    made = Bar(context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_buttons_use_actions_under_short_names(context: Context, bar: Bar, qtbot: QtBot) -> None:
    used = []
    for name in ("view.fit", "view.actual"):
        context.actions.on(name, lambda name=name: used.append(name))
    texts = [button.text() for button in bar.buttons.values()]
    assert texts == ["Fit", "100 %", "Onion", "Compare"]
    for name in ("view.fit", "view.actual"):
        qtbot.mouseClick(bar.buttons[name], Qt.MouseButton.LeftButton)
    assert used == ["view.fit", "view.actual"]
    assert all(button.toolTip() == context.actions[name].toolTip() for name, button in bar.buttons.items())


def test_a_switch_shows_what_its_action_says(context: Context, bar: Bar, qtbot: QtBot) -> None:
    onion, action = bar.buttons["view.onion"], context.actions["view.onion"]
    qtbot.mouseClick(onion, Qt.MouseButton.LeftButton)
    assert (onion.isChecked(), action.isChecked()) == (True, True)
    action.trigger()
    assert (onion.isChecked(), action.isChecked()) == (False, False)
    action.setEnabled(False)
    assert not onion.isEnabled()


def test_zoom_and_wipe_are_there_when_they_say_something(bar: Bar, qtbot: QtBot) -> None:
    assert (bar.zoom.isVisible(), bar.wipe.isVisible()) == (False, False)
    with qtbot.waitSignal(bar.shape_changed):
        bar.show_zoom("150 %")
    with qtbot.waitSignal(bar.shape_changed):
        bar.show_wipe(True)
    assert (bar.zoom.isVisible(), bar.wipe.isVisible()) == (True, True)
    with qtbot.waitSignal(bar.wipe_changed) as changed:
        qtbot.mouseClick(bar.wipe, Qt.MouseButton.LeftButton)
    assert changed.args == [True]


def test_the_layers_are_offered_while_the_onion_skin_is_on(context: Context, bar: Bar, qtbot: QtBot) -> None:
    assert not bar.layers.isVisible()
    with qtbot.waitSignal(bar.shape_changed):
        qtbot.mouseClick(bar.buttons["view.onion"], Qt.MouseButton.LeftButton)
    assert bar.layers.isVisible()
    assert bar.layers.x() > bar.buttons["view.onion"].x()
    assert bar.layers.x() < bar.buttons["view.compare"].x()
