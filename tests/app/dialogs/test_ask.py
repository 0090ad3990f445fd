from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.ask import Ask, tame
from studio.app.dialogs.message import Choice, Message
from studio.app.dialogs.number import NumberDialog
from studio.base.errors import FileError


@pytest.fixture
def ask(qtbot: QtBot, context: Context) -> Ask:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Ask(parent, context.settings)
    made.parent = parent  # type: ignore[attr-defined]
    return made


def soon(answer: Any) -> None:
    """Do something to the dialog that is about to open."""
    QTimer.singleShot(50, lambda: answer(QApplication.activeModalWidget()))


def test_a_chosen_folder_is_remembered(
    ask: Ask, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def fake(parent: Any, title: str, where: str, filters: str) -> tuple[str, str]:
        asked.append((where, filters))
        return str(tmp_path / "walk"), "Projects (*.keydream)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", fake)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", fake)
    assert ask.choose_file("Open", "x") == tmp_path / "walk"
    assert asked.pop() == (str(Path.home()), "x")
    assert ask.save_file("Save", "a/b: c?", "Projects (*.keydream);;All (*)") == tmp_path / "walk.keydream"
    assert asked.pop()[0] == str(tmp_path / "a b c")
    assert ask.save_file("Save", tmp_path / "deep" / "x.gif", "GIF (*.gif)") == tmp_path / "walk.keydream"
    assert asked.pop()[0] == str(tmp_path / "deep" / "x.gif")


@pytest.mark.parametrize(("button", "given"), [("replace", True), ("cancel", False)])
def test_a_suffix_that_was_added_may_name_a_file_that_exists(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, button: str, given: bool
) -> None:
    (tmp_path / "walk.keydream").write_text("")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *told: (str(tmp_path / "walk"), "P (*.keydream)"))
    soon(lambda dialog: dialog.button(button).click())
    assert (ask.save_file("Save", "walk", "P (*.keydream)") is not None) is given


def test_nothing_chosen_is_none(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *told: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *told: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *told: "")
    assert (ask.choose_file("", ""), ask.save_file("", "x", ""), ask.choose_folder("")) == (None, None, None)


def test_questions_errors_and_numbers_wait_for_their_answer(ask: Ask) -> None:
    soon(lambda dialog: dialog.button("yes").click())
    assert ask.question("Sure?", "", (Choice("no", "No"), Choice("yes", "Yes", primary=True))) == "yes"
    soon(lambda dialog: isinstance(dialog, Message) and dialog.reject())
    assert ask.explain(FileError("It broke")) == ""
    soon(lambda dialog: isinstance(dialog, NumberDialog) and dialog.accept())
    assert ask.number("Insert", "How many:", 24, 1) == 24
    soon(lambda dialog: dialog.reject())
    assert ask.number("Insert", "How many:", 24, 1) is None


@pytest.mark.parametrize(
    ("name", "tamed"),
    [("First walk", "First walk"), ("a/b\\c:d", "a b c d"), ("..", "Untitled"), ("x" * 300, "x" * 100)],
)
def test_names_become_names_of_files(name: str, tamed: str) -> None:
    assert tame(name) == tamed
