from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.palette_field import PaletteField, swatch
from studio.project.model import Project
from studio.project.swatches import Colours


@pytest.fixture
def field(context: Context, qtbot: QtBot) -> PaletteField:
    made = PaletteField(context)
    qtbot.addWidget(made)
    made.resize(290, 120)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def typed(field: PaletteField, qtbot: QtBot, text: str) -> None:
    field.box.setFocus()
    field.box.selectAll()
    qtbot.keyClicks(field.box, text)
    qtbot.keyClick(field.box, Qt.Key.Key_Return)


def test_a_palette_is_typed(field: PaletteField, context: Context, qtbot: QtBot) -> None:
    assert not field.swatches.isVisible()
    typed(field, qtbot, "F80, #102040")
    assert context.document.project.colours == Colours(("#ff8800", "#102040"))
    assert field.box.text() == "#ff8800 #102040"
    assert field.swatches.isVisible()
    painted = field.swatches.grab().toImage()
    assert painted.pixelColor(painted.width() - 2, painted.height() // 2).name() == "#102040"
    assert context.document.labels == ("Change colours",)
    context.document.undo()
    assert field.box.text() == ""


def test_what_is_no_palette_stays_and_is_said(field: PaletteField, context: Context, qtbot: QtBot) -> None:
    typed(field, qtbot, "#102040 teal")
    assert context.document.project.colours == Colours()
    assert field.box.text() == "#102040 teal"
    assert field.problem.isVisible()
    assert "teal is no colour" in field.problem.text()
    typed(field, qtbot, " ".join(f"#0000{place:02x}" for place in range(33)))
    assert "at most" in field.problem.text()
    typed(field, qtbot, "#102040")
    assert not field.problem.isVisible()
    assert context.document.project.colours.palette == ("#102040",)


def test_a_palette_comes_from_a_picture(
    field: PaletteField, context: Context, with_pictures: Callable[..., Project]
) -> None:
    with_pictures()
    field.from_picture.menu().aboutToShow.emit()
    first, second = field.from_picture.menu().actions()
    first.trigger()
    assert context.document.project.colours.palette == ("#1478c8",)
    second.trigger()
    assert "sand" in field.problem.text()
    assert context.document.project.colours.palette == ("#1478c8",)
    field.palette_field.back.click()
    assert context.document.project.colours.palette == ()


def test_without_pictures_the_menu_says_so(field: PaletteField) -> None:
    field.from_picture.menu().aboutToShow.emit()
    (only,) = field.from_picture.menu().actions()
    assert not only.isEnabled()


def test_the_border_has_a_colour(
    field: PaletteField, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([QColor("#336699"), QColor()])
    monkeypatch.setattr("studio.app.panels.palette_field.QColorDialog.getColor", lambda *_given: next(answers))
    for _ in range(2):
        qtbot.mouseClick(field.border, Qt.MouseButton.LeftButton)
        assert context.document.project.colours.border == "#336699"
    assert field.border.text() == "#336699"
    assert swatch("#336699").pixmap(16, 16).toImage().pixelColor(8, 8).name() == "#336699"
    field.border_field.back.click()
    assert context.document.project.colours == Colours()
