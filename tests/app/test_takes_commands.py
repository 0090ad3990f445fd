"""Takes in the whole window: actions, keyframes, walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.window import Window
from studio.takes.take import Kept

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(context: Context, keep: Callable[..., Kept], qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    for number in (1, 2):
        keep(number, f"number {number}")
    context.document.open(context.document.project, None, tmp_path)
    made = Window(context)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.documents.close()
    made.exporting.close()
    made.takes_commands.close()
    made.hide()
    made.deleteLater()


def test_takes_are_reached_by_key_and_used_by_key(window: Window, context: Context, qtbot: QtBot) -> None:
    actions, panel = context.actions, window.takes
    assert not actions["takes.use"].isEnabled()
    actions["takes.show"].trigger()
    qtbot.waitUntil(lambda: len(panel.model.rows) == 2, timeout=5000)
    assert panel.filter.text.hasFocus() or not window.isActiveWindow()
    panel.grid.setCurrentIndex(panel.model.index(0))
    qtbot.waitUntil(lambda: actions["takes.use"].isEnabled())
    assert not actions["takes.walk"].isEnabled()
    assert "of one medium and size" in actions["takes.walk"].toolTip()
    menu = next(each for each in actions["takes.walk"].associatedObjects() if isinstance(each, QMenu))
    assert menu.toolTipsVisible()
    context.player.seek(48)
    actions["takes.use"].trigger()
    track = context.document.timeline.prompts[0].track
    qtbot.waitUntil(lambda: context.document.timeline.prompts[0].track.find(48) is not None, timeout=5000)
    assert track.find(48) is None


def test_a_walk_is_offered_for_two(window: Window, context: Context, qtbot: QtBot) -> None:
    context.actions["takes.show"].trigger()
    panel = window.takes
    qtbot.waitUntil(lambda: len(panel.model.rows) == 2, timeout=5000)
    panel.grid.selectAll()
    qtbot.waitUntil(lambda: context.actions["takes.walk"].isEnabled())
    context.actions["takes.walk"].trigger()
    dialog = window.takes_commands.dialog
    assert dialog.isVisible()
    assert dialog.form.keys == tuple(row.key for row in panel.selected)
    dialog.close()


def test_the_bin_is_reached_by_actions(window: Window, context: Context, qtbot: QtBot) -> None:
    context.actions["takes.show"].trigger()
    panel, actions = window.takes, context.actions
    qtbot.waitUntil(lambda: len(panel.model.rows) == 2, timeout=5000)
    panel.grid.setCurrentIndex(panel.model.index(0))
    assert not actions["takes.empty"].isEnabled()
    qtbot.waitUntil(lambda: actions["takes.remove"].isEnabled())
    actions["takes.remove"].trigger()
    qtbot.waitUntil(lambda: actions["takes.empty"].isEnabled())
    panel.filter.binned.click()
    qtbot.waitUntil(lambda: panel.in_bin and len(panel.model.rows) == 1)
    panel.grid.setCurrentIndex(panel.model.index(0))
    qtbot.waitUntil(lambda: actions["takes.restore"].isEnabled())
    assert not actions["takes.use"].isEnabled()
    actions["takes.star"].trigger()
    qtbot.waitUntil(lambda: panel.model.rows[0].star)
    actions["takes.restore"].trigger()
    qtbot.waitUntil(lambda: not panel.model.rows)
