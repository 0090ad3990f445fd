"""The panel of takes, with real keys and clicks: found, marked, used, put away, brought back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.app.context import KEEP, Context
from studio.app.panels.takes import TakesPanel
from studio.app.panels.takes_looker import Seen
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.takes.store import Takes
from studio.takes.take import Kept

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class FakeAsk:
    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.shown: list[Path] = []

    def question(self, heading: str, *told: Any, **options: Any) -> str:
        self.asked.append(heading)
        self.told = str(told[0])
        self.primary = next(choice.id for choice in told[1] if choice.primary)
        return self.answer

    def show_file(self, path: Path) -> bool:
        self.shown.append(path)
        return True


def prompts(panel: TakesPanel) -> list[str]:
    return [row.prompt for row in panel.model.rows]


def click(panel: TakesPanel, qtbot: QtBot, place: int, held: Qt.KeyboardModifier = NONE) -> None:
    at = panel.grid.visualRect(panel.model.index(place)).center()
    qtbot.mouseClick(panel.grid.viewport(), LEFT, held, at)


def chosen(panel: TakesPanel) -> list[str]:
    return [row.prompt for row in panel.selected]


def test_takes_are_listed_the_latest_first_or_the_best(panel: TakesPanel, qtbot: QtBot) -> None:
    assert prompts(panel) == ["a purple heart", "an octopus in the sea", "a red apple"]
    assert panel.count.text() == "3 takes"
    qtbot.keyClick(panel.filter.order, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel._listing is not None and panel._listing.wanted.best)


def test_words_star_medium_and_tag_filter(panel: TakesPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.filter.text, "SEA oct")
    qtbot.waitUntil(lambda: prompts(panel) == ["an octopus in the sea"])
    assert panel.count.text() == "1 of 3 takes"
    panel.filter.text.clear()
    qtbot.mouseClick(panel.filter.star, LEFT)
    qtbot.waitUntil(lambda: panel.filter.wanted.star and prompts(panel) == ["an octopus in the sea"])
    qtbot.mouseClick(panel.filter.star, LEFT)
    panel.filter.medium.setCurrentIndex(panel.filter.medium.findData("vqgan"))
    qtbot.waitUntil(lambda: prompts(panel) == ["a purple heart"])
    panel.filter.medium.setCurrentIndex(0)
    panel.filter.tag.setCurrentIndex(panel.filter.tag.findData("best"))
    qtbot.waitUntil(lambda: prompts(panel) == ["a purple heart"])
    qtbot.keyClicks(panel.filter.text, "apple")
    qtbot.waitUntil(lambda: panel.nothing.isVisible())
    assert "No take" in panel.nothing.text()


def test_what_others_keep_comes_in_while_what_is_selected_stays(
    panel: TakesPanel, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    click(panel, qtbot, 1)
    keep(9, "a yellow sun")
    qtbot.waitUntil(lambda: prompts(panel)[0] == "a yellow sun", timeout=5000)
    assert chosen(panel) == ["an octopus in the sea"]
    assert [panel.grid.take_at(index).prompt for index in panel.grid.selectedIndexes()] == chosen(panel)


def test_the_details_tell_how_a_take_was_made(panel: TakesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 1)
    qtbot.waitUntil(lambda: panel.details.prompt.text() == "an octopus in the sea")
    qtbot.waitUntil(lambda: panel.details._grid.count() > 10)


def test_the_details_have_room_for_what_one_looks_for(
    panel: TakesPanel, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    keep(9, "a long prompt of an octopus in the deep blue sea | a red rocket over a field of tulips:0.5")
    qtbot.waitUntil(lambda: len(panel.model.rows) == 4, timeout=5000)
    click(panel, qtbot, 0)
    qtbot.waitUntil(lambda: "Seed" in [label.text() for label in panel.details.findChildren(QLabel)])
    panel.resize(240, 490)
    qtbot.wait(20)
    score = next(label for label in panel.details.findChildren(QLabel) if label.text() == "0.0900 · starter")
    below = score.mapTo(panel.details, QPoint(0, score.height())).y()
    assert below <= panel.details.height(), "prompt, medium, size, seed and score are seen without scrolling"


def test_stars_by_click_and_by_key(panel: TakesPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.grid.viewport(), LEFT, NONE, panel.grid.star_place(panel.model.index(0)).center())
    qtbot.waitUntil(lambda: panel.model.rows[0].star)
    assert chosen(panel) == []
    click(panel, qtbot, 0)
    click(panel, qtbot, 2, CTRL)
    qtbot.keyClicks(panel.grid, "*")
    qtbot.waitUntil(lambda: all(row.star for row in panel.model.rows))
    qtbot.keyClicks(panel.grid, "*")
    qtbot.waitUntil(lambda: [row.star for row in panel.model.rows] == [False, True, False])
    with Takes() as library:
        assert [row.star for row in library.rows()] == [False, True, False]


def test_tags_are_written_for_all_that_is_selected(panel: TakesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 0)
    click(panel, qtbot, 1, CTRL)
    qtbot.waitUntil(lambda: panel.details.prompt.text() == "2 takes")
    qtbot.keyClicks(panel.details.tags, "night,  two  words ")
    qtbot.keyClick(panel.details.tags, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.model.rows[0].tags == ("best", "night", "two words"))
    assert panel.model.rows[1].tags == ("night", "two words")
    assert panel.details.tags.text() == "night, two words"
    assert panel.filter.tag.findData("night") > 0
    panel.details.tags.selectAll()
    qtbot.keyClicks(panel.details.tags, "night")
    qtbot.keyClick(panel.details.tags, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [row.tags for row in panel.model.rows[:2]] == [("best", "night"), ("night",)])


def test_delete_puts_away_and_the_bin_brings_back(panel: TakesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 0)
    said = []
    panel.hint.connect(said.append)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(panel.model.rows) == 2)
    assert said == ["1 take moved to the bin"]
    assert chosen(panel) == ["an octopus in the sea"], "the keyboard goes on with the next"
    qtbot.mouseClick(panel.filter.binned, LEFT)
    qtbot.waitUntil(lambda: panel.in_bin and prompts(panel) == ["a purple heart"])
    click(panel, qtbot, 0)
    panel.restore()
    qtbot.waitUntil(lambda: panel.nothing.isVisible())
    assert said[1:] == ["1 take brought back"]
    assert panel.nothing.text() == "The bin is empty."
    qtbot.mouseClick(panel.filter.binned, LEFT)
    qtbot.waitUntil(lambda: len(panel.model.rows) == 3)
    assert chosen(panel) == ["a purple heart"], "what came back is selected"
    assert panel.details.prompt.text() == "a purple heart"


def test_the_bin_is_emptied_only_when_the_artist_says_so(panel: TakesPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 0)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    qtbot.mouseClick(panel.filter.binned, LEFT)
    qtbot.waitUntil(lambda: panel.empty_button.isVisible())
    panel.ask = FakeAsk("cancel")  # type: ignore[assignment]
    qtbot.mouseClick(panel.empty_button, LEFT)
    assert panel.ask.asked == ["Remove 1 take for ever?"]
    assert panel.ask.primary == "cancel", "Enter deletes nothing"
    assert "latent" not in panel.ask.told
    panel.ask = FakeAsk("empty")  # type: ignore[assignment]
    qtbot.mouseClick(panel.empty_button, LEFT)
    qtbot.waitUntil(lambda: panel.nothing.isVisible())
    with Takes() as library:
        assert library.count() == (2, 0)


def test_several_are_used_in_the_order_in_which_they_were_selected(panel: TakesPanel, qtbot: QtBot) -> None:
    wanted: list[Any] = []
    panel.keyframe_wanted.connect(wanted.append)
    click(panel, qtbot, 2)
    click(panel, qtbot, 0, CTRL)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    assert wanted == [tuple(panel.model.folder(panel.model.rows[place].key) for place in (2, 0))]
    at = panel.grid.visualRect(panel.model.index(1)).center()
    qtbot.mouseClick(panel.grid.viewport(), LEFT, NONE, at)
    qtbot.mouseDClick(panel.grid.viewport(), LEFT, NONE, at)
    assert wanted[1:] == [(panel.model.folder(panel.model.rows[1].key),)]


def test_a_walk_needs_two_of_a_kind(panel: TakesPanel, qtbot: QtBot) -> None:
    wanted: list[Any] = []
    panel.walk_wanted.connect(wanted.append)
    click(panel, qtbot, 0)
    click(panel, qtbot, 1, CTRL)
    assert not panel.walkable, "of two media"
    panel.walk()
    click(panel, qtbot, 0, CTRL)
    click(panel, qtbot, 2, CTRL)
    assert panel.walkable
    panel.walk()
    assert wanted == [tuple(panel.model.rows[place].key for place in (1, 2))]


def test_prompts_are_copied_and_folders_shown(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.ask = FakeAsk()  # type: ignore[assignment]
    click(panel, qtbot, 1)
    click(panel, qtbot, 2, CTRL)
    qtbot.keyClick(panel.grid, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "an octopus in the sea\na red apple"
    panel.show_folder()
    assert panel.ask.shown == [panel.model.folder(panel.model.rows[2].key)]


def test_a_search_by_what_pictures_show_sorts_by_its_fit(
    panel: TakesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []

    def search(root: Path, text: str) -> None:
        searched.append(text)
        panel.looker.progressed.emit(Progress(1, 3, "looking at pictures"))
        assert panel.filter.bar.isVisible()
        keys = [row.key for row in panel.model.rows]
        panel.looker.found.emit(Seen(text, {keys[0]: 0.1, keys[1]: 0.2, keys[2]: 0.3}))

    monkeypatch.setattr(panel.looker, "search", search)
    qtbot.mouseClick(panel.filter.seeing, LEFT)
    qtbot.keyClicks(panel.filter.text, "fruit")
    qtbot.waitUntil(lambda: prompts(panel)[0] == "a red apple")
    assert searched == ["fruit"]
    assert not panel.filter.bar.isVisible()
    assert panel.filter.order.currentText() == "Likeness"
    assert "0.300" in panel.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    panel.filter.text.clear()
    qtbot.waitUntil(lambda: prompts(panel)[0] == "a purple heart")
    assert panel.model.fits is None
    assert panel.filter.order.currentText() == "Latest first"


def test_what_goes_wrong_is_told(
    panel: TakesPanel, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[StudioError] = []
    context.tasks.failed.connect(errors.append)
    click(panel, qtbot, 0)
    qtbot.keyClicks(panel.details.tags, "x" * 61)
    qtbot.keyClick(panel.details.tags, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(errors))
    assert "no tag" in str(errors[0])


def test_nothing_says_what_to_do(panel: TakesPanel, context: Context, qtbot: QtBot) -> None:
    panel.grid.selectAll()
    panel.remove()
    qtbot.waitUntil(lambda: panel.nothing.isVisible())
    assert panel.nothing.text().startswith("All 3 takes are in the bin.")
    context.settings.set(KEEP, False)
    assert "not kept" in panel.nothing.text()


def test_the_menu_opens_for_what_is_selected(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.grid.asked.emit(QPoint(10, 10))
    click(panel, qtbot, 0)
    panel.grid.asked.emit(QPoint(10, 10))
    menu = panel.window().focusWidget()
    assert menu is not None
    popup = QGuiApplication.instance().activePopupWidget()
    assert popup is not None
    popup.close()


def test_enter_leads_from_the_search_to_the_takes(panel: TakesPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel.filter.text.setFocus()
    qtbot.keyClicks(panel.filter.text, "sea")
    qtbot.keyClick(panel.filter.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: prompts(panel) == ["an octopus in the sea"])
    assert panel.grid.hasFocus()


def test_thousands_are_shown_without_a_stop(panel: TakesPanel, qtbot: QtBot) -> None:
    row = panel.model.rows[0]
    many = tuple(type(row)(f"{n:064x}", row.prompt, row.medium, row.size, 0.5, False, n, ()) for n in range(10_000))
    panel._watch.stop()
    panel.model.put(many, Path("nowhere"))
    panel.grid.verticalScrollBar().setValue(panel.grid.verticalScrollBar().maximum())
    panel.grid.selectAll()
    assert len(panel.selected) == 10_000
