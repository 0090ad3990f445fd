from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.library_items import ITEM, Item, Items, frame_items, picture_items, sample_items
from studio.app.viewer.intake import ASSET, offered
from studio.project import samples
from studio.project.model import Asset
from studio.timeline.time import FrameRange


def test_samples_have_names_and_pictures(context: Context) -> None:
    items = sample_items(context)
    assert [item.id for item in items] == list(samples.names())
    assert items[0].name == "First walk"
    assert [item.picture for item in items] == [samples.animation(item.id) for item in items]
    assert not any(item.dragged for item in items)


def test_pictures_of_the_project_say_what_they_are_for(context: Context, tmp_path: Path) -> None:
    Image.new("RGB", (3, 3)).save(tmp_path / "apple.png")
    assets = (Asset("apple", "apple.png"), Asset("gone", "gone.png"), Asset("outside", "../x.png"))
    context.document.open(replace(context.document.project, assets=assets, init_image="apple"), None, tmp_path)
    apple, gone, outside = picture_items(context)
    assert (apple.picture, apple.badge, apple.asset, apple.dragged) == (tmp_path / "apple.png", "init", True, True)
    assert (gone.picture, gone.dragged) == (None, False)
    assert "missing" in gone.tip
    assert "refused" in outside.tip


def test_keyframes_that_are_rendered_are_listed(context: Context, qtbot: QtBot) -> None:
    assert frame_items(context) == []
    document = context.document
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        context.rendering.submit(document.project, document.folder, FrameRange(32, 34), "draft")
    (item,) = frame_items(context)
    assert (item.id, item.name, item.badge) == ("32", "Frame 32", "draft")
    assert item.picture == context.frames.picture(32)


def test_a_model_gives_names_help_and_files(context: Context, tmp_path: Path) -> None:
    items = Items(context.pictures)
    path = tmp_path / "apple.png"
    items.put([Item("apple", "Apple", "an apple", path, asset=True, dragged=True), Item("x", "X", "")])
    first, second = items.index(0), items.index(1)
    assert (items.data(first), items.data(first, Qt.ItemDataRole.ToolTipRole)) == ("Apple", "an apple")
    assert items.data(first, ITEM) == items.items[0]
    assert items.data(QModelIndex()) is None
    assert items.rowCount() == 2
    assert items.rowCount(first) == 0
    assert items.flags(first) & Qt.ItemFlag.ItemIsDragEnabled
    assert not items.flags(second) & Qt.ItemFlag.ItemIsDragEnabled
    data = items.mimeData([first])
    assert [url.toLocalFile() for url in data.urls()] == [str(path)]
    assert offered(data) == ((), None, "apple")
    assert not items.mimeData([first, second]).hasFormat(ASSET)


def test_what_is_selected_stays_while_only_pictures_change(context: Context) -> None:
    items = Items(context.pictures)
    happened = []
    items.modelReset.connect(lambda: happened.append("reset"))
    items.dataChanged.connect(lambda *_: happened.append("changed"))
    items.put([Item("a", "A", ""), Item("b", "B", "")])
    items.put([Item("a", "A", ""), Item("b", "B", "")])
    items.put([Item("a", "A", "", badge="new"), Item("b", "B", "")])
    items.put([Item("b", "B", "")])
    items.put([])
    assert happened == ["reset", "changed", "reset", "reset"]


def test_a_picture_that_came_is_repainted(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "apple.png"
    Image.new("RGB", (30, 30)).save(path)
    items = Items(context.pictures)
    items.put([Item("x", "X", ""), Item("apple", "Apple", "", path)])
    with qtbot.waitSignal(items.dataChanged, timeout=5000) as changed:
        context.pictures.image(path, 10)
    assert changed.args is not None
    assert changed.args[0].row() == changed.args[1].row() == 1
