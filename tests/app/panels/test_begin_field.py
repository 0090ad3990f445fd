from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.begin_field import BeginField
from studio.app.panels.prompt_section import PromptSection
from studio.app.panels.tokens import TokenCounter
from studio.project.changes import add_asset
from studio.project.model import Asset, Project
from studio.timeline.edits import remove_track
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.time import FrameRange

PROMPT = TrackRef("prompt", "Prompt")
LEFT = Qt.MouseButton.LeftButton


class Chosen:
    """Answers with one file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def choose_file(self, _title: str, _filters: str) -> Path | None:
        return self.path


@pytest.fixture
def section(
    context: Context, counter: TokenCounter, qtbot: QtBot, with_pictures: Callable[..., Project]
) -> PromptSection:
    with_pictures()
    made = PromptSection(context, None, counter)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(290, 500)
    made.show()
    context.player.seek(40)
    return made


@pytest.fixture
def field(section: PromptSection) -> BeginField:
    return section.begin


def begins(context: Context) -> dict[int, str]:
    return {key.frame: key.value.begin for key in context.document.timeline.prompt("Prompt").track.keys}


def offers(field: BeginField) -> dict[str, Callable[[], None]]:
    field.menu.aboutToShow.emit()
    return {action.text(): action.trigger for action in field.menu.actions() if action.text()}


def test_a_key_begins_from_a_picture_of_the_project_and_as_usual_again(
    field: BeginField, context: Context, qtbot: QtBot
) -> None:
    assert field.usual.isVisible() and not field.picture.isVisible() and not field.clear.isVisible()
    assert list(offers(field)) == ["Choose Picture…", "Use the Picture Shown", "sea", "sand"]
    offers(field)["sea"]()
    assert begins(context) == {0: "", 32: "sea", 64: ""}
    assert field.picture.isVisible() and field.picture.name.text() == "sea"
    assert not field.usual.isVisible()
    qtbot.mouseClick(field.clear, LEFT)
    assert begins(context) == {0: "", 32: "", 64: ""}
    assert context.document.labels == ("Begin from picture", "Begin as usual")


def test_it_shows_the_key_at_hand(field: BeginField, context: Context) -> None:
    offers(field)["sea"]()
    context.player.seek(0)
    assert field.usual.isVisible()
    context.choice.select([KeyRef(PROMPT, 32)])
    assert field.picture.isVisible()


def test_a_file_is_chosen(field: BeginField, context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), (200, 30, 30)).save(tmp_path / "Red Apple.png")
    field.ask = Chosen(None)  # type: ignore[assignment]
    offers(field)["Choose Picture…"]()
    assert context.document.labels == ()
    field.ask = Chosen(tmp_path / "Red Apple.png")  # type: ignore[assignment]
    offers(field)["Choose Picture…"]()
    qtbot.waitUntil(lambda: begins(context)[32] == "red-apple", timeout=5000)
    assert context.document.labels == ("Begin from picture",)


def test_the_picture_shown_is_used(field: BeginField, context: Context, qtbot: QtBot) -> None:
    field.menu.aboutToShow.emit()
    assert not field.menu.actions()[1].isEnabled(), "nothing is shown yet"
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(40, 41))
    qtbot.waitUntil(lambda: context.frames.shown(40) is not None, timeout=5000)  # the render tells it first
    offers(field)["Use the Picture Shown"]()
    qtbot.waitUntil(lambda: begins(context)[32] == "pixels-0040", timeout=5000)


def test_other_words_leave_what_a_key_begins_from(field: BeginField, section: PromptSection, context: Context) -> None:
    offers(field)["sea"]()
    section._fill_past()
    next(each for each in section.more.menu().actions() if "octopus" in each.text()).trigger()
    assert begins(context)[32] == "sea"
    section.rows[0].words.setPlainText("something else")
    section.rows[0].weight.box.setValue(0.5)
    key = context.document.timeline.prompt("Prompt").track.key(32)
    assert (key.value.terms[0].weight, key.value.begin) == (0.5, "sea")


def test_without_a_prompt_it_is_not_there(field: BeginField, context: Context) -> None:
    context.document.edit(remove_track(PROMPT))
    assert not field.isVisible()


def test_a_long_name_stands_on_one_line_with_room_for_its_ends(
    field: BeginField, context: Context, qtbot: QtBot
) -> None:
    name = "a-red-apple-left-a-purple-flower-right"
    context.document.apply(add_asset(Asset(name, f"{name}.png", "")))
    offers(field)[name]()
    qtbot.waitUntil(lambda: field.picture.name.width() >= 100)
    label = field.picture.name
    assert label.height() < 2 * label.fontMetrics().height()
    assert label.text().startswith("a-red-")
    assert name in field.picture.toolTip()
