from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.dialogs.recovery import RecoveryDialog, age
from studio.project.recovery import Copy


@pytest.fixture
def copies() -> list[Copy]:
    now = time.time()
    return [
        Copy(Path("a"), "First walk", Path("/art/first-walk.keydream"), Path("/art"), now - 5),
        Copy(Path("b"), "Untitled", None, Path("/data"), now - 7200),
    ]


@pytest.fixture
def dialog(qtbot: QtBot, copies: list[Copy]) -> RecoveryDialog:
    made = RecoveryDialog(lambda: copies, copies.remove)
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_copy_tells_its_name_its_age_and_where_it_was(dialog: RecoveryDialog) -> None:
    texts = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert texts == [
        "First walk\na moment ago · was /art/first-walk.keydream",
        "Untitled\n2 hours ago · was never saved",
    ]


def test_enter_opens_the_one_that_is_selected(dialog: RecoveryDialog, qtbot: QtBot, copies: list[Copy]) -> None:
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.chosen is copies[1]
    assert not dialog.isVisible()


def test_later_chooses_nothing(dialog: RecoveryDialog, qtbot: QtBot, copies: list[Copy]) -> None:
    qtbot.mouseClick(dialog.later_button, Qt.MouseButton.LeftButton)
    assert dialog.chosen is None
    assert len(copies) == 2


def test_discarding_goes_on_until_nothing_is_left(dialog: RecoveryDialog, qtbot: QtBot, copies: list[Copy]) -> None:
    for _ in range(2):
        qtbot.mouseClick(dialog.discard_button, Qt.MouseButton.LeftButton)
    assert copies == []
    assert dialog.list.count() == 0
    assert "nothing to recover" in dialog.told.text()
    assert not dialog.open_button.isEnabled()
    assert not dialog.discard_button.isEnabled()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "a moment ago"),
        (29, "a moment ago"),
        (60, "1 minute ago"),
        (3599, "1 hour ago"),
        (86400, "24 hours ago"),
        (3 * 86400, "3 days ago"),
    ],
)
def test_ages_are_told_in_words(seconds: float, said: str) -> None:
    assert age(seconds) == said
