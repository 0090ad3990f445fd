"""The menu of the selected takes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.panels.takes import TakesPanel
from studio.app.panels.takes_menu import menu_of


def texts(panel: TakesPanel) -> dict[str, bool]:
    menu = menu_of(panel, 12)
    found = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    menu.close()
    menu.deleteLater()
    return found


def test_it_offers_what_can_be_done(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.grid.setCurrentIndex(panel.model.index(1))
    found = texts(panel)
    assert found["Use 1 Take as Keyframe at Frame 12"]
    assert not found["Walk Between Them…"]
    assert {"Take the Star Away", "Tags…", "Copy Prompt", "Show in Folder", "Move to the Bin"} <= set(found)
    panel.grid.selectAll()
    found = texts(panel)
    assert "Give a Star" in found
    assert found["Use 3 Takes as Keyframes from Frame 12 On"]


def test_a_walk_that_cannot_be_says_why(panel: TakesPanel) -> None:
    panel.grid.selectAll()
    menu = menu_of(panel, 0)
    walk = next(action for action in menu.actions() if action.text() == "Walk Between Them…")
    assert menu.toolTipsVisible()
    assert not walk.isEnabled()
    assert "different media: pixels, vqgan" in walk.toolTip()
    menu.close()
    menu.deleteLater()


def test_in_the_bin_it_brings_back(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.grid.setCurrentIndex(panel.model.index(0))
    panel.remove()
    qtbot.mouseClick(panel.filter.binned, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.in_bin and len(panel.model.rows) == 1)
    panel.grid.setCurrentIndex(panel.model.index(0))
    found = texts(panel)
    assert {"Bring Back", "Empty the Bin…"} <= set(found)
    assert "Move to the Bin" not in found
