from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.app.clip.answers import Table, table
from studio.app.clip.matrix import BEST, SHARE, Matrix, contrast, readable
from studio.app.clip.perceptors import Perceptors, Source
from studio.app.context import Context
from studio.app.theme import theme
from studio.base.cancel import never
from studio.base.progress import silent


@pytest.fixture
def found(perceptors: Perceptors, sources: tuple[Source, ...]) -> Table:
    return table(perceptors, "", sources, ("red", "a green thing", "blue"), never(), silent)


@pytest.fixture
def matrix(context: Context, found: Table, qtbot: QtBot) -> Matrix:
    made = Matrix(context.pictures)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.put(found)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def ground(matrix: Matrix, row: int, column: int) -> QColor:
    cell = matrix.visualRect(matrix.numbers.index(row, column))
    return matrix.viewport().grab().toImage().pixelColor(cell.x() + 6, cell.y() + 6)


def test_cells_say_their_numbers_and_the_warmest_is_the_accent(matrix: Matrix, found: Table) -> None:
    model = matrix.numbers
    assert model.index(0, 0).data() == f"{found.cosine[0, 0]:+.3f}"
    shares = [[model.index(row, column).data(SHARE) for column in range(3)] for row in range(3)]
    assert max(map(max, shares)) == 1
    assert min(map(min, shares)) == 0
    assert [model.index(row, row).data(BEST) for row in range(3)] == [True] * 3
    assert not model.index(0, 1).data(BEST)
    warm, cold = ground(matrix, 0, 0), ground(matrix, 0, 2)
    assert warm.red() - warm.blue() > cold.red() - cold.blue() + 60


def test_the_softmax_is_shown_instead(matrix: Matrix, found: Table) -> None:
    matrix.numbers.show_probabilities(True)
    assert matrix.numbers.index(0, 0).data() == f"{found.probability[0, 0]:.1%}"
    assert matrix.numbers.numbers is found.probability
    words = matrix.numbers.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "red.png" in words
    assert "a green thing" in words


def test_headers_name_texts_and_pictures(matrix: Matrix) -> None:
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [matrix.numbers.headerData(n, across) for n in range(3)] == ["red", "a green thing", "blue"]
    assert [matrix.numbers.headerData(n, down) for n in range(3)] == ["red.png", "green.png", "below/blue.png"]


def test_pictures_stand_at_their_rows(matrix: Matrix, qtbot: QtBot) -> None:
    def shown() -> QColor:
        names = matrix.verticalHeader()
        return names.viewport().grab().toImage().pixelColor(20, names.sectionViewportPosition(2) + 24)

    qtbot.waitUntil(lambda: shown() == QColor(30, 40, 220))


def test_keys_walk_choose_and_copy(matrix: Matrix, qtbot: QtBot) -> None:
    matrix.setFocus()
    matrix.setCurrentIndex(matrix.numbers.index(0, 0))
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    with qtbot.waitSignal(matrix.wanted) as wanted:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert wanted.args == [1, 1]
    with qtbot.waitSignal(matrix.copied):
        qtbot.keyClick(matrix, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)


def test_few_texts_share_the_width_and_many_scroll(
    matrix: Matrix, perceptors: Perceptors, sources: tuple[Source, ...]
) -> None:
    assert not matrix.horizontalScrollBar().maximum()
    many = tuple(f"red {number}" for number in range(40))
    matrix.put(table(perceptors, "", sources, many, never(), silent))
    assert matrix.horizontalScrollBar().maximum() > 0
    matrix.put(None)
    assert matrix.numbers.rowCount() == matrix.numbers.columnCount() == 0


@pytest.mark.parametrize("name", ["dark", "light"])
def test_numbers_are_readable_on_every_ground(name: str, qapp: object) -> None:
    theme().choose(name)
    try:
        colours = theme().colours
        from studio.app.theme import mixed

        for step in range(11):
            ground = mixed(colours.panel, colours.accent, 0.85 * step / 10)
            assert contrast(readable(ground), ground) >= 3.5
    finally:
        theme().choose("dark")


def test_contrast_is_that_of_the_web() -> None:
    assert contrast(QColor("#ffffff"), QColor("#000000")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)
