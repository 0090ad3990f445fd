from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.shortcuts import ShortcutsDialog
from studio.app.table import SPECS


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> ShortcutsDialog:
    made = ShortcutsDialog(context)
    qtbot.addWidget(made)
    made.show()
    return made


def press(dialog: ShortcutsDialog, qtbot: QtBot, slot: int, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    edit = dialog.edits[slot]
    edit.setFocus()
    with qtbot.waitSignal(edit.editingFinished, timeout=3000):
        qtbot.keyClick(edit, key, modifier)


CTRL = Qt.KeyboardModifier.ControlModifier


def test_every_action_is_listed_with_its_shortcuts(dialog: ShortcutsDialog, context: Context) -> None:
    assert set(dialog._items) == set(SPECS)
    assert dialog._items["edit.redo"].text(1) == "Ctrl+Shift+Z  Ctrl+Y"


def test_a_free_shortcut_is_given_at_once_and_works(dialog: ShortcutsDialog, context: Context, qtbot: QtBot) -> None:
    dialog.select("file.save_copy")
    press(dialog, qtbot, 0, Qt.Key.Key_B, CTRL)
    assert context.actions.keys("file.save_copy") == ("Ctrl+B",)
    assert context.actions["file.save_copy"].shortcut().toString() == "Ctrl+B"
    assert dialog._items["file.save_copy"].text(1) == "Ctrl+B"
    press(dialog, qtbot, 1, Qt.Key.Key_J, CTRL)
    assert context.actions.keys("file.save_copy") == ("Ctrl+B", "Ctrl+J")


def test_a_shortcut_of_another_is_taken_only_when_that_is_wanted(
    dialog: ShortcutsDialog, context: Context, qtbot: QtBot
) -> None:
    dialog.select("file.save_copy")
    press(dialog, qtbot, 0, Qt.Key.Key_Y, CTRL)
    assert dialog.conflict.text() == "Ctrl+Y belongs to Redo."
    assert context.actions.keys("file.save_copy") == ()
    assert context.actions.owner("Ctrl+Y") == "edit.redo"
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert context.actions.owner("Ctrl+Y") == "file.save_copy"
    assert context.actions.keys("edit.redo") == ("Ctrl+Shift+Z",)
    assert dialog.conflict.text() == ""
    dialog.select("edit.redo")
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert "belongs to Save a Copy" in dialog.conflict.text(), "it would be there twice"
    qtbot.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert context.actions.keys("edit.redo") == SPECS["edit.redo"].keys
    assert context.actions.keys("file.save_copy") == ()


def test_leaving_an_action_forgets_what_was_pressed(dialog: ShortcutsDialog, context: Context, qtbot: QtBot) -> None:
    dialog.select("file.save_copy")
    press(dialog, qtbot, 0, Qt.Key.Key_Y, CTRL)
    dialog.select("file.new")
    assert not dialog.take.isVisible()
    assert dialog.edits[0].keySequence().toString() == "Ctrl+N"


def test_a_shortcut_can_be_cleared_and_reset(dialog: ShortcutsDialog, context: Context, qtbot: QtBot) -> None:
    dialog.select("edit.redo")
    assert not dialog.reset.isEnabled()
    dialog.edits[0].clear()
    assert context.actions.keys("edit.redo") == ("Ctrl+Y",)
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert context.actions.keys("edit.redo") == ("Ctrl+Shift+Z", "Ctrl+Y")


def test_the_same_key_again_changes_nothing(dialog: ShortcutsDialog, context: Context, qtbot: QtBot) -> None:
    dialog.select("edit.redo")
    press(dialog, qtbot, 1, Qt.Key.Key_Y, CTRL)
    assert context.actions.keys("edit.redo") == SPECS["edit.redo"].keys
    assert dialog.conflict.text() == ""


def test_searching_shows_what_fits(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.search, "zoom")
    shown = {name for name, item in dialog._items.items() if not item.isHidden()}
    assert shown == {"view.closer", "view.farther", "timeline.closer", "timeline.farther"}
    assert dialog._menus["file"].isHidden()
    dialog.search.setText("ctrl+s")
    assert not dialog._items["file.save"].isHidden()


def test_the_list_can_be_copied(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "File"
    assert "Redo" in next(line for line in lines if line.endswith("Ctrl+Shift+Z  Ctrl+Y"))
    assert len([line for line in lines if line.startswith("  ")]) == len(SPECS)
