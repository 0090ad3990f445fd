from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.dialogs.number import NumberDialog


def test_a_number_is_typed_and_kept_in_range(qtbot: QtBot) -> None:
    dialog = NumberDialog(None, "Insert Time", "How many frames:", 24, 1, 100)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.field, "48")
    assert dialog.value == 48, "what stands there is selected, so that typing replaces it"
    dialog.field.selectAll()
    qtbot.keyClicks(dialog.field, "999")
    assert dialog.value <= 100
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.result() == NumberDialog.DialogCode.Accepted


def test_escape_gives_none(qtbot: QtBot) -> None:
    dialog = NumberDialog(None, "Insert Time", "How many frames:", 24, 1, 100)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert dialog.result() == NumberDialog.DialogCode.Rejected
