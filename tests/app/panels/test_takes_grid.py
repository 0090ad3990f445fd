"""The grid of takes: what it paints, and which keys are its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.panels.takes import TakesPanel
from studio.app.theme import theme

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_takes_are_painted_with_picture_and_star(panel: TakesPanel, qtbot: QtBot) -> None:
    grid, model = panel.grid, panel.model

    def middle(place: int) -> str:
        area = grid.visualRect(model.index(place))
        return grid.grab().toImage().pixelColor(area.center().x(), area.y() + 30).name()

    qtbot.waitUntil(lambda: middle(0) != theme().colours.raised.name(), timeout=5000)
    qtbot.waitUntil(lambda: len({middle(place) for place in range(3)}) == 3, timeout=5000)
    star = grid.star_place(model.index(1)).center()
    image = grid.viewport().grab().toImage()
    assert image.pixelColor(star) == theme().colours.warning
    assert image.pixelColor(grid.star_place(model.index(0)).center()) != theme().colours.warning


def test_a_narrow_grid_has_two_columns_a_wide_one_more(panel: TakesPanel) -> None:
    panel.resize(240, 600)
    assert panel.grid.width() // panel.grid.gridSize().width() == 2
    panel.resize(500, 600)
    assert panel.grid.width() // panel.grid.gridSize().width() == 4


def test_keys_that_mean_something_here_are_not_the_windows(panel: TakesPanel) -> None:
    def kept(key: Qt.Key, held: Qt.KeyboardModifier = NONE, text: str = "") -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held, text)
        event.ignore()
        QApplication.sendEvent(panel.grid, event)
        return event.isAccepted()

    assert kept(Qt.Key.Key_Delete)
    assert kept(Qt.Key.Key_C, CTRL)
    assert kept(Qt.Key.Key_A, CTRL)
    assert kept(Qt.Key.Key_Right, SHIFT)
    assert kept(Qt.Key.Key_Asterisk, SHIFT, "*")
    assert not kept(Qt.Key.Key_Z, CTRL)
    assert not kept(Qt.Key.Key_Delete, CTRL)


def test_the_keyboard_walks_selects_and_asks(panel: TakesPanel, qtbot: QtBot) -> None:
    grid = panel.grid
    grid.setFocus()
    grid.setCurrentIndex(panel.model.index(0))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == 1
    qtbot.keyClick(grid, Qt.Key.Key_Left, SHIFT)
    assert len(panel.selected) == 2
    with qtbot.waitSignal(grid.asked) as got:
        grid.asked.disconnect(panel._menu)
        at = grid.visualRect(grid.currentIndex()).center()
        QApplication.sendEvent(grid.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, at))
    assert got.args[0] == grid.viewport().mapToGlobal(at)
