from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.hand_over import HandOverDialog
from studio.project.assets import resolve
from studio.project.model import Medium
from studio.timeline.beginnings import begin_at
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.time import FrameRange

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(context: Context, tmp_path: Path, qtbot: QtBot) -> Path:
    """The open project's folder; frame 40 is rendered."""
    place = tmp_path / "project"
    place.mkdir()
    context.document.open(context.document.project, None, place)
    context.frames.wait()
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, place, FrameRange(40, 41))
    return place


@pytest.fixture
def dialog(context: Context, folder: Path, qtbot: QtBot) -> HandOverDialog:
    shown = context.frames.shown(40)
    assert shown is not None
    made = HandOverDialog(context, shown)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_says_what_becomes_of_what_and_offers_the_other_media(dialog: HandOverDialog) -> None:
    assert "frame 40, by Pixels" in dialog.told.text() and "keyframe at 40" in dialog.told.text()
    assert "draft" not in dialog.told.text()
    assert list(dialog.choices) == ["collage", "biggan", "vqgan", "fourier", "strokes", "palette"]
    assert not dialog.picture.pixmap().isNull()


def test_the_picture_begins_the_keyframe_in_the_other_medium_as_one_entry(
    dialog: HandOverDialog, context: Context, folder: Path, qtbot: QtBot
) -> None:
    before = context.document.project
    picture = context.frames.picture(40)
    assert picture is not None
    stored = picture.read_bytes()
    qtbot.mouseClick(dialog.choices["strokes"], LEFT, pos=dialog.choices["strokes"].rect().center() / 2)
    assert dialog.medium == "strokes"
    qtbot.mouseClick(dialog.accepting, LEFT)
    qtbot.waitUntil(lambda: context.document.project.medium == Medium("strokes"), timeout=5000)
    project = context.document.project
    begins = {key.frame: key.value.begin for key in project.timeline.prompts[0].track.keys}
    assert begins == {0: "", 32: "", 40: "pixels-0040", 64: ""}
    assert resolve(folder, project.asset("pixels-0040")).read_bytes() == stored
    assert context.choice.keys == {KeyRef(TrackRef("prompt", "Prompt"), 40)}
    assert context.document.labels == ("Hand over to strokes",)
    context.document.undo()
    assert context.document.project == before


def test_escape_hands_nothing_over(dialog: HandOverDialog, context: Context, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert context.tasks.busy == 0
    assert context.document.labels == ()


def test_a_picture_from_before_an_edit_is_called_so(context: Context, folder: Path, qtbot: QtBot) -> None:
    context.document.edit(begin_at(40, "sea"))
    context.frames.wait()
    shown = context.frames.shown(40)
    assert shown is not None
    made = HandOverDialog(context, shown)
    qtbot.addWidget(made)
    assert "before an edit" in made.told.text()


def test_a_picture_that_is_gone_is_told(dialog: HandOverDialog, context: Context, folder: Path, qtbot: QtBot) -> None:
    picture = context.frames.picture(40)
    assert picture is not None
    picture.unlink()
    with qtbot.waitSignal(context.tasks.failed, timeout=5000) as failed:
        qtbot.mouseClick(dialog.accepting, LEFT)
    assert "cannot be used" in failed.args[0].what
    assert context.document.labels == ()
