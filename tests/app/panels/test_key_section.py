from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.key_section import KeySection
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")


@pytest.fixture
def section(context: Context, qtbot: QtBot) -> Iterator[KeySection]:
    panel = QWidget()
    made = KeySection(context, panel)
    qtbot.addWidget(panel)
    panel.resize(290, 200)
    panel.show()
    yield made


def typed(qtbot: QtBot, box: object, text: str) -> None:
    box.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_it_is_there_for_parameter_keys_alone(section: KeySection, context: Context) -> None:
    assert not section.isVisible()
    context.choice.select([KeyRef(ZOOM, 32)])
    assert section.isVisible()
    assert section.heading.text() == "Zoom at frame 32"
    context.choice.select([KeyRef(ZOOM, 32), KeyRef(PROMPT, 0)])
    assert not section.isVisible()
    context.choice.select([KeyRef(PROMPT, 0)])
    assert not section.isVisible()


def test_frame_and_value_are_typed(section: KeySection, context: Context, qtbot: QtBot) -> None:
    context.choice.select([KeyRef(ZOOM, 32)])
    assert section.value is not None
    assert (section.frame.box.text(), section.value.box.text()) == ("32", "1.04")
    typed(qtbot, section.frame.box, "40")
    typed(qtbot, section.value.box, "1.2")
    track = context.document.timeline.parameter("zoom").track
    assert track.key(40).value == 1.2
    assert context.choice.keys == {KeyRef(ZOOM, 40)}
    assert section.heading.text() == "Zoom at frame 40"
    typed(qtbot, section.frame.box, "96")
    assert context.choice.keys == {KeyRef(ZOOM, 95)}, "another key stands there"
    assert section.frame.box.text() == "95"


def test_the_value_goes_back_to_the_default(section: KeySection, context: Context, qtbot: QtBot) -> None:
    context.choice.select([KeyRef(ROTATE, 64)])
    assert section.value is not None
    assert "° a frame" in section.value.toolTip()
    qtbot.mouseClick(section.value.back, Qt.MouseButton.LeftButton)
    assert context.document.timeline.parameter("rotate").track.key(64).value == 0
    assert not section.value.back.isVisible()


def test_the_ease_is_chosen(section: KeySection, context: Context, qtbot: QtBot) -> None:
    context.choice.select([KeyRef(ZOOM, 0)])
    qtbot.mouseClick(section.ease.buttons["overshoot"], Qt.MouseButton.LeftButton)
    assert context.document.timeline.parameter("zoom").track.key(0).ease == Ease.OVERSHOOT


def test_of_several_parameter_keys_the_ease_is_set_at_once(section: KeySection, context: Context, qtbot: QtBot) -> None:
    context.choice.select([KeyRef(ZOOM, 0)])
    context.choice.select([KeyRef(ZOOM, 0), KeyRef(ZOOM, 32), KeyRef(ROTATE, 0)])
    assert section.isVisible()
    assert section.heading.text() == "3 keys"
    assert not section.frame.isVisible()
    assert section.value is not None
    assert not section.value.isVisible()
    qtbot.mouseClick(section.ease.buttons["hold"], Qt.MouseButton.LeftButton)
    timeline = context.document.timeline
    assert [timeline.key(key).ease for key in context.choice.keys] == [Ease.HOLD] * 3
    assert len(context.document.labels) == 1
    context.choice.select([KeyRef(ZOOM, 32)])
    assert section.frame.isVisible()
    assert section.value.isVisible()
    assert section.heading.text() == "Zoom at frame 32"
