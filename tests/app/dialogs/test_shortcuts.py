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


def test_a_conflict_that_is_not_taken_leaves_everything_as_it_was(
    dialog: ShortcutsDialog, context: Context, qtbot: QtBot
) -> None:
    before = {name: context.actions.keys(name) for name in context.actions}
    dialog.select("file.new")
    press(dialog, qtbot, 0, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)
    assert dialog.conflict.text() == "C belongs to Compare."
    assert {name: context.actions.keys(name) for name in context.actions} == before
    dialog.edits[0].clear()
    assert dialog.edits[0].keySequence().toString() == "Ctrl+N", "only what was pressed is given up"
    assert not dialog.take.isVisible()
    dialog.accept()
    assert {name: context.actions.keys(name) for name in context.actions} == before
    assert context.actions["file.new"].shortcut().toString() == "Ctrl+N"


def test_a_modifier_alone_takes_nothing_away(dialog: ShortcutsDialog, context: Context, qtbot: QtBot) -> None:
    dialog.select("file.new")
    dialog.edits[0].setFocus()
    qtbot.keyPress(dialog.edits[0], Qt.Key.Key_Control, CTRL)
    qtbot.keyRelease(dialog.edits[0], Qt.Key.Key_Control)
    dialog.search.setFocus()
    assert context.actions.keys("file.new") == ("Ctrl+N",)
    assert dialog.edits[0].keySequence().toString() == "Ctrl+N"


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


def test_the_editor_never_edits_what_the_search_hides(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    dialog.select("file.new")
    qtbot.keyClicks(dialog.search, "zoom")
    assert dialog.selected == "view.closer"
    assert dialog.name.text() == "Zoom In"
    dialog.search.setText("qqqq")
    assert dialog.selected == ""
    assert not dialog.edits[0].isEnabled()
    assert not dialog.reset.isEnabled()
    dialog.search.clear()
    assert dialog.selected == "file.new"
    assert dialog.edits[0].isEnabled()


def test_the_list_can_be_copied(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "File"
    assert "Redo" in next(line for line in lines if line.endswith("Ctrl+Shift+Z  Ctrl+Y"))
    assert len([line for line in lines if line.startswith("  ")]) == len(SPECS)
