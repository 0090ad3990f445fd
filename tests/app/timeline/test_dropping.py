"""Takes that are dragged over the lanes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.keyframing import mime
from studio.app.theme import theme
from studio.app.timeline.editor import TimelineEditor
from studio.takes.take import Kept

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def send(editor: TimelineEditor, kind: type, data: QMimeData, frame: int) -> bool:
    at = QPoint(int(editor.scale.x(frame)) + 1, 120)
    event: Any = kind(at, Qt.DropAction.CopyAction, data, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(editor.lanes, event)
    return bool(event.isAccepted())


def test_the_place_is_shown_and_the_keyframe_stands_there(
    editor: TimelineEditor,
    context: Context,
    keep: Callable[..., Kept],
    frames_of: Callable[[Any], tuple[int, ...]],
    hand: Any,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    context.document.open(context.document.project, None, tmp_path)
    data = mime([keep(1).place], ["a red apple"])
    overlay = editor.stage.overlay
    assert send(editor, QDragEnterEvent, data, 10)
    assert (overlay.drop, overlay.tip) == (10, "Keyframe at 10")
    assert send(editor, QDragMoveEvent, data, 32)
    assert overlay.tip == "Replaces the keyframe at 32"
    assert send(editor, QDragMoveEvent, data, 50)
    image = editor.lanes.grab().toImage()
    assert image.pixelColor(round(editor.scale.x(50)), 300) == theme().colours.focus
    assert send(editor, QDropEvent, data, 50)
    assert editor.stage.overlay.drop is None
    qtbot.waitUntil(lambda: frames_of(hand.prompts) == (0, 32, 50, 64), timeout=5000)


def test_several_say_how_many(editor: TimelineEditor, keep: Callable[..., Kept]) -> None:
    data = mime([keep(1).place, keep(2).place], ["one", "two"])
    assert send(editor, QDragEnterEvent, data, 5)
    assert editor.stage.overlay.tip == "2 keyframes from 5 on"


def test_it_snaps_to_markers_and_the_end_but_not_to_keys(
    editor: TimelineEditor, context: Context, keep: Callable[..., Kept]
) -> None:
    context.settings.set("snap", True)
    data = mime([keep(1).place], ["one"])
    send(editor, QDragEnterEvent, data, 95)
    assert editor.stage.overlay.drop == 96
    send(editor, QDragMoveEvent, data, 33)
    assert editor.stage.overlay.drop == 33


def test_leaving_shows_nothing_and_other_things_are_not_for_the_lanes(
    editor: TimelineEditor, keep: Callable[..., Kept]
) -> None:
    send(editor, QDragEnterEvent, mime([keep(1).place], ["one"]), 10)
    leave = QDragLeaveEvent()
    assert leave.type() == QEvent.Type.DragLeave
    QApplication.sendEvent(editor.lanes, leave)
    assert editor.stage.overlay.drop is None
    other = QMimeData()
    other.setText("a text")
    assert not send(editor, QDragEnterEvent, other, 10)
    assert not send(editor, QDropEvent, other, 10)
