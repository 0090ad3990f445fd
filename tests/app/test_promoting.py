from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.promoting import promote
from studio.project.assets import resolve
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import parse_prompt


@pytest.fixture
def folder(context: Context, tmp_path: Path) -> Path:
    """The open project's folder."""
    place = tmp_path / "project"
    place.mkdir()
    context.document.open(context.document.project, None, place)
    context.frames.wait()
    return place


@pytest.fixture
def apple(tmp_path: Path) -> Path:
    """A picture file outside of the project."""
    path = tmp_path / "Red Apple.png"
    Image.new("RGB", (6, 4), (200, 30, 30)).save(path)
    return path


def settle(context: Context, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: context.tasks.busy == 0, timeout=5000)


def test_a_picture_becomes_a_selected_keyframe_as_one_entry_of_the_history(
    context: Context, qtbot: QtBot, folder: Path, apple: Path
) -> None:
    before = context.document.project
    prompt = parse_prompt("an apple:2 | blur:-0.5")
    context.tasks.start(promote(context, apple, prompt, 40))
    settle(context, qtbot)
    project = context.document.project
    (asset,) = project.assets
    key = project.timeline.prompts[0].track.key(40)
    assert (key.value, key.ease) == (replace(prompt, begin="red-apple"), Ease.BOTH)
    assert resolve(folder, asset).read_bytes() == apple.read_bytes()
    assert context.choice.keys == {KeyRef(TrackRef("prompt", "Prompt"), 40)}
    assert context.document.labels == ("Keyframe from picture",)
    context.document.undo()
    assert context.document.project == before


def test_content_replaces_the_keyframe_there(context: Context, qtbot: QtBot, folder: Path, apple: Path) -> None:
    context.tasks.start(promote(context, apple.read_bytes(), parse_prompt("an apple"), 32))
    settle(context, qtbot)
    track = context.document.timeline.prompts[0].track
    assert track.frames == (0, 32, 64)
    assert track.key(32).value == replace(parse_prompt("an apple"), begin="picture")
    assert QImage(str(resolve(folder, context.document.project.assets[0]))).pixelColor(1, 1) == QColor(200, 30, 30)


def test_one_picture_is_kept_once(context: Context, qtbot: QtBot, folder: Path, apple: Path) -> None:
    for frame in (10, 20):
        context.tasks.start(promote(context, apple, parse_prompt("an apple"), frame))
        settle(context, qtbot)
    assert len(context.document.project.assets) == 1
    assert len(list((folder / "pictures").iterdir())) == 1


def test_what_is_no_picture_is_told_and_changes_nothing(context: Context, qtbot: QtBot, folder: Path) -> None:
    before = context.document.project
    with qtbot.waitSignal(context.tasks.failed, timeout=5000):
        context.tasks.start(promote(context, b"no picture", parse_prompt("an apple"), 10))
    assert context.document.project is before


def test_a_frame_outside_of_the_timeline_is_refused(context: Context, qtbot: QtBot, folder: Path, apple: Path) -> None:
    before = context.document.project
    with qtbot.waitSignal(context.document.refused, timeout=5000):
        context.tasks.start(promote(context, apple, parse_prompt("an apple"), 97))
    settle(context, qtbot)
    assert context.document.project is before
