from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.expectation import Expected
from studio.app.dialogs.export import ExportDialog
from studio.app.dialogs.export_form import FOLDER
from studio.app.exporting import Exporting
from studio.base.errors import StudioError
from studio.export import read_embedded
from studio.project.format import loads
from studio.project.model import ExportSettings
from studio.timeline.time import FrameRange


class FakeAsk:
    def __init__(self) -> None:
        self.answer = "replace"
        self.asked: list[str] = []
        self.errors: list[StudioError] = []
        self.shown: list[Path] = []

    def question(self, heading: str, *more: Any, **options: Any) -> str:
        self.asked.append(heading)
        return self.answer

    def explain(self, error: StudioError, choices: Any = ()) -> str:
        self.errors.append(error)
        return ""

    def show_file(self, path: Path) -> bool:
        self.shown.append(path)
        return True


@pytest.fixture
def exporting(context: Context) -> Iterator[Exporting]:
    made = Exporting(context)
    yield made
    assert made.close()


@pytest.fixture
def ask() -> FakeAsk:
    return FakeAsk()


@pytest.fixture
def dialog(context: Context, exporting: Exporting, qtbot: QtBot, tmp_path: Path, ask: FakeAsk) -> ExportDialog:
    context.settings.set(FOLDER, str(tmp_path))
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ExportDialog(context, exporting, parent)
    made.ask = ask  # type: ignore[assignment]
    made.test_parent = parent  # type: ignore[attr-defined]
    made.form.which.setCurrentIndex(2)
    made.form.last.setValue(3)
    made.present()
    made._timer.stop()
    made._refresh()
    return made


def rendered(context: Context, dialog: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 4))
    qtbot.waitUntil(lambda: dialog.start_button.text() == "Export", timeout=3000)


def press(qtbot: QtBot, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_it_says_how_many_frames_are_missing_and_renders_them_first(
    dialog: ExportDialog, context: Context, exporting: Exporting, qtbot: QtBot, tmp_path: Path, session: Any
) -> None:
    assert dialog.isModal() is False
    assert dialog.notice.text() == "4 of 4 frames are not rendered yet."
    assert dialog.start_button.text() == "Render and Export"
    session.hold.clear()
    with qtbot.waitSignal(exporting.finished, timeout=20000):
        press(qtbot, dialog.start_button)
        assert dialog.bar.isVisible()
        assert not dialog.form.isEnabled()
        assert not dialog.start_button.isEnabled()
        assert dialog.cancel_button.isVisible()
        session.hold.set()
    assert (tmp_path / "First walk.gif").exists()
    assert dialog.state.text().startswith("First walk.gif: 4 frames, ")
    assert not dialog.bar.isVisible()
    assert dialog.form.isEnabled()
    assert [order.frames for order in session.orders] == [FrameRange(0, 4)]


def test_what_was_made_can_be_shown_and_played(
    dialog: ExportDialog, context: Context, exporting: Exporting, qtbot: QtBot, tmp_path: Path, ask: FakeAsk
) -> None:
    rendered(context, dialog, qtbot)
    assert not dialog.play_button.isVisible()
    with qtbot.waitSignal(exporting.finished, timeout=20000):
        press(qtbot, dialog.start_button)
    press(qtbot, dialog.show_button)
    press(qtbot, dialog.play_button)
    assert ask.shown == [tmp_path, tmp_path / "First walk.gif"]
    dialog.form.quality.setValue(5)
    assert not dialog.play_button.isVisible(), "that is another export"


def test_the_project_remembers_how_it_was_exported_without_an_entry_in_its_history(
    dialog: ExportDialog, context: Context, exporting: Exporting, qtbot: QtBot, tmp_path: Path
) -> None:
    rendered(context, dialog, qtbot)
    dialog.form.quality.setValue(55)
    dialog.form.loop.setChecked(False)
    with qtbot.waitSignal(exporting.finished, timeout=20000):
        press(qtbot, dialog.start_button)
    wanted = ExportSettings("gif", 55, False)
    assert context.document.project.export == wanted
    assert context.document.labels == ()
    assert not context.document.dirty
    text = read_embedded(tmp_path / "First walk.gif")
    assert text is not None
    assert loads(text).export == wanted
    assert context.settings.text(FOLDER) == str(tmp_path)


@pytest.mark.parametrize(("answer", "replaced"), [("replace", True), ("cancel", False)])
def test_a_file_that_exists_is_replaced_only_when_that_was_agreed_to(
    dialog: ExportDialog,
    context: Context,
    exporting: Exporting,
    qtbot: QtBot,
    tmp_path: Path,
    ask: FakeAsk,
    answer: str,
    replaced: bool,
) -> None:
    rendered(context, dialog, qtbot)
    (tmp_path / "First walk.gif").write_bytes(b"old")
    ask.answer = answer
    press(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: not exporting.busy, timeout=20000)
    assert ask.asked == ["First walk.gif exists. Replace it?"]
    assert ((tmp_path / "First walk.gif").read_bytes() != b"old") is replaced


def test_the_expected_size_and_the_room_are_told(
    dialog: ExportDialog, context: Context, exporting: Exporting, qtbot: QtBot
) -> None:
    rendered(context, dialog, qtbot)
    qtbot.waitUntil(lambda: "about" in dialog.outlook.text(), timeout=10000)
    assert "4 frames" in dialog.outlook.text()
    assert "64 × 64 pixels" in dialog.outlook.text()
    assert "free" in dialog.outlook.text()
    dialog.form.quality.setValue(1)
    assert "about" not in dialog.outlook.text() or dialog._expected is None
    qtbot.waitUntil(lambda: dialog._expected is not None, timeout=10000)
    dialog._found(Expected(10**9, 10**6))
    assert dialog.warning.isVisible()


def test_sides_that_become_even_are_announced(dialog: ExportDialog) -> None:
    dialog.form.format.setCurrentIndex(dialog.form.format.findData("mp4"))
    dialog.form.scale.setCurrentIndex(3)
    dialog.form.width_number.setValue(33)
    dialog._refresh()
    assert "MP4 (H.264) needs even sides: it becomes 34 × 64." in dialog.notice.text()


def test_cancelling_and_failing_are_told(
    dialog: ExportDialog,
    context: Context,
    exporting: Exporting,
    qtbot: QtBot,
    tmp_path: Path,
    ask: FakeAsk,
    session: Any,
) -> None:
    session.hold.clear()
    press(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    with qtbot.waitSignal(exporting.cancelled, timeout=10000):
        press(qtbot, dialog.cancel_button)
    assert dialog.state.text() == "Cancelled; no file is left."
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)
    dialog.form.file.setText(str(tmp_path / "walk.webm"))
    with qtbot.waitSignal(exporting.failed, timeout=20000):
        press(qtbot, dialog.start_button)
    assert len(ask.errors) == 1
    assert dialog.form.isEnabled()


def test_closing_the_dialog_does_not_end_the_export(
    dialog: ExportDialog, exporting: Exporting, qtbot: QtBot, session: Any
) -> None:
    session.hold.clear()
    press(qtbot, dialog.start_button)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert exporting.busy
    with qtbot.waitSignal(exporting.finished, timeout=20000):
        session.hold.set()
