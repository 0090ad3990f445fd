from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.clip.wells import PictureList, PictureWell, fitted, heading

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def several(shared: Shared, qtbot: QtBot) -> PictureList:
    made = PictureList(shared)
    qtbot.addWidget(made)
    made.resize(260, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def well(shared: Shared, qtbot: QtBot) -> PictureWell:
    made = PictureWell(shared)
    qtbot.addWidget(made)
    made.resize(260, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def drop(widget: QWidget, *paths: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, action, plain = QPoint(50, 100), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(where, action, data, LEFT, plain)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(where), action, data, LEFT, plain))
    return enter.isAccepted()


def test_pictures_are_dropped_once_each_and_taken_out_by_key(
    several: PictureList, pictures: Path, qtbot: QtBot
) -> None:
    assert several.stack.currentWidget() is several.empty
    with qtbot.waitSignal(several.changed):
        assert drop(several, pictures / "red.png", pictures)
    drop(several, pictures / "red.png")
    assert [each.name for each in several.sources] == ["red.png", "pictures"]
    assert several.items.items[1].badge == "folder"
    several.grid.setFocus()
    several.grid.setCurrentIndex(several.items.index(0))
    qtbot.keyClick(several.grid, Qt.Key.Key_Delete)
    assert [each.name for each in several.sources] == ["pictures"]
    several.grid.clearSelection()
    qtbot.mouseClick(several.remove, LEFT)
    assert several.sources == ()
    assert not several.remove.isEnabled()


def test_pictures_are_pasted(several: PictureList, pictures: Path, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pictures / "green.png"))])
    QGuiApplication.clipboard().setMimeData(data)
    several.buttons[0].setFocus()
    qtbot.keyClick(several.buttons[0], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [each.name for each in several.sources] == ["green.png"]
    QGuiApplication.clipboard().clear()


def test_a_well_shows_its_picture(well: PictureWell, pictures: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(well.changed):
        drop(well, pictures / "red.png")
    assert well.name.text() == "red.png"

    def middle() -> QColor:
        image = well.picture.grab().toImage()
        return image.pixelColor(image.width() // 2, image.height() // 2)

    qtbot.waitUntil(lambda: middle() == QColor(230, 20, 30))
    with qtbot.assertNotEmitted(well.changed):
        well.put(Source(pictures / "red.png", "red.png"))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_well_asks_for_a_file_by_key(well: PictureWell, pictures: Path, qtbot: QtBot, key: Qt.Key) -> None:
    well.picture.setFocus()
    qtbot.keyClick(well.picture, key)
    dialog = well.findChild(QFileDialog)
    assert dialog is not None
    dialog.filesSelected.emit([str(pictures / "green.png")])
    dialog.close()
    assert well.source == Source(pictures / "green.png", "green.png")


def test_a_click_on_an_empty_well_asks_for_a_file(well: PictureWell, qtbot: QtBot) -> None:
    qtbot.mouseClick(well.picture, LEFT)
    dialog = well.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()


def test_a_picture_is_fitted_whole() -> None:
    assert fitted(QSize(200, 100), QRectF(0, 0, 100, 100)) == QRectF(0, 25, 100, 50)
    assert fitted(QSize(), QRectF(0, 0, 100, 100)).isEmpty()


def test_a_heading_looks_like_one(qtbot: QtBot) -> None:
    made = heading("Pictures")
    qtbot.addWidget(made)
    assert made.property("role") == "heading"
