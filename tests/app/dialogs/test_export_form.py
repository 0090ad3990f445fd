from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.export_form import FOLDER, ExportForm
from studio.export import FORMATS, ExportOptions
from studio.project.changes import set_export, set_size
from studio.project.model import ExportSettings
from studio.timeline import edits
from studio.timeline.time import FrameRange


class FakeAsk:
    def __init__(self) -> None:
        self.file: Path | None = None

    def save_file(self, title: str, name: Any, filters: str) -> Path | None:
        return self.file


@pytest.fixture
def ask() -> FakeAsk:
    return FakeAsk()


@pytest.fixture
def form(context: Context, qtbot: QtBot, ask: FakeAsk, tmp_path: Path) -> ExportForm:
    context.settings.set(FOLDER, str(tmp_path))
    made = ExportForm(context, ask)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    return made


def choose(form: ExportForm, name: str) -> None:
    form.format.setCurrentIndex(form.format.findData(name))


def test_it_begins_with_how_the_project_was_exported_last(context: Context, form: ExportForm, tmp_path: Path) -> None:
    assert form.options == ExportOptions("gif", 80, True)
    assert form.out == tmp_path / "First walk.gif"
    context.document.apply(set_export(ExportSettings("webm", 33, False)))
    form.load()
    assert form.options == ExportOptions("webm", 33, False)
    assert form.out == tmp_path / "First walk.webm"
    assert form.settings == ExportSettings("webm", 33, False)


@pytest.mark.parametrize("name", FORMATS)
def test_the_file_follows_the_format(form: ExportForm, name: str, tmp_path: Path) -> None:
    suffix = FORMATS[name].suffixes[0] if FORMATS[name].suffixes else "_####.png"
    choose(form, name)
    assert form.out == tmp_path / f"First walk{suffix}"
    assert form.loop.isEnabled() == FORMATS[name].loop
    assert form.quality.isEnabled() == (name not in ("apng", "png"))


def test_a_name_that_was_typed_is_kept_but_for_its_suffix(
    form: ExportForm, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    form.file.clear()
    qtbot.keyClicks(form.file, str(tmp_path / "mine.gif"))
    choose(form, "png")
    assert form.out == tmp_path / "mine_####.png"
    choose(form, "mp4")
    assert form.out == tmp_path / "mine.mp4"
    context.document.apply(set_size(128, 128))
    assert form.out == tmp_path / "mine.mp4"


def test_without_a_name_nothing_is_exported(form: ExportForm, qtbot: QtBot) -> None:
    form.file.selectAll()
    qtbot.keyClick(form.file, Qt.Key.Key_Delete)
    assert form.out is None
    assert form.file.property("invalid") is True


def test_browsing_names_a_pattern_for_a_sequence(form: ExportForm, ask: FakeAsk, qtbot: QtBot, tmp_path: Path) -> None:
    choose(form, "png")
    ask.file = tmp_path / "shots.png"
    (browse,) = form.findChildren(QPushButton)
    qtbot.mouseClick(browse, Qt.MouseButton.LeftButton)
    assert form.out == tmp_path / "shots_####.png"


def test_frames_are_all_the_range_or_some(form: ExportForm, context: Context) -> None:
    assert form.frames == FrameRange(0, 97)
    context.document.edit(edits.set_range(FrameRange(10, 20)))
    form.which.setCurrentIndex(1)
    assert form.frames == FrameRange(10, 20)
    assert form.which.currentText() == "Range: 10 to 19"
    context.document.edit(edits.set_range(None))
    assert form.frames == FrameRange(0, 97), "there is no range any more"
    form.which.setCurrentIndex(2)
    assert form.first.isVisible()
    form.first.setValue(5)
    form.last.setValue(3)
    assert form.frames == FrameRange(5, 6), "at least one"
    form.last.setValue(90)
    context.document.edit(edits.set_length(50, trim=True))
    assert form.frames == FrameRange(5, 50)


def test_sizes_are_shares_of_the_pictures_own(form: ExportForm, context: Context) -> None:
    assert (form.picture_size, form.options.size) == ((64, 64), None)
    form.scale.setCurrentIndex(1)
    assert form.options.size == (32, 32)
    form.scale.setCurrentIndex(2)
    assert form.options.size == (128, 128)
    context.document.apply(set_size(96, 64))
    assert form.options.size == (192, 128)
    form.scale.setCurrentIndex(3)
    assert (form.options.size, form.width_number.isVisible()) == (None, True)
    form.width_number.setValue(33)
    assert form.options.size == (33, 64)
    form.scale.setCurrentIndex(0)
    form.drafts.setCurrentIndex(1)
    assert (form.pictures, form.picture_size) == ("draft", (48, 32))


def test_the_rate_is_the_timeline_s_unless_another_is_typed(form: ExportForm, qtbot: QtBot) -> None:
    assert form.options.rate is None
    qtbot.keyClicks(form.rate_text, "29.97")
    assert form.options.rate == Fraction(30000, 1001)
    qtbot.keyClicks(form.rate_text, "x")
    assert form.options.rate is None
    assert form.rate_text.property("invalid") is True


def test_formats_that_cannot_be_written_are_grey_and_say_why(
    context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ask: FakeAsk
) -> None:
    monkeypatch.setattr("studio.export.presets.Format.available", lambda self: self.name != "webm")
    form = ExportForm(context, ask)  # type: ignore[arg-type]
    qtbot.addWidget(form)
    model: Any = form.format.model()
    grey = [model.item(row).text() for row in range(model.rowCount()) if not model.item(row).isEnabled()]
    assert grey == ["WebM (VP9): This installation has no encoder for it (libvpx-vp9)"]


def test_every_control_tells_what_it_does(form: ExportForm) -> None:
    controls = (form.format, form.file, form.which, form.first, form.last, form.drafts, form.scale, form.width_number)
    for control in (*controls, form.height_number, form.rate_text, form.quality, form.quality_number, form.loop):
        assert control.toolTip()
        assert control.accessibleName() or control is form.loop
