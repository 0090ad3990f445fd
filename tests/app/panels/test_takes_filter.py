"""What one looks for among the takes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.takes_filter import TakesFilter
from studio.base.progress import Progress
from studio.takes.index import Wanted


@pytest.fixture
def bar(context: Context, qtbot: QtBot) -> TakesFilter:
    made = TakesFilter()
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_chosen_is_wanted(bar: TakesFilter, qtbot: QtBot) -> None:
    assert bar.wanted == Wanted()
    assert bar.empty
    bar.offer(("pixels", "vqgan"), ("night",))
    bar.medium.setCurrentIndex(2)
    bar.tag.setCurrentIndex(1)
    bar.order.setCurrentIndex(1)
    for button in (bar.star, bar.binned):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(bar.text, "sea")
    expected = Wanted(words="sea", tags=("night",), star=True, medium="vqgan", binned=True, best=True)
    assert bar.wanted == expected
    assert not bar.empty
    assert bar.seen == ""


def test_letters_are_waited_for_and_enter_is_not(bar: TakesFilter, qtbot: QtBot) -> None:
    told: list[str] = []
    bar.changed.connect(lambda: told.append(bar.text.text()))
    with qtbot.waitSignal(bar.changed):
        qtbot.keyClicks(bar.text, "sea")
    assert told == ["sea"]
    with qtbot.waitSignal(bar.entered):
        qtbot.keyClicks(bar.text, "l")
        qtbot.keyClick(bar.text, Qt.Key.Key_Return)
    assert told == ["sea", "seal"]


def test_a_search_by_what_pictures_show_leaves_none_out(bar: TakesFilter, qtbot: QtBot) -> None:
    qtbot.keyClicks(bar.text, " a fish ")
    name = bar.text.accessibleName()
    qtbot.mouseClick(bar.seeing, Qt.MouseButton.LeftButton)
    assert (bar.seen, bar.wanted.words) == ("a fish", "")
    assert bar.text.accessibleName() != name
    bar.close_down()


def test_the_order_of_a_search_by_likeness_is_said_and_the_chosen_one_comes_back(bar: TakesFilter) -> None:
    bar.order.setCurrentIndex(1)
    bar.sorted_by_likeness(True)
    bar.sorted_by_likeness(True)
    assert (bar.order.currentText(), bar.order.isEnabled(), bar.order.count()) == ("Likeness", False, 3)
    assert bar.wanted.best
    bar.sorted_by_likeness(False)
    assert (bar.order.currentText(), bar.order.isEnabled(), bar.order.count()) == ("Best score first", True, 2)
    assert bar.wanted.best


def test_a_choice_stays_when_nothing_has_it_any_more(bar: TakesFilter) -> None:
    bar.offer(("pixels",), ("night", "day"))
    bar.tag.setCurrentIndex(1)
    bar.offer(("pixels",), ("day",))
    assert bar.wanted.tags == ("night",)
    bar.offer(("pixels",), ("day", "night"))
    assert bar.wanted.tags == ("night",)


def test_progress_is_shown_and_can_be_stopped(bar: TakesFilter, qtbot: QtBot) -> None:
    assert not bar.bar.isVisible()
    bar.looked(Progress(3, 9, "looking at pictures"))
    assert bar.bar.isVisible()
    assert (bar.bar.value(), bar.bar.maximum()) == (3, 9)
    with qtbot.waitSignal(bar.stopped):
        qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    bar.looked(None)
    assert not bar.bar.isVisible()


def test_every_control_says_what_it_does(bar: TakesFilter) -> None:
    for widget in (bar.text, bar.seeing, bar.medium, bar.tag, bar.order, bar.star, bar.binned, bar.stop):
        assert widget.toolTip()
        assert widget.accessibleName()
