"""How drafts are laid out and painted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.draft_grid import DraftGrid, growth_text
from studio.app.exploring import Growth
from studio.app.theme import theme
from studio.base.errors import InputError
from studio.render.variations import by_seeds, prompt_at, small


@pytest.fixture
def grid(context: Context, qtbot: QtBot, explore: Any) -> DraftGrid:
    """Sixteen drafts in red, green, blue and so on, of which the second has failed; 560 pixels square."""
    project = context.document.project
    explore.fails = {1}
    context.exploring.start(by_seeds(small(project, 0, prompt_at(project, 0))), context.document.folder)
    made = DraftGrid(context.exploring)
    qtbot.addWidget(made)
    made.resize(560, 640)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    return made


def shot(grid: DraftGrid) -> QImage:
    return grid.viewport().grab().toImage()


def colour(grid: DraftGrid, number: int, down: float = 0.4) -> QColor:
    place = grid.visualRect(grid.model().index(number, 0))
    return shot(grid).pixelColor(place.center().x(), place.top() + int(down * place.height()))


def near(one: QColor, other: QColor) -> bool:
    return max(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)) <= 3


def test_each_shows_its_own_picture(grid: DraftGrid, context: Context) -> None:
    for number in (0, 2, 15):
        image = context.exploring.cells[number].image
        assert image is not None
        assert near(colour(grid, number), image.pixelColor(0, 0))


def test_one_that_failed_shows_no_picture(grid: DraftGrid) -> None:
    place = grid.visualRect(grid.model().index(1, 0))
    assert near(shot(grid).pixelColor(place.left() + 20, place.top() + 20), theme().colours.raised)
    assert "too long" in grid.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_current_one_has_a_ring(grid: DraftGrid) -> None:
    before = shot(grid)
    grid.setCurrentIndex(grid.model().index(6, 0))
    ringed = shot(grid)
    accent = theme().colours.accent
    place = grid.visualRect(grid.model().index(6, 0))
    middle = place.center().x()
    seen = [ringed.pixelColor(middle, place.top() + offset) for offset in range(8)]
    assert any(near(each, accent) for each in seen)
    assert not any(near(before.pixelColor(middle, place.top() + offset), accent) for offset in range(8))


def test_a_wide_picture_is_shown_whole(grid: DraftGrid, context: Context) -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    cells = list(context.exploring.cells)
    cells[0] = replace(cells[0], image=image)
    context.exploring.cells = tuple(cells)
    context.exploring.cell_changed.emit(0)
    assert near(colour(grid, 0, 0.4), QColor("red"))
    assert near(colour(grid, 0, 0.1), theme().colours.raised), "above it is the ground"


def test_in_a_tiny_window_it_scrolls(grid: DraftGrid, qtbot: QtBot) -> None:
    assert grid.verticalScrollBar().maximum() == 0
    grid.resize(300, 200)
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() > 0)
    assert grid.gridSize().height() >= 64
    grid.resize(QSize(560, 640))
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() == 0)


def test_before_there_are_drafts_it_says_what_it_is(context: Context, qtbot: QtBot) -> None:
    empty = DraftGrid(context.exploring)
    qtbot.addWidget(empty)
    empty.resize(560, 640)
    empty.show()
    qtbot.waitExposed(empty)
    picture = shot(empty)
    middle = {picture.pixel(x, y) for x in range(180, 380, 2) for y in range(300, 360, 2)}
    assert len(middle) > 2, "words"


def test_what_a_draft_is_doing_in_words(grid: DraftGrid, context: Context) -> None:
    cell = context.exploring.cells[0]
    assert growth_text(cell) == ""
    assert growth_text(replace(cell, growth=Growth.GROWING)) == "growing"
    assert growth_text(replace(cell, growth=Growth.FAILED, error=InputError("Nothing", "", ""))) == "Nothing."


def test_one_that_was_stopped_is_not_dimmed_but_marked(grid: DraftGrid, context: Context) -> None:
    before = shot(grid)
    cells = list(context.exploring.cells)
    cells[0] = replace(cells[0], growth=Growth.STOPPED)
    context.exploring.cells = tuple(cells)
    context.exploring.cell_changed.emit(0)
    image = cells[0].image
    assert image is not None
    assert near(colour(grid, 0), image.pixelColor(0, 0)), "as it is"
    place = grid.visualRect(grid.model().index(0, 0))
    corner = place.adjusted(place.width() // 2, 0, 0, -place.height() // 2)
    assert before.copy(corner) != shot(grid).copy(corner)
    assert "stopped" in grid.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
