"""What is chosen for a walk between takes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.walk_form import WalkForm
from studio.takes.course import Timing
from studio.takes.index import Row
from studio.takes.take import Kept
from studio.timeline.easing import Ease


class FakeAsk:
    path: Path | None = None

    def save_file(self, *told: Any) -> Path | None:
        return self.path


@pytest.fixture
def rows(keep: Callable[..., Kept]) -> tuple[list[Row], Path]:
    kept = [keep(number, f"number {number}") for number in (1, 2, 3)]
    made = [Row(each.take.key, each.take.prompt, "pixels", (32, 24), 0.5, False, 1.0, ()) for each in kept]
    return made, kept[0].place.parent


@pytest.fixture
def form(context: Context, rows: tuple[list[Row], Path], qtbot: QtBot) -> WalkForm:
    made = WalkForm(context, FakeAsk())  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show_takes(*rows)
    made.show()
    made.activateWindow()
    return made


def test_it_says_what_will_come_of_it(form: WalkForm, rows: tuple[list[Row], Path]) -> None:
    assert form.keys == tuple(row.key for row in rows[0])
    assert form.timing == Timing(24, 6, Ease.BOTH, True, False)
    assert form.frames == 3 * (6 + 24)
    form.loop.setChecked(False)
    assert form.frames == 3 * 6 + 2 * 24
    assert form.rate == Fraction(24)
    assert form.out is not None
    assert form.out.name == "Walk from number 1.gif"
    assert form.ready
    assert not form.course.item(0).icon().isNull()


def test_keys_change_the_order_and_leave_out(form: WalkForm, rows: tuple[list[Row], Path], qtbot: QtBot) -> None:
    one, two, three = (row.key for row in rows[0])
    form.course.setCurrentRow(0)
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(form.course, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert form.keys == (two, one, three)
    qtbot.keyClick(form.course, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(form.course, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert form.keys == (one, two, three)
    qtbot.keyClick(form.course, Qt.Key.Key_Right)
    qtbot.keyClick(form.course, Qt.Key.Key_Delete)
    assert form.keys == (one, three)
    qtbot.keyClick(form.course, Qt.Key.Key_Delete)
    assert not form.ready
    assert form.frames == 0


def test_even_speed_replaces_the_ease(form: WalkForm, qtbot: QtBot) -> None:
    qtbot.mouseClick(form.even, Qt.MouseButton.LeftButton)
    assert not form.ease.isEnabled()
    assert form.timing.even


def test_a_rate_that_is_none_is_no_rate(form: WalkForm, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.rate_text, "12.5")
    assert form.rate == Fraction(25, 2)
    qtbot.keyClicks(form.rate_text, "x")
    assert form.rate is None
    assert not form.ready


def test_a_file_that_was_named_stays(form: WalkForm, rows: tuple[list[Row], Path], tmp_path: Path) -> None:
    form.ask.path = tmp_path / "mine.mp4"  # type: ignore[attr-defined]
    form._browse()
    form.show_takes(*rows)
    assert form.out == tmp_path / "mine.mp4"


def test_the_folder_of_the_file_is_said(form: WalkForm, tmp_path: Path, qtbot: QtBot) -> None:
    def folder() -> str:
        return form.place.text().replace("\u200b", "")

    assert folder() == f"In the folder {Path.home()}"
    assert str(Path.home() / "Walk from number 1.gif") in form.file.toolTip()
    form.file.clear()
    assert not form.place.isVisible()
    qtbot.keyClicks(form.file, "walk.gif")
    assert folder() == f"In the folder {Path.cwd()}", "a name without a folder"
    assert form.place.toolTip() == str(Path.cwd() / "walk.gif")


def test_every_control_says_what_it_does(form: WalkForm) -> None:
    for control in (form.course, form.between, form.hold, form.ease, form.even, form.loop, form.rate_text, form.file):
        assert control.toolTip()
