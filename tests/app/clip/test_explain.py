from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.app.clip.explain import ExplainTab
from studio.app.clip.page import AskPage
from studio.app.clip.perceptors import Source
from studio.app.context import Context
from studio.app.dialogs.ask import Ask

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(page: AskPage) -> ExplainTab:
    page.present("explain")
    return page.explain


@pytest.fixture
def explained(tab: ExplainTab, paint: Callable[..., Path], tmp_path: Path, qtbot: QtBot) -> ExplainTab:
    path = paint(tmp_path / "wide.png", (90, 90, 90), (40, 20))
    image = QImage(str(path))
    for x in range(20):
        for y in range(20):
            image.setPixel(x, y, 0xFFFF0000)
    image.save(str(path))
    tab.well.put(Source(path, "wide.png"))
    qtbot.keyClicks(tab.text, "red")
    with qtbot.waitSignal(tab.lane.answered):
        qtbot.mouseClick(tab.go, LEFT)
    return tab


def test_what_is_missing_is_said(tab: ExplainTab, qtbot: QtBot) -> None:
    assert not tab.saving.isVisible()
    assert not tab.opacity.isVisible()
    qtbot.mouseClick(tab.go, LEFT)
    assert "Write a text" in tab.working.label.text()
    qtbot.keyClicks(tab.text, "red")
    qtbot.mouseClick(tab.go, LEFT)
    assert "Choose a picture" in tab.working.label.text()


def test_the_map_lies_over_the_picture(explained: ExplainTab) -> None:
    assert explained.stack.currentWidget() is explained.view
    assert explained.saving.isVisible()
    assert (explained.view.hot.width(), explained.view.hot.height()) == (40, 20)
    assert "“red”: cosine +" in explained.working.label.text()


def test_it_fades_switches_and_is_saved(
    explained: ExplainTab, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = explained
    tab.opacity.setFocus()
    qtbot.keyClick(tab.opacity, Qt.Key.Key_Home)
    assert tab.percent.text() == "0 %"
    assert tab.view.opacity == 0
    qtbot.keyClick(tab.opacity, Qt.Key.Key_End)
    assert tab.view.opacity == 1
    assert context.settings.number("clip/opacity") == 100
    qtbot.mouseClick(tab.switch, LEFT)
    assert not tab.view.on
    names: list[str] = []

    def fake(_ask: Ask, _title: str, name: str, _filters: str) -> Path:
        names.append(name)
        return tmp_path / "heat.png"

    monkeypatch.setattr(Ask, "save_file", fake)
    qtbot.mouseClick(tab.saving, LEFT)
    qtbot.waitUntil(lambda: "Saved heat.png" in tab.working.label.text())
    assert names == ["red heat.png"]
    saved = QImage(str(tmp_path / "heat.png"))
    assert saved.pixelColor(2, 2).red() == 255  # the picture alone, as it was shown


def test_more_copies_ask_again(explained: ExplainTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(explained.lane.answered):
        explained.copies.slider.setFocus()
        qtbot.keyClick(explained.copies.slider, Qt.Key.Key_End)
    assert explained.copies.value == 128
    assert explained.copies.back.isVisible()
    qtbot.mouseClick(explained.copies.back, LEFT)
    assert explained.copies.value == 32
