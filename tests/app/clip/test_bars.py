from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.clip.bars import Bars
from studio.app.theme import theme


@pytest.fixture
def bars(qtbot: QtBot) -> Bars:
    made = Bars()
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.ranking.put((("cat", 0.2, 0.1), ("dog", 0.7, 0.3), ("a bird, blue", 0.1, -0.2)))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_likeliest_is_on_top_with_the_longest_bar(bars: Bars) -> None:
    model = bars.ranking
    assert [model.index(row, 0).data() for row in range(3)] == ["dog", "cat", "a bird, blue"]
    assert "70.0%" in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    image = bars.viewport().grab().toImage()
    accent, muted = theme().colours.accent, theme().colours.muted

    def length(row: int, colour: object) -> int:
        y = bars.visualRect(model.index(row, 0)).center().y()
        return sum(image.pixelColor(x, y) == colour for x in range(image.width()))

    assert length(0, accent) > 3 * length(1, muted) > 3 * length(2, muted)
    assert length(1, accent) == 0


def test_enter_and_a_double_click_ask_about_a_label(bars: Bars, qtbot: QtBot) -> None:
    bars.setFocus()
    bars.setCurrentIndex(bars.ranking.index(0, 0))
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.wanted) as wanted:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert wanted.args == ["cat"]
    spot = bars.visualRect(bars.ranking.index(2, 0)).center()
    with qtbot.waitSignal(bars.wanted) as wanted:
        qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        qtbot.mouseDClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert wanted.args == ["a bird, blue"]


def test_long_lists_scroll(bars: Bars, qtbot: QtBot) -> None:
    bars.ranking.put(tuple((f"label {number}", 0.01, number / 1000) for number in range(100)))
    qtbot.waitUntil(lambda: bars.verticalScrollBar().maximum() > 0)
    assert bars.ranking.rowCount() == 100
