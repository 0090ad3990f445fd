from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.viewer import saving
from studio.app.viewer.intake import ASSET, Intake, add_image, is_offer, offered, use_of
from studio.project import pictures
from studio.project.assets import resolve
from studio.project.model import Asset, Project
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import Timeline, TrackRef
from studio.timeline.prompt import format_prompt
from studio.timeline.time import FrameRate


@pytest.fixture
def intake(context: Context) -> Intake:
    return Intake(context)


def prompts(timeline: Timeline) -> dict[int, str]:
    return {key.frame: format_prompt(key.value) for key in timeline.prompts[0].track.keys}


def test_an_init_image_comes_in_as_one_entry_of_the_history(
    context: Context, intake: Intake, qtbot: QtBot, folder: Path, apple: Path
) -> None:
    with qtbot.waitSignal(intake.taken, timeout=5000) as said:
        intake.take(apple, "init")
    project = context.document.project
    assert project.init_image == "red-apple"
    assert resolve(folder, project.asset("red-apple")).read_bytes() == apple.read_bytes()
    assert said.args == ["red-apple is the init image now"]
    assert context.document.labels == ("Set init image",)
    context.document.undo()
    assert (context.document.project.init_image, context.document.project.assets) == ("", ())


def test_an_image_prompt_goes_to_the_frame_at_which_it_was_dropped(
    context: Context, intake: Intake, qtbot: QtBot, folder: Path, apple: Path
) -> None:
    context.player.seek(32)
    with qtbot.waitSignal(intake.taken, timeout=5000):
        intake.take(apple, "prompt")
        context.player.seek(0)
    assert prompts(context.document.timeline)[32] == "a purple heart on a starry night | image:red-apple"
    with qtbot.waitSignal(intake.taken, timeout=5000):
        intake.take(apple, "prompt", 40)
    assert len(context.document.project.assets) == 1
    assert prompts(context.document.timeline)[40] == "a purple heart on a starry night | image:red-apple"


def test_a_pasted_picture_comes_in_too(context: Context, intake: Intake, qtbot: QtBot, folder: Path) -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    with qtbot.waitSignal(intake.taken, timeout=5000):
        intake.take(image, "library")
    (asset,) = context.document.project.assets
    assert asset.id == "picture"
    assert QImage(str(resolve(folder, asset))).pixelColor(2, 2) == QColor("#336699")


def test_what_is_no_picture_is_said_and_changes_nothing(
    context: Context, intake: Intake, qtbot: QtBot, folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with qtbot.waitSignal(context.tasks.failed, timeout=5000) as failed:
        intake.take(broken, "init")
    assert "broken.png" in failed.args[0].what
    assert context.document.labels == ()


def test_a_picture_does_not_land_in_another_project(
    context: Context,
    intake: Intake,
    qtbot: QtBot,
    folder: Path,
    apple: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = pictures.copy

    def slow(*args: Any) -> pictures.Copied:
        made = copy(*args)
        context.document._folder = tmp_path  # as when another project is opened meanwhile
        return made

    monkeypatch.setattr(pictures, "copy", slow)
    with qtbot.waitSignal(context.tasks.failed, timeout=5000) as failed:
        intake.take(apple, "init")
    assert "not added" in failed.args[0].what
    assert context.document.project.assets == ()


@pytest.mark.parametrize("name", ["mine.keydream", "mine.png"])
def test_a_file_that_carries_a_project_is_told_apart(
    context: Context, intake: Intake, qtbot: QtBot, tmp_path: Path, project: Project, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(saving.png(QImage(4, 4, QImage.Format.Format_RGB32), project))
    with qtbot.waitSignal(intake.project_found, timeout=5000) as found:
        intake.offer((path,))
    assert found.args == [str(path)]


def test_pictures_without_a_project_are_pictures(
    context: Context, intake: Intake, qtbot: QtBot, tmp_path: Path, apple: Path
) -> None:
    with qtbot.waitSignal(intake.pictures_found, timeout=5000) as found:
        intake.offer((apple,))
    assert found.args == [(apple,)]
    film = tmp_path / "other.mp4"
    film.write_bytes(b"\0" * 40)
    with qtbot.waitSignal(context.tasks.failed, timeout=5000) as failed:
        intake.offer((film,))
    assert "carries no project" in failed.args[0].what


def test_an_image_prompt_is_added_where_it_belongs(project: Project) -> None:
    timeline = project.timeline
    once = add_image("apple", 32).apply(timeline)
    assert prompts(once)[32] == "a purple heart on a starry night | image:apple"
    assert once.prompts[0].track.key(32).ease is Ease.BOTH
    assert add_image("apple", 32).apply(once) == once
    between = add_image("apple", 40).apply(timeline)
    assert prompts(between)[40] == "a purple heart on a starry night | image:apple"
    empty = Timeline(FrameRate(24), 9)
    added = add_image("apple", 3).apply(empty)
    assert [(track.name, track.track.frames) for track in added.prompts] == [("Prompt", (3,))]
    muted = edits.set_muted([TrackRef("prompt", "Prompt")], True).apply(added)
    assert [track.name for track in add_image("apple", 3).apply(muted).prompts] == ["Prompt", "Prompt 2"]


def test_a_use_of_a_picture_adds_it_once(project: Project) -> None:
    asset = Asset("apple", "pictures/apple.png")
    changed = use_of(asset, "library", 0).apply(project)
    assert use_of(asset, "init", 0).apply(changed).assets == (asset,)


def test_what_dragged_data_offers(apple: Path) -> None:
    data = QMimeData()
    assert not is_offer(data)
    assert offered(data) == ((), None, "")
    data.setText("words")
    data.setUrls([QUrl("https://example.com/a.png")])
    assert not is_offer(data)
    data.setUrls([QUrl.fromLocalFile(str(apple))])
    assert is_offer(data)
    assert offered(data) == ((apple,), None, "")
    data.setData(ASSET, b"red-apple")
    assert offered(data) == ((), None, "red-apple")
    picture = QMimeData()
    picture.setImageData(QImage(3, 3, QImage.Format.Format_RGB32))
    paths, image, _ = offered(picture)
    assert is_offer(picture)
    assert paths == ()
    assert image is not None
    assert image.width() == 3
