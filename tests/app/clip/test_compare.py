from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app.clip.compare import CompareTab
from studio.app.clip.page import AskPage
from studio.app.clip.perceptors import Source
from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.timeline.time import FrameRange

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(page: AskPage) -> CompareTab:
    page.present("compare")
    return page.compare


def compared(tab: CompareTab, qtbot: QtBot) -> None:
    qtbot.mouseClick(tab.go, LEFT)
    qtbot.waitUntil(lambda: tab.table is not None and not tab.lane.busy)


def test_pictures_and_texts_become_a_table(
    tab: CompareTab, sources: tuple[Source, ...], loader: Any, qtbot: QtBot
) -> None:
    tab.pictures.add(sources)
    qtbot.keyClicks(tab.texts, 'a "red", round thing')
    qtbot.keyClick(tab.texts, Qt.Key.Key_Return)
    qtbot.keyClicks(tab.texts, "blue")
    assert loader.made == []  # no network before the first question
    qtbot.keyClick(tab.texts, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: tab.table is not None and not tab.lane.busy)
    assert tab.table is not None
    assert tab.table.texts == ('a "red", round thing', "blue")
    assert tab.stack.currentWidget() is tab.matrix
    assert tab.working.label.text() == "3 pictures, 2 texts, as starter-clip sees them"
    assert len(loader.made) == 1


def test_what_is_missing_is_said(tab: CompareTab, sources: tuple[Source, ...], loader: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(tab.go, LEFT)
    assert "Write a text" in tab.working.label.text()
    qtbot.keyClicks(tab.texts, "red")
    qtbot.mouseClick(tab.go, LEFT)
    assert "Add a picture" in tab.working.label.text()
    assert loader.made == []


def test_without_pictures_the_frame_is_taken(tab: CompareTab, context: Context, qtbot: QtBot) -> None:
    document = context.document
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(document.project, document.folder, FrameRange(0, 1))
    qtbot.keyClicks(tab.texts, "red")
    compared(tab, qtbot)
    assert [source.name for source in tab.pictures.sources] == ["Frame 0"]


def test_a_text_that_is_added_later_is_asked_by_itself(
    tab: CompareTab, sources: tuple[Source, ...], loader: Any, qtbot: QtBot
) -> None:
    tab.pictures.add(sources)
    tab.texts.setPlainText("red")
    compared(tab, qtbot)
    tab.texts.appendPlainText("green")
    qtbot.waitUntil(lambda: tab.table is not None and len(tab.table.texts) == 2)
    assert loader.made[0].seen == 3  # the pictures were not looked at again


def test_broken_pictures_are_counted_and_named(tab: CompareTab, pictures: Path, qtbot: QtBot) -> None:
    tab.pictures.add((Source(pictures, "pictures"),))
    tab.texts.setPlainText("red")
    compared(tab, qtbot)
    assert tab.table is not None
    assert len(tab.table.pictures) == 3
    assert tab.notes.isVisible()
    assert tab.notes.button.text() == "1 picture or folder left out"
    assert "broken.png" in tab.notes.list.toPlainText()


def test_an_error_is_told_and_the_old_table_stays(tab: CompareTab, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.pictures.add(sources)
    tab.texts.setPlainText("red")
    compared(tab, qtbot)
    tab.texts.setPlainText("nothing known")
    qtbot.waitUntil(lambda: "too long" in tab.working.label.text())
    assert tab.working.label.property("role") == "error"
    assert tab.table is not None


def test_the_softmax_is_remembered(
    tab: CompareTab, sources: tuple[Source, ...], context: Context, qtbot: QtBot
) -> None:
    tab.pictures.add(sources)
    tab.texts.setPlainText("red\nblue")
    compared(tab, qtbot)
    qtbot.mouseClick(tab.probability, LEFT)
    assert tab.matrix.numbers.index(0, 0).data().endswith("%")
    assert context.settings.flag("clip/probability")
    qtbot.mouseClick(tab.cosine, LEFT)
    assert not tab.matrix.numbers.index(0, 0).data().endswith("%")


def test_the_table_is_copied_and_exported(
    tab: CompareTab, sources: tuple[Source, ...], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not tab.exporting.isEnabled()
    tab.pictures.add(sources)
    tab.texts.setPlainText("red\nblue")
    compared(tab, qtbot)
    qtbot.mouseClick(tab.copying, LEFT)
    data = QGuiApplication.clipboard().mimeData()
    assert data is not None
    assert data.text().splitlines()[0] == "\tred\tblue"
    assert "<table>" in data.html()
    QGuiApplication.clipboard().clear()
    monkeypatch.setattr(Ask, "save_file", lambda *_: tmp_path / "out.csv")
    qtbot.mouseClick(tab.exporting, LEFT)
    qtbot.waitUntil(lambda: "Wrote out.csv" in tab.working.label.text())
    assert len(list(csv.reader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()))) == 7


def test_a_cell_is_explained(tab: CompareTab, page: AskPage, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.pictures.add(sources)
    tab.texts.setPlainText("red\nblue")
    compared(tab, qtbot)
    tab.matrix.setFocus()
    tab.matrix.setCurrentIndex(tab.matrix.numbers.index(2, 1))
    qtbot.keyClick(tab.matrix, Qt.Key.Key_Return)
    assert page.tab is page.explain
    assert page.explain.well.source == sources[2]
    qtbot.waitUntil(lambda: page.explain.found is not None)


def test_a_picture_is_brought_from_elsewhere(tab: CompareTab, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.show_source(sources[0], "red")
    qtbot.waitUntil(lambda: tab.table is not None)
    tab.show_source(sources[1], "red")
    qtbot.waitUntil(lambda: tab.table is not None and len(tab.table.pictures) == 2)
    assert tab.texts.toPlainText() == "red"
