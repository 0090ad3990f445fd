from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.library_grid import Grid
from studio.app.panels.library_items import Item, Items
from studio.app.theme import theme


@pytest.fixture
def items(context: Context, tmp_path: Path) -> Items:
    made = Items(context.pictures)
    listed = []
    for name, size in (("wide", (90, 30)), ("tall", (30, 90)), ("square", (200, 200))):
        picture = Image.new("RGB", size, (0, 0, 255))
        third = (size[0] // 3, size[1] // 3) if name != "square" else (0, 0)
        middle = (30, 30) if name != "square" else size
        corner = (third[0] if size[0] > 30 else 0, third[1] if size[1] > 30 else 0)
        picture.paste((255, 0, 0), (*corner, corner[0] + middle[0], corner[1] + middle[1]))
        picture.save(tmp_path / f"{name}.png")
        listed.append(Item(name, name, name, tmp_path / f"{name}.png", dragged=True))
    made.put([*listed, Item("none", "none", "")])
    return made


@pytest.fixture
def grid(context: Context, items: Items, qtbot: QtBot) -> Grid:
    made = Grid(context.pictures, 60, "Pictures")
    qtbot.addWidget(made)
    made.setModel(items)
    made.resize(211, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def image(grid: Grid) -> QImage:
    return grid.viewport().grab().toImage()


def picture_middle(grid: Grid, row: int) -> QPoint:
    cell = grid.visualRect(grid.model().index(row, 0))
    return QPoint(cell.center().x(), cell.y() + 30)


def test_columns_fill_the_width(grid: Grid) -> None:
    assert grid.gridSize().width() == 66
    rows = [grid.visualRect(grid.model().index(row, 0)).y() for row in range(4)]
    assert rows[0] == rows[1] == rows[2] < rows[3]
    grid.resize(150, 300)
    assert grid.gridSize().width() in (69, 70)


def test_pictures_are_cut_square_from_the_middle(grid: Grid, qtbot: QtBot) -> None:
    red = QColor("#ff0000")
    for row in range(3):
        qtbot.waitUntil(lambda row=row: image(grid).pixelColor(picture_middle(grid, row)) == red, timeout=5000)
        middle = picture_middle(grid, row)
        assert image(grid).pixelColor(middle + QPoint(25, 0)) == red
        assert image(grid).pixelColor(middle + QPoint(0, 20)) == red


def test_the_selected_one_has_a_ring(grid: Grid, qtbot: QtBot) -> None:
    cell = grid.visualRect(grid.model().index(1, 0))
    ring = QPoint(cell.center().x(), cell.y() + 2)
    assert image(grid).pixelColor(ring) != theme().colours.accent
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    assert image(grid).pixelColor(ring) == theme().colours.accent


def test_the_keyboard_walks_and_uses(grid: Grid, qtbot: QtBot) -> None:
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(0, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == 1
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() == 3
    with qtbot.waitSignal(grid.doubleClicked) as used:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert used.args is not None
    assert used.args[0].row() == 3


def test_a_menu_is_asked_for_by_mouse_and_keyboard(grid: Grid, qtbot: QtBot) -> None:
    asked: list[str] = []
    grid.asked.connect(lambda item, _where: asked.append(item.id))
    cell = grid.visualRect(grid.model().index(2, 0)).center()
    for reason, where in (
        (QContextMenuEvent.Reason.Mouse, cell),
        (QContextMenuEvent.Reason.Mouse, QPoint(5, 290)),
    ):
        QApplication.sendEvent(grid.viewport(), QContextMenuEvent(reason, where, grid.mapToGlobal(where)))
    grid.setCurrentIndex(grid.model().index(1, 0))
    keyboard = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(grid.viewport(), keyboard)
    assert asked == ["square", "tall"]


def test_no_index_is_no_item(grid: Grid) -> None:
    assert grid.item_at(QModelIndex()) is None
    assert grid.accessibleName() == "Pictures"
