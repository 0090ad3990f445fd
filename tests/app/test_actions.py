from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from studio.app.actions import Actions
from studio.app.settings import Settings
from studio.app.table import SPECS


@pytest.fixture
def actions(qapp: QApplication, tmp_path: Path) -> Actions:
    return Actions(Settings(file=tmp_path / "settings.ini"))


def test_handlers_are_called_by_id(actions: Actions) -> None:
    called: list[str] = []
    actions.on("edit.undo", lambda: called.append("undo"))
    actions.switched("view.onion", lambda on: called.append(f"onion {on}"))
    actions["edit.undo"].trigger()
    actions["view.onion"].trigger()
    assert called == ["undo", "onion True"]
    with pytest.raises(KeyError):
        actions.on("edit.nothing", lambda: None)


def test_conditions_say_what_can_be_used(actions: Actions) -> None:
    actions.condition("undo", lambda: False)
    actions.refresh()
    assert not actions["edit.undo"].isEnabled()
    assert actions["file.new"].isEnabled()


def test_what_cannot_be_used_says_why(actions: Actions) -> None:
    walk, holds = actions["takes.walk"], [False]
    actions.condition("walk", lambda: holds[0])
    actions.refresh()
    for told in (walk.toolTip(), walk.statusTip()):
        assert "of one medium and size" in told
        assert SPECS["takes.walk"].help in told
    holds[0] = True
    actions.refresh()
    assert walk.statusTip() == SPECS["takes.walk"].help
    assert "of one medium and size" not in walk.toolTip()


def test_the_tooltip_has_the_name_the_shortcut_and_the_help(actions: Actions) -> None:
    tip = actions["edit.undo"].toolTip()
    assert "Undo" in tip
    assert "Ctrl+Z" in tip
    assert SPECS["edit.undo"].help in tip
    actions.retitle("edit.undo", "Undo Move 3 keys")
    assert "Move 3 keys" in actions["edit.undo"].toolTip()


def test_own_shortcuts_are_remembered_and_conflicts_found(actions: Actions, tmp_path: Path) -> None:
    assert actions.owner("Ctrl+Z") == "edit.undo"
    assert actions.owner("Ctrl+Z", but="edit.undo") is None
    actions.set_keys("edit.undo", ("Ctrl+U",))
    assert actions["edit.undo"].shortcut().toString() == "Ctrl+U"
    assert actions.owner("Ctrl+Z") is None
    again = Actions(Settings(file=tmp_path / "settings.ini"))
    assert again.keys("edit.undo") == ("Ctrl+U",)
    again.set_keys("edit.undo", SPECS["edit.undo"].keys)
    assert again.keys("edit.undo") == ("Ctrl+Z",)
