from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.app.clip import choosing
from studio.app.clip.choosing import Chooser, latest_takes
from studio.app.clip.perceptors import Source
from studio.app.clip.shared import Shared
from studio.app.context import Context
from studio.app.viewer.intake import ASSET
from studio.project import changes
from studio.project.model import Asset


@pytest.fixture
def over(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    yield made


@pytest.fixture
def chosen() -> list[Source]:
    return []


@pytest.fixture
def chooser(shared: Shared, over: QWidget, chosen: list[Source]) -> Chooser:
    made = Chooser(shared, over, many=True)
    made.chosen.connect(chosen.extend)
    return made


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_dropped_files_and_folders_are_taken_and_others_named(
    chooser: Chooser, chosen: list[Source], pictures: Path, shared: Shared, qtbot: QtBot
) -> None:
    assert chooser.take_data(files(pictures / "red.png", pictures, pictures / "notes.txt"))
    assert [each.name for each in chosen] == ["red.png", "pictures"]
    with qtbot.waitSignal(shared.said) as said:
        assert not chooser.take_data(files(pictures / "notes.txt"))
    assert "notes.txt is no picture" in said.args[0]
    assert not chooser.take_data(QMimeData())
    assert not chooser.take_data(None)


def test_one_place_takes_one_picture_and_no_folder(shared: Shared, over: QWidget, pictures: Path) -> None:
    chosen: list[Source] = []
    one = Chooser(shared, over, many=False)
    one.chosen.connect(chosen.extend)
    assert not one.take_data(files(pictures))
    assert one.take_data(files(pictures / "red.png", pictures / "green.png"))
    assert [each.name for each in chosen] == ["red.png"]


def test_a_pasted_picture_gets_a_file(chooser: Chooser, chosen: list[Source], qtbot: QtBot) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 10, 10))
    data = QMimeData()
    data.setImageData(image)
    assert chooser.take_data(data)
    qtbot.waitUntil(lambda: bool(chosen))
    assert chosen[0].name == "Pasted picture"
    assert QImage(str(chosen[0].path)).size() == image.size()


def test_a_picture_of_the_project_is_taken_by_its_name(
    chooser: Chooser, chosen: list[Source], context: Context, paint: Callable[..., Path], tmp_path: Path
) -> None:
    paint(tmp_path / "sea.png", (0, 0, 250))
    context.document.open(context.document.project, None, tmp_path)
    context.document.apply(changes.add_asset(Asset("sea", "sea.png")))
    data = QMimeData()
    data.setData(ASSET, b"sea")
    assert chooser.take_data(data)
    assert chosen == [Source(tmp_path / "sea.png", "sea")]
    data.setData(ASSET, b"sand")
    assert not chooser.take_data(data)


def test_files_are_asked_for(
    chooser: Chooser, chosen: list[Source], over: QWidget, pictures: Path, qtbot: QtBot
) -> None:
    chooser.take_files()
    dialog = over.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(pictures / "red.png"), str(pictures / "green.png")])
    dialog.close()
    assert [each.name for each in chosen] == ["red.png", "green.png"]


def test_the_playhead_without_a_picture_is_told(
    chooser: Chooser, chosen: list[Source], shared: Shared, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shared.said) as said:
        chooser.take_frame()
    assert "no picture at the playhead" in said.args[0]
    assert chosen == []


def test_takes_are_offered_in_a_menu(
    chooser: Chooser,
    chosen: list[Source],
    over: QWidget,
    shared: Shared,
    pictures: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert latest_takes() == ()
    with qtbot.waitSignal(shared.said):
        chooser.offer_takes()
    take: Any = (pictures / "red.png", pictures / "red.png", "salt & pepper")
    monkeypatch.setattr(choosing, "latest_takes", lambda: (take,))
    chooser.offer_takes()
    qtbot.waitUntil(lambda: over.findChild(QMenu) is not None)
    menu = over.findChild(QMenu)
    assert menu is not None
    assert menu.actions()[0].text() == "salt && pepper"
    menu.actions()[0].trigger()
    menu.close()
    assert chosen == [Source(pictures / "red.png", "salt & pepper")]
