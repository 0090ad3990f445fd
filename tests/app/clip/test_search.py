from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.app.clip.answers import Finds
from studio.app.clip.page import AskPage
from studio.app.clip.perceptors import Source
from studio.app.clip.search import SearchTab, said
from studio.app.clip.wells import Droppable
from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.base.presence import Presence
from studio.library.index import place_of
from studio.library.indexing import LOCK, Update

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(page: AskPage) -> SearchTab:
    page.present("search")
    return page.search


@pytest.fixture
def searched(tab: SearchTab, pictures: Path, qtbot: QtBot) -> SearchTab:
    tab.use_folder(pictures)
    qtbot.keyClicks(tab.query, "blue")
    with qtbot.waitSignal(tab.lane.answered):
        qtbot.keyClick(tab.query, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not tab.lane.busy)
    return tab


def names(tab: SearchTab) -> list[str]:
    return [item.name for item in tab.items.items]


def menu(tab: SearchTab, row: int) -> dict[str, Any]:
    item = tab.items.items[row]
    tab.grid.asked.emit(item, tab.mapToGlobal(tab.rect().center()))
    found = [each for each in tab.findChildren(QMenu) if each.isVisible()]
    actions = {action.text(): action for action in found[-1].actions()}
    found[-1].hide()
    return actions


def test_what_is_missing_is_said(tab: SearchTab, pictures: Path, loader: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(tab.go, LEFT)
    assert "Choose a folder" in tab.working.label.text()
    tab.use_folder(pictures)
    qtbot.mouseClick(tab.go, LEFT)
    assert "what to search for" in tab.working.label.text()
    assert loader.made == []


def test_a_folder_is_searched_by_words(searched: SearchTab) -> None:
    assert names(searched)[0] == "blue.png"
    first = searched.items.items[0]
    assert first.badge.startswith(("0.", "1."))
    assert first.dragged
    data = searched.items.mimeData([searched.items.index(0)])
    assert data.urls()[0].toLocalFile().endswith("below/blue.png")
    assert searched.notes.button.text() == "1 picture or folder left out"
    assert "3 pictures (4 new), as starter-clip sees them" in searched.working.label.text()


def test_a_double_click_opens(searched: SearchTab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(Ask, "show_file", lambda _, path: bool(opened.append(path)))
    spot = searched.grid.visualRect(searched.items.index(0)).center()
    qtbot.mouseClick(searched.grid.viewport(), LEFT, pos=spot)
    qtbot.mouseDClick(searched.grid.viewport(), LEFT, pos=spot)
    assert [path.name for path in opened] == ["blue.png"]
    assert "No program opens" in searched.working.label.text()


def test_a_found_picture_is_used(
    searched: SearchTab, page: AskPage, context: Context, tmp_path: Path, qtbot: QtBot
) -> None:
    context.document.open(context.document.project, None, tmp_path / "project")
    menu(searched, 0)["Init Image"].trigger()
    qtbot.waitUntil(lambda: bool(context.document.project.init_image))
    assert context.document.project.init_image == "blue"
    qtbot.waitUntil(lambda: "init image now" in searched.working.label.text())
    menu(searched, 0)["Show What Speaks for the Text"].trigger()
    assert page.tab is page.explain
    qtbot.waitUntil(lambda: page.explain.found is not None)


def test_what_looks_like_a_found_picture(searched: SearchTab, qtbot: QtBot) -> None:
    row = names(searched).index("green.png")
    with qtbot.waitSignal(searched.lane.answered):
        menu(searched, row)["Search for What Looks Like It"].trigger()
    qtbot.waitUntil(lambda: names(searched)[0] == "green.png")
    assert searched.query.text() == "like green.png"
    searched.query.setFocus()
    searched.query.selectAll()
    qtbot.keyClicks(searched.query, "red")
    assert searched.query.wanted == "red"


def test_folders_and_pictures_are_dropped(
    tab: SearchTab, pictures: Path, paint: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    target = tab.findChild(Droppable)
    assert target is not None

    def drop(path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        action, plain = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            QApplication.sendEvent(target, QDragEnterEvent(QPoint(50, 50), action, data, LEFT, plain))
        QApplication.sendEvent(target, QDropEvent(QPointF(50, 50), action, data, LEFT, plain))

    drop(pictures)
    assert tab.place == pictures
    with qtbot.waitSignal(tab.lane.answered):
        drop(paint(tmp_path / "like.png", (250, 10, 10)))
    assert names(tab)[0] == "red.png"


def test_an_index_is_stopped_and_goes_on(tab: SearchTab, pictures: Path, loader: Any, qtbot: QtBot) -> None:
    tab.use_folder(pictures)
    qtbot.keyClicks(tab.query, "red")
    loader.hold.clear()
    qtbot.mouseClick(tab.go, LEFT)
    qtbot.waitUntil(tab.working.stop.isVisible)
    qtbot.mouseClick(tab.working.stop, LEFT)
    loader.hold.set()
    qtbot.waitUntil(lambda: not tab.lane.busy)
    assert tab.working.label.text() == "Stopped."
    assert names(tab) == []
    with qtbot.waitSignal(tab.lane.answered):
        qtbot.mouseClick(tab.go, LEFT)
    assert names(tab)[0] == "red.png"


def test_another_program_at_work_on_the_index_is_told(
    searched: SearchTab, pictures: Path, loader: Any, qtbot: QtBot
) -> None:
    presence = Presence.take(place_of(pictures, loader.made[0].identity) / LOCK)
    assert presence is not None
    try:
        searched.query.setText("red")
        searched.ask()
        qtbot.waitUntil(lambda: "Another Keydream" in searched.notes.list.toPlainText())
        assert names(searched)[0] == "red.png"
    finally:
        presence.leave()


def test_folders_are_remembered_even_with_odd_names(tab: SearchTab, tmp_path: Path, context: Context) -> None:
    odd = tmp_path / os.fsdecode(b"f\xe9lder, one") if os.name != "nt" else tmp_path / "folder, one"
    for folder in (tmp_path, odd, tmp_path):
        tab.use_folder(folder)
    assert [tab.folder.itemData(place) for place in range(tab.folder.count())] == [tmp_path, odd]
    assert tab.place == tmp_path
    context.settings.set("clip/folders", "no hex\n")
    assert tab._remembered() == []


def test_embeddings_are_exported(
    searched: SearchTab, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ask, "save_file", lambda *_: tmp_path / "out.npz")
    qtbot.mouseClick(searched.exporting, LEFT)
    qtbot.waitUntil(lambda: "Wrote 3 embeddings" in searched.working.label.text())
    arrays = np.load(tmp_path / "out.npz", allow_pickle=False)
    assert arrays["images"].shape == (3, 3)
    assert str(arrays["model"]) == "starter-clip"


def test_a_folder_that_is_gone_is_told(tab: SearchTab, tmp_path: Path, qtbot: QtBot) -> None:
    tab.show_source(Source(tmp_path / "gone.png", "gone.png"), "")
    tab.use_folder(tmp_path / "gone")
    tab.query.setText("red")
    tab.query.textEdited.emit("red")
    tab.ask()
    qtbot.waitUntil(lambda: tab.working.label.property("role") == "error")
    assert "cannot be read" in tab.working.label.text()


def test_a_sentence_for_what_was_found() -> None:
    update = Update(12, added=2, removed=1)
    assert said(Finds("m", Path(), (), update, 12, True)) == "12 pictures (2 new, 1 gone), as m sees them"
    assert said(Finds("m", Path(), (), None, 1, False)) == "1 picture so far, as m sees them"
