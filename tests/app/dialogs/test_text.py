from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.dialogs.text import LONGEST, TextDialog, log_text, show_changelog, show_log


def test_the_text_is_searched_round_and_round(qtbot: QtBot) -> None:
    dialog = TextDialog(None, "Log", "one\ntwo\none two\n")
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.search, "two")
    places = [dialog.view.textCursor().position()]
    for _ in range(2):
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
        places.append(dialog.view.textCursor().position())
    assert places == [7, 15, 7]
    qtbot.keyClicks(dialog.search, "x")
    assert dialog.search.property("invalid") is True
    qtbot.keyClick(dialog.search, Qt.Key.Key_Backspace)
    assert dialog.search.property("invalid") is False


def test_all_of_it_can_be_copied(qtbot: QtBot) -> None:
    dialog = TextDialog(None, "News", "# New\n\n- *this*", markdown=True)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "New" in dialog.view.toPlainText()
    assert "#" not in dialog.view.toPlainText()
    assert not dialog.folder_button.isVisible()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "# New\n\n- *this*"


def test_the_end_of_a_long_log_is_shown_from_a_whole_line(tmp_path: Path) -> None:
    assert log_text(tmp_path) == "Nothing has been noted yet."
    (tmp_path / "keydream.log").write_text("".join(f"line {number}\n" for number in range(100_000)))
    text = log_text(tmp_path)
    assert text.endswith("line 99999\n")
    assert text.startswith("line ")
    assert len(text) <= LONGEST
    (tmp_path / "crash.log").write_text("Fatal\n")
    assert log_text(tmp_path).startswith("Fatal\n")


@pytest.mark.parametrize(("show", "title"), [(show_changelog, "What Is New"), (show_log, "Log")])
def test_both_are_shown_until_they_are_closed(qtbot: QtBot, show: object, title: str) -> None:
    seen: list[str] = []

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, TextDialog)
        seen.append(dialog.windowTitle())
        dialog.accept()

    QTimer.singleShot(50, close)
    show(None)  # type: ignore[operator]
    assert seen == [title]
