from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.history import HistoryPanel
from studio.project import changes


def test_it_lists_edits_and_goes_to_them(context: Context, qtbot: QtBot) -> None:
    panel = HistoryPanel(context)
    qtbot.addWidget(panel)
    panel.show()
    context.document.apply(changes.set_seed(1))
    context.document.apply(changes.set_size(128, 128))
    assert [panel.list.item(row).text() for row in range(panel.list.count())] == [
        "As it was opened",
        "Change seed",
        "Change size",
    ]
    area = panel.list.visualItemRect(panel.list.item(1))
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert (context.document.project.seed, context.document.project.width) == (1, 64)
    assert panel.list.currentRow() == 1
    panel.list.setCurrentRow(0)
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert context.document.project.seed == 0
