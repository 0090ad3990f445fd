from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.length import LengthDialog, spelled
from studio.timeline.edits import add_marker
from studio.timeline.model import Marker
from studio.timeline.time import FrameRate


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> LengthDialog:
    context.document.edit(add_marker(Marker(90, "end")))
    made = LengthDialog(context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_length_rate_and_loop_change_as_one_entry(dialog: LengthDialog, context: Context, qtbot: QtBot) -> None:
    before = context.document.position
    qtbot.keyClicks(dialog.length, "200")
    dialog.rate.setCurrentText("29.97")
    dialog.loop.click()
    assert dialog.told.text() == "00:00:06:20 · 6.67 s"
    qtbot.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    timeline = context.document.timeline
    assert (timeline.length, timeline.rate, timeline.loop) == (200, FrameRate(30000, 1001), True)
    assert context.document.position == before + 1
    assert not dialog.isVisible()


def test_what_is_past_the_end_is_named_and_removed_when_that_is_wanted(
    dialog: LengthDialog, context: Context, qtbot: QtBot
) -> None:
    assert not dialog.trim.isVisible()
    dialog.length.setValue(50)
    assert dialog.trim.text() == "Remove 3 keys, 1 marker past the end"
    assert "would be past the end" in dialog.problem.text()
    assert not dialog.change.isEnabled()
    qtbot.keyClick(dialog.length, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.trim.setChecked(True)
    assert dialog.change.isEnabled()
    qtbot.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    assert context.document.timeline.length == 50
    assert context.document.timeline.markers == ()


@pytest.mark.parametrize("rate", ["", "x", "0", "5000"])
def test_a_rate_that_is_none_is_explained(dialog: LengthDialog, context: Context, rate: str) -> None:
    before = context.document.timeline
    dialog.rate.setCurrentText(rate)
    assert dialog.problem.text()
    assert not dialog.change.isEnabled()
    dialog.accept()
    assert dialog.isVisible()
    assert context.document.timeline is before


def test_nothing_changed_is_no_entry(dialog: LengthDialog, context: Context, qtbot: QtBot) -> None:
    before = context.document.position
    qtbot.keyClick(dialog.length, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert context.document.position == before


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (FrameRate(24), "24"),
        (FrameRate(25, 2), "12.5"),
        (FrameRate(30000, 1001), "29.97"),
        (FrameRate(99_991, 7919), "99991/7919"),
    ],
)
def test_rates_are_spelled_as_they_are_typed(rate: FrameRate, said: str) -> None:
    assert spelled(rate) == said
    assert FrameRate.parse(spelled(rate)) == rate
