"""Pictures that are dragged over the lanes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.editor import TimelineEditor
from studio.app.viewer.intake import ASSET
from studio.app.viewer.saving import png

BEGIN = "Begin the Keyframe at 32 From It"


@pytest.fixture
def picture(context: Context, tmp_path: Path) -> QMimeData:
    """A picture file that is dragged over a project of its own folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    context.document.open(context.document.project, None, folder)
    Image.new("RGB", (6, 4), (200, 30, 30)).save(tmp_path / "apple.png")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "apple.png"))])
    return data


def send(editor: TimelineEditor, kind: type, data: QMimeData, at: QPoint) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF, which older ones do not take
        event: Any = kind(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(editor.lanes, event)
    return bool(event.isAccepted())


def drop(editor: TimelineEditor, data: QMimeData, at: QPoint) -> None:
    assert send(editor, QDragEnterEvent, data, at)
    assert send(editor, QDropEvent, data, at)


def menu(editor: TimelineEditor, qtbot: QtBot) -> dict[str, QAction]:
    found: list[QMenu] = []

    def shown() -> bool:
        found[:] = [each for each in editor.lanes.findChildren(QMenu) if each.isVisible()]
        return bool(found)

    qtbot.waitUntil(shown, timeout=5000)
    return {action.text(): action for action in found[0].actions()}


def choose(editor: TimelineEditor, qtbot: QtBot, text: str) -> None:
    actions = menu(editor, qtbot)
    actions[text].trigger()
    for each in editor.lanes.findChildren(QMenu):
        each.close()


def begins(context: Context) -> dict[int, str]:
    return {key.frame: key.value.begin for key in context.document.timeline.prompt("Prompt").track.keys}


def test_on_a_card_it_can_begin_the_keyframe(
    editor: TimelineEditor, context: Context, hand: Any, qtbot: QtBot, picture: QMimeData
) -> None:
    at = hand.key(hand.prompts, 45)
    said: list[str] = []
    editor.hint.connect(said.append)
    assert send(editor, QDragEnterEvent, picture, at)
    assert send(editor, QDragMoveEvent, picture, at)
    assert "keyframe at 32" in said[-1]
    assert send(editor, QDropEvent, picture, at)
    assert list(menu(editor, qtbot)) == [BEGIN, "Init Image", "Image Prompt at Frame 45", "Add to the Library"]
    choose(editor, qtbot, BEGIN)
    qtbot.waitUntil(lambda: begins(context) == {0: "", 32: "apple", 64: ""}, timeout=5000)
    assert context.document.labels == ("Begin from picture",)


def test_a_picture_of_the_project_too(
    editor: TimelineEditor, context: Context, hand: Any, qtbot: QtBot, picture: QMimeData
) -> None:
    editor.lanes.pictures.intake.take(Path(picture.urls()[0].toLocalFile()), "library")
    qtbot.waitUntil(lambda: bool(context.document.project.assets), timeout=5000)
    data = QMimeData()
    data.setData(ASSET, b"apple")
    drop(editor, data, hand.key(hand.prompts, 45))
    assert list(menu(editor, qtbot)) == [BEGIN, "Init Image", "Image Prompt at Frame 45"]
    choose(editor, qtbot, BEGIN)
    assert begins(context)[32] == "apple"


def test_beside_the_cards_it_is_what_it_is_elsewhere(
    editor: TimelineEditor, context: Context, hand: Any, qtbot: QtBot, picture: QMimeData
) -> None:
    drop(editor, picture, hand.key(hand.zoom, 45))
    assert list(menu(editor, qtbot)) == ["Init Image", "Image Prompt at Frame 45", "Add to the Library"]
    choose(editor, qtbot, "Add to the Library")
    qtbot.waitUntil(lambda: len(context.document.project.assets) == 1, timeout=5000)


def test_a_project_is_passed_on(
    editor: TimelineEditor, context: Context, hand: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(png(QImage(4, 4, QImage.Format.Format_RGB32), context.document.project))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    with qtbot.waitSignal(editor.lanes.pictures.intake.project_found, timeout=5000) as found:
        drop(editor, data, hand.key(hand.prompts, 45))
    assert found.args == [str(path)]


def test_text_is_no_picture(editor: TimelineEditor, hand: Any) -> None:
    data = QMimeData()
    data.setText("an apple")
    assert not send(editor, QDragEnterEvent, data, hand.key(hand.prompts, 45))
    assert not send(editor, QDropEvent, data, hand.key(hand.prompts, 45))
