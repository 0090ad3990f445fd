from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.library import PAGES, Library
from studio.app.viewer.intake import ASSET
from studio.models.gathering import Gathered
from studio.project import samples
from studio.timeline import edits
from studio.timeline.model import TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange


@pytest.fixture
def folder(context: Context, tmp_path: Path) -> Path:
    place = tmp_path / "project"
    context.document.open(context.document.project, None, place)
    context.frames.wait()
    return place


@pytest.fixture
def library(context: Context, folder: Path, qtbot: QtBot) -> Library:
    made = Library(context)
    qtbot.addWidget(made)
    made.resize(240, 460)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def apple(tmp_path: Path) -> Path:
    path = tmp_path / "Red Apple.png"
    Image.new("RGB", (6, 4), (200, 30, 30)).save(path)
    return path


def names(library: Library) -> list[str]:
    found = library.page.found
    return [found.index(row, 0).data() for row in range(found.rowCount())]


def spot(library: Library, row: int) -> QPoint:
    return library.page.grid.visualRect(library.page.found.index(row, 0)).center()


def drop(library: Library, data: QMimeData) -> bool:
    where, action = QPoint(100, 200), Qt.DropAction.CopyAction
    button, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF, which older ones do not take
        enter = QDragEnterEvent(where, action, data, button, plain)
    enter.ignore()
    QApplication.sendEvent(library, enter)
    if enter.isAccepted():
        QApplication.sendEvent(library, QDropEvent(QPointF(where), action, data, button, plain))
    return enter.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def menu(library: Library, row: int) -> dict[str, QAction]:
    """The menu of an item, as the right button opens it."""
    view, where = library.page.grid.viewport(), spot(library, row)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, view.mapToGlobal(where)))
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return {action.text(): action for action in found.actions()}


def choose(qtbot: QtBot, action: QAction) -> None:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.actionGeometry(action).center())


def add(library: Library, context: Context, qtbot: QtBot, apple: Path) -> None:
    assert drop(library, files(apple))
    qtbot.waitUntil(lambda: len(context.document.project.assets) == 1, timeout=5000)
    qtbot.waitUntil(lambda: names(library) == ["red-apple"], timeout=5000)


def test_samples_are_opened_by_a_double_click_or_enter(library: Library, qtbot: QtBot) -> None:
    assert library.page is library.pages["samples"]
    assert names(library) == [name.replace("-", " ").capitalize() for name in samples.names()]
    view, where = library.page.grid.viewport(), spot(library, 1)
    with qtbot.waitSignal(library.open_requested) as opened:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert opened.args == [samples.names()[1]]
    library.page.grid.setFocus()
    with qtbot.waitSignal(library.open_requested) as opened:
        qtbot.keyClick(library.page.grid, Qt.Key.Key_Return)
    assert opened.args == [samples.names()[1]]
    entries = menu(library, 0)
    with qtbot.waitSignal(library.open_requested) as opened:
        choose(qtbot, entries["Open"])
    assert opened.args == [samples.names()[0]]


def test_search_filters_by_name(library: Library, qtbot: QtBot) -> None:
    qtbot.keyClicks(library.search, "SEASON")
    assert names(library) == ["Four seasons"]
    assert library.count.text() == "1 sample"
    qtbot.keyClicks(library.search, "zzz")
    assert library.empty.isVisible()
    assert library.empty.text() == "Nothing here has that name."
    library.search.clear()
    assert library.count.text() == f"{len(samples.names())} samples"


def test_the_tab_is_remembered(library: Library, context: Context, qtbot: QtBot) -> None:
    qtbot.mouseClick(library.tabs, Qt.MouseButton.LeftButton, pos=library.tabs.tabRect(1).center())
    assert library.page is library.pages["images"]
    again = Library(context)
    qtbot.addWidget(again)
    assert again.page is again.pages["images"]


@pytest.mark.parametrize("name", PAGES[1:])
def test_an_empty_part_says_what_to_do(library: Library, name: str) -> None:
    library.show_page(name)
    assert library.empty.isVisible()
    assert ("Drop picture files here" if name == "images" else "Ctrl+Return") in library.empty.text()


def test_dropped_files_become_pictures_of_the_project(
    library: Library, context: Context, qtbot: QtBot, apple: Path, folder: Path
) -> None:
    add(library, context, qtbot, apple)
    assert library.page is library.pages["images"]
    (asset,) = context.document.project.assets
    assert (folder / asset.path).read_bytes() == apple.read_bytes()
    context.document.undo()
    qtbot.waitUntil(lambda: names(library) == [], timeout=5000)


def test_a_dropped_project_asks_to_be_opened(library: Library, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mine.keydream"
    path.write_text("{}")
    with qtbot.waitSignal(library.open_requested, timeout=5000) as opened:
        assert drop(library, files(path))
    assert opened.args == [str(path)]


def test_a_dropped_model_is_none_of_the_projects_pictures(
    library: Library, context: Context, qtbot: QtBot, apple: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(library.models_dropped, timeout=5000) as found:
        assert drop(library, files(tmp_path / "eyes.pt", apple))
    assert found.args == [(Gathered(tmp_path / "eyes.pt"),)]
    qtbot.waitUntil(lambda: [each.id for each in context.document.project.assets] == ["red-apple"], timeout=5000)


def test_what_is_here_already_cannot_be_dropped(library: Library) -> None:
    data = QMimeData()
    data.setData(ASSET, b"apple")
    assert not drop(library, data)
    words = QMimeData()
    words.setText("words")
    assert not drop(library, words)


def test_files_can_be_chosen_by_the_keyboard(library: Library, context: Context, qtbot: QtBot, apple: Path) -> None:
    library.add.setFocus()
    qtbot.keyClick(library.add, Qt.Key.Key_Space)
    (dialog,) = library.findChildren(QFileDialog)
    dialog.filesSelected.emit([str(apple)])
    dialog.close()
    qtbot.waitUntil(lambda: len(context.document.project.assets) == 1, timeout=5000)


def test_a_picture_is_used_and_removed_by_its_menu(
    library: Library, context: Context, qtbot: QtBot, apple: Path
) -> None:
    add(library, context, qtbot, apple)
    context.player.seek(32)
    choose(qtbot, menu(library, 0)["Image Prompt at Frame 32"])
    assert len(context.document.timeline.prompts[0].track.key(32).value.terms) == 2
    entries = menu(library, 0)
    assert not entries["Remove (it is in use)"].isEnabled()
    choose(qtbot, entries["Use as Init Image"])
    assert context.document.project.init_image == "red-apple"
    context.document.undo()
    context.document.undo()
    choose(qtbot, menu(library, 0)["Remove"])
    assert context.document.project.assets == ()
    assert context.document.undo_name == "Remove picture"


def test_enter_on_a_picture_asks_what_to_do_with_it(
    library: Library, context: Context, qtbot: QtBot, apple: Path
) -> None:
    add(library, context, qtbot, apple)
    library.page.grid.setFocus()
    library.page.grid.setCurrentIndex(library.page.found.index(0, 0))
    qtbot.keyClick(library.page.grid, Qt.Key.Key_Return)
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    assert "Use as Init Image" in [action.text() for action in found.actions()]
    found.close()


def test_pictures_are_dragged_out_with_their_id(library: Library, context: Context, qtbot: QtBot, apple: Path) -> None:
    add(library, context, qtbot, apple)
    grid = library.page.grid
    assert grid.dragEnabled()
    data = library.page.found.mimeData([library.page.found.index(0, 0)])
    assert bytes(data.data(ASSET).data()) == b"red-apple"
    assert data.urls()[0].toLocalFile().endswith(".png")


def test_finished_keyframes_lead_back_to_their_frames(
    library: Library, context: Context, qtbot: QtBot, session: Any
) -> None:
    library.show_page("rendered")
    document = context.document
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        context.rendering.submit(document.project, document.folder, FrameRange(32, 65))
    qtbot.waitUntil(lambda: names(library) == ["Frame 32", "Frame 64"], timeout=5000)
    assert library.count.text() == "2 keyframes"
    qtbot.mouseClick(library.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(library, 1))
    assert context.player.frame == 64
    context.player.seek(32)
    assert library.page.grid.currentIndex().row() == 0
    context.player.seek(33)
    assert not library.page.grid.selectionModel().hasSelection()
    context.document.edit(edits.set_key(TrackRef("prompt", "Prompt"), 40, parse_prompt("a fish")))
    context.frames.wait()
    qtbot.waitUntil(lambda: "Frame 40" in names(library), timeout=5000)
    choose(qtbot, menu(library, 0)["Go to Frame 32"])
    assert context.player.frame == 32
    with qtbot.waitSignal(library.intake.taken, timeout=5000):
        choose(qtbot, menu(library, 0)["Use as Init Image"])
    assert context.document.project.init_image


def test_parts_have_names_and_help(library: Library) -> None:
    assert library.search.accessibleName()
    assert library.add.accessibleName()
    assert library.add.toolTip()
    for place, page in enumerate(library.pages.values()):
        assert library.tabs.tabToolTip(place) == page.tip
        assert page.grid.accessibleName() == page.title
    library._use(QModelIndex())


def test_only_the_sample_that_is_open_is_outlined(library: Library, qtbot: QtBot) -> None:
    page = library.pages["samples"]
    library.show_page("samples")
    first, second = samples.names()[:2]
    library.mark_opened(first)
    assert [index.data() for index in page.grid.selectedIndexes()] == [first.replace("-", " ").capitalize()]
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(library, 1))
    library.mark_opened(second)
    assert len(page.grid.selectedIndexes()) == 1
    library.mark_opened("first.keydream")
    assert page.grid.selectedIndexes() == []
    assert not page.grid.currentIndex().isValid()
