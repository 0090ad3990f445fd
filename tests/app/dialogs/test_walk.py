"""The dialog of walks, over takes of the fake tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.walk import WalkDialog, pace
from studio.app.walking import Walking
from studio.takes.store import Takes

LEFT = Qt.MouseButton.LeftButton


class FakeAsk:
    def __init__(self) -> None:
        self.answer = "replace"
        self.asked: list[str] = []
        self.explained: list[Any] = []
        self.shown: list[Path] = []

    def question(self, heading: str, *told: Any, **options: Any) -> str:
        self.asked.append(heading)
        return self.answer

    def explain(self, error: Any) -> str:
        self.explained.append(error)
        return ""

    def show_file(self, path: Path) -> bool:
        self.shown.append(path)
        return True


@pytest.fixture
def dialog(
    context: Context,
    dreamed_takes: tuple[Path, tuple[str, ...]],
    fake_toolbox: Callable[[Path], Any],
    qtbot: QtBot,
    tmp_path: Path,
) -> WalkDialog:
    root, _ = dreamed_takes
    with Takes(root) as library:
        rows = library.rows()[::-1]
    made = WalkDialog(context, Walking(context.document, fake_toolbox))
    made.ask = FakeAsk()  # type: ignore[assignment]
    qtbot.addWidget(made)
    made.present(root, rows, root / "kept")
    made.form.between.setValue(2)
    made.form.file.setText(str(tmp_path / "walk.gif"))
    made.form.file.textEdited.emit("")
    return made


def test_a_walk_is_made_and_can_be_shown(dialog: WalkDialog, qtbot: QtBot, tmp_path: Path) -> None:
    assert "3 takes" in dialog.outlook.text()
    assert "24 frames" in dialog.outlook.text()
    with qtbot.waitSignal(dialog._walking.finished, timeout=30000):
        qtbot.mouseClick(dialog.start_button, LEFT)
        assert dialog.cancel_button.isVisible()
        assert not dialog.form.isEnabled()
    assert "walk.gif: 24 frames" in dialog.state.text()
    course, below = dialog.form.course.geometry(), dialog.form.between.geometry()
    assert course.bottom() < below.top(), "a longer text presses nothing together"
    assert "%" not in dialog.state.text(), "what it is to the eye; the number is in the tip"
    assert " % of its mean" in dialog.state.toolTip()
    assert (tmp_path / "walk.gif").is_file()
    assert not dialog.cancel_button.isVisible()
    qtbot.mouseClick(dialog.show_button, LEFT)
    qtbot.mouseClick(dialog.play_button, LEFT)
    assert dialog.ask.shown == [tmp_path, tmp_path / "walk.gif"]  # type: ignore[attr-defined]


def test_the_pace_is_told_as_the_eye_sees_it() -> None:
    assert "even speed" in pace(0.08)
    assert "faster in some places" in pace(0.4)
    assert "stands still" in pace(0.81)


def test_a_file_that_exists_is_replaced_only_when_the_artist_says_so(
    dialog: WalkDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "walk.gif").write_bytes(b"mine")
    dialog.ask.answer = "cancel"  # type: ignore[attr-defined]
    qtbot.mouseClick(dialog.start_button, LEFT)
    assert not dialog._walking.busy
    assert (tmp_path / "walk.gif").read_bytes() == b"mine"
    dialog.ask.answer = "replace"  # type: ignore[attr-defined]
    with qtbot.waitSignal(dialog._walking.finished, timeout=30000):
        qtbot.mouseClick(dialog.start_button, LEFT)
    assert (tmp_path / "walk.gif").read_bytes() != b"mine"


def test_a_name_that_is_no_film_is_explained(dialog: WalkDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.form.file.setText(str(tmp_path / "walk.doc"))
    qtbot.mouseClick(dialog.start_button, LEFT)
    assert len(dialog.ask.explained) == 1  # type: ignore[attr-defined]
    assert dialog.start_button.isEnabled()


def test_a_walk_can_be_cancelled(dialog: WalkDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.form.between.setValue(900)
    with qtbot.waitSignal(dialog._walking.cancelled, timeout=30000):
        qtbot.mouseClick(dialog.start_button, LEFT)
        qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert "Cancelled" in dialog.state.text()
    assert not (tmp_path / "walk.gif").exists()
