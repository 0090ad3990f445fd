from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.viewer.empty import Empty
from studio.project.changes import set_init_image
from studio.project.model import Asset, Project
from studio.timeline import edits
from studio.timeline.model import Timeline, TrackRef
from studio.timeline.time import FrameRate


@pytest.fixture
def empty(context: Context, qtbot: QtBot) -> Empty:
    made = Empty(context)
    qtbot.addWidget(made)
    return made


def test_it_shows_the_first_prompt_and_how_to_dream_it(context: Context, empty: Empty, qtbot: QtBot) -> None:
    assert empty.prompt.text() == "“a red apple in the grass”"
    assert "Press Ctrl+Return to dream it" in empty.advice.text()
    used = []
    context.actions.on("render.range", lambda: used.append(True))
    empty.show()
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert used == [True]


def test_it_follows_the_timeline(context: Context, empty: Empty) -> None:
    context.document.edit(edits.remove_track(TrackRef("prompt", "Prompt")))
    assert empty.heading.text() == "An empty timeline"
    assert (empty.prompt.isHidden(), empty.button.isHidden()) == (True, True)
    context.document.open(Project("new", Timeline(FrameRate(24), 5)), None, Path())
    assert empty.heading.text() == "An empty timeline"


def test_it_says_why_nothing_can_be_dreamed(context: Context, empty: Empty, project: Project, tmp_path: Path) -> None:
    with_picture = replace(project, assets=(Asset("apple", "pictures/apple.png"),))
    context.document.open(with_picture, None, tmp_path)
    context.document.apply(set_init_image("apple"))
    context.frames.wait()
    assert context.frames.problem is not None
    assert empty.heading.text() == context.frames.problem.what
    assert context.frames.problem.fix in empty.advice.text()
    assert empty.button.isHidden()


def test_it_knows_when_the_first_picture_is_on_its_way(
    context: Context, empty: Empty, qtbot: QtBot, session: Any
) -> None:
    session.hold.clear()
    number = context.rendering.submit(context.document.project, Path()).number
    assert empty.heading.text() == "The first picture is on its way"
    assert empty.button.isHidden()
    context.rendering.cancel(number)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)
    assert empty.heading.text() == "Nothing is dreamed yet"
