from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.clip.answers import PLAIN
from studio.app.clip.classify import ClassifyTab
from studio.app.clip.page import AskPage
from studio.app.clip.perceptors import Source
from studio.app.clip.templates import OWN, SEVEN
from studio.app.context import Context

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(page: AskPage) -> ClassifyTab:
    page.present("classify")
    return page.classify


def names(tab: ClassifyTab) -> list[str]:
    return [label for label, _, _ in tab.bars.ranking.bars]


def classified(tab: ClassifyTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab.lane.answered):
        qtbot.mouseClick(tab.go, LEFT)


def test_the_label_that_fits_is_on_top(tab: ClassifyTab, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.well.put(sources[2])
    qtbot.keyClicks(tab.labels, "a red, round thing")
    qtbot.keyClick(tab.labels, Qt.Key.Key_Return)
    qtbot.keyClicks(tab.labels, "blue")
    classified(tab, qtbot)
    assert names(tab) == ["blue", "a red, round thing"]
    assert sum(bar[1] for bar in tab.bars.ranking.bars) == pytest.approx(1)
    assert tab.working.label.text() == "below/blue.png, as starter-clip sees it"


def test_what_is_missing_is_said(tab: ClassifyTab, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    qtbot.mouseClick(tab.go, LEFT)
    assert "labels" in tab.working.label.text()
    qtbot.keyClicks(tab.labels, "red")
    qtbot.mouseClick(tab.go, LEFT)
    assert "Choose a picture" in tab.working.label.text()
    tab.well.put(sources[0])
    tab.templates.setCurrentIndex(tab.templates.findData(OWN))
    qtbot.mouseClick(tab.go, LEFT)
    assert "sentence with {}" in tab.working.label.text()


def test_sentences_are_chosen_and_remembered(
    tab: ClassifyTab, sources: tuple[Source, ...], context: Context, qtbot: QtBot
) -> None:
    assert tab.sentences() == PLAIN  # the starter's default
    assert not tab.own.isVisible()
    tab.templates.setFocus()
    tab.templates.setCurrentIndex(tab.templates.findData("seven"))
    assert tab.sentences() == SEVEN
    assert "origami" in tab.templates.toolTip()
    tab.templates.setCurrentIndex(tab.templates.findData(OWN))
    assert tab.own.isVisible()
    qtbot.keyClicks(tab.own, "the {} one")
    tab.well.put(sources[0])
    tab.labels.setPlainText("red\nblue")
    classified(tab, qtbot)
    assert names(tab) == ["red", "blue"]
    assert context.settings.text("clip/own-templates") == "the {} one"
    assert context.settings.text("clip/templates") == OWN


def test_a_sentence_without_a_place_is_refused_in_words(
    tab: ClassifyTab, sources: tuple[Source, ...], qtbot: QtBot
) -> None:
    tab.templates.setCurrentIndex(tab.templates.findData(OWN))
    tab.own.setPlainText("a thing")
    tab.well.put(sources[0])
    tab.labels.setPlainText("red")
    qtbot.mouseClick(tab.go, LEFT)
    qtbot.waitUntil(lambda: "no place for a label" in tab.working.label.text())


def test_another_picture_is_classified_by_itself(tab: ClassifyTab, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.well.put(sources[0])
    tab.labels.setPlainText("red\ngreen")
    classified(tab, qtbot)
    with qtbot.waitSignal(tab.lane.answered):
        tab.well.put(sources[1])
    assert names(tab)[0] == "green"


def test_a_label_is_explained(tab: ClassifyTab, page: AskPage, sources: tuple[Source, ...], qtbot: QtBot) -> None:
    tab.show_source(sources[0], "red")
    qtbot.waitUntil(lambda: bool(tab.bars.ranking.bars))
    tab.bars.setFocus()
    tab.bars.setCurrentIndex(tab.bars.ranking.index(0, 0))
    qtbot.keyClick(tab.bars, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.explain.found is not None)
    assert page.explain.text.toPlainText() == "red"
