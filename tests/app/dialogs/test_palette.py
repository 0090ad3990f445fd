from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.palette import CommandPalette


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.resize(900, 600)
        self.field = QLineEdit()
        self.button = QPushButton("elsewhere")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.field)
        column.addWidget(self.button)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    return made


@pytest.fixture
def palette(context: Context, window: Window) -> Iterator[CommandPalette]:
    made = CommandPalette(context, window)
    made.present()
    yield made
    if shiboken6.isValid(made) and made.isVisible():
        made.dismiss()


def titles(palette: CommandPalette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("expo", "Export"),
        ("ctrl+s", "Save"),
        ("nulf", "Nudge Left"),
        ("half the size", "Draft"),
        ("timeline zoom", "Zoom In"),
        ("negative", "Add Wish"),
        ("wish", "Add Wish"),
        ("region", "Add Wish"),
        ("left half", "Add Wish"),
        ("variations", "Explore"),
        ("ideas", "Explore"),
        ("similarity", "Ask CLIP"),
        ("classify", "Ask CLIP"),
        ("trash", "Move to the Bin"),
        ("empty trash", "Empty the Bin"),
        ("mp4", "Export"),
        ("save video", "Export"),
        ("medium", "Hand Over"),
        ("convert", "Hand Over"),
        ("duration", "Length and Rate"),
        ("fps", "Length and Rate"),
    ],
)
def test_actions_are_found_by_letters_menu_help_and_shortcut(
    palette: CommandPalette, qtbot: QtBot, query: str, first: str
) -> None:
    qtbot.keyClicks(palette.field, query)
    assert first in titles(palette)[:2]


def test_enter_does_it_with_the_focus_back_where_it_was(
    palette: CommandPalette, context: Context, window: Window, qtbot: QtBot
) -> None:
    done: list[bool] = []
    context.actions.on("file.export", lambda: done.append(window.field.hasFocus()))
    assert palette.field.hasFocus()
    qtbot.keyClicks(palette.field, "export")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == [True]
    assert not palette.isVisible()


def test_what_was_used_comes_first_the_next_time(
    palette: CommandPalette, context: Context, window: Window, qtbot: QtBot
) -> None:
    qtbot.keyClicks(palette.field, "snap")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    again = CommandPalette(context, window)
    again.present()
    assert titles(again)[0] == "Snap"
    again.dismiss()


def test_what_cannot_be_used_now_is_not_done_and_says_so(
    palette: CommandPalette, context: Context, qtbot: QtBot
) -> None:
    done: list[str] = []
    context.actions.on("edit.duplicate", lambda: done.append("duplicate"))
    context.actions.condition("selection", lambda: False)
    palette.present()
    qtbot.keyClicks(palette.field, "duplicate")
    assert palette.help.text().startswith("Select a key first. ")
    assert palette.help.property("role") == "warning"
    assert "Select a key first." in palette.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == []
    assert palette.isVisible()
    assert palette.help.text() == "Duplicate cannot be used now. Select a key first."
    palette.field.setText("export")
    assert palette.help.property("role") == "muted"


def test_what_cannot_be_used_can_be_read_where_it_is_highlighted(
    palette: CommandPalette, context: Context, qtbot: QtBot
) -> None:
    context.actions.condition("selection", lambda: False)
    palette.present()
    palette.field.setText("duplicate")
    assert titles(palette)[0] == "Duplicate"
    shown = palette.list.grab(palette.list.visualItemRect(palette.list.item(0))).toImage()
    row = [shown.pixelColor(x, y) for x in range(40, 110) for y in range(8, 24)]
    background = max(set(map(QColor.rgb, row)), key=[each.rgb() for each in row].count)
    best = max(contrast(each, QColor(background)) for each in row)
    assert best > 4.5


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2."""

    def light(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_switches_say_whether_they_are_on(palette: CommandPalette, context: Context, qtbot: QtBot) -> None:
    def said() -> str:
        palette.present()
        palette.field.setText("loop")
        place = titles(palette).index("Loop")
        return str(palette.list.item(place).data(Qt.ItemDataRole.AccessibleTextRole))

    context.actions["play.loop"].setChecked(True)
    assert said() == "Loop, on, Playback, Ctrl+L"
    on = palette.list.grab().toImage()
    context.actions["play.loop"].setChecked(False)
    assert said() == "Loop, off, Playback, Ctrl+L"
    assert palette.list.grab().toImage() != on, "it is to be seen"


def test_arrows_go_round_and_pages_do_not(palette: CommandPalette, qtbot: QtBot) -> None:
    last = palette.list.count() - 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == last
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentRow() == 10
    for _ in range(20):
        qtbot.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentRow() == last
    assert palette.field.hasFocus()


def test_a_click_does_it_too(palette: CommandPalette, context: Context, qtbot: QtBot) -> None:
    done: list[str] = []
    context.actions.on("file.save", lambda: done.append("save"))
    qtbot.keyClicks(palette.field, "save")
    place = palette.list.visualItemRect(palette.list.item(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert done == ["save"]


def test_escape_and_a_click_elsewhere_dismiss(
    palette: CommandPalette, context: Context, window: Window, qtbot: QtBot
) -> None:
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.field.hasFocus()
    again = CommandPalette(context, window)
    again.present()
    clicked: list[bool] = []
    window.button.clicked.connect(lambda: clicked.append(True))
    qtbot.mouseClick(window.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.findChildren(CommandPalette), timeout=3000)
    assert clicked == [True]


def test_nothing_found_is_told(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "qqqq")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert titles(palette) == []
    assert palette.help.text() == "No action is called like that."
    assert palette.isVisible()


def test_rows_are_painted(palette: CommandPalette, qtbot: QtBot) -> None:
    before = palette.list.grab().toImage()
    qtbot.keyClicks(palette.field, "sa")
    assert palette.list.grab().toImage() != before
