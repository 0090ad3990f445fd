from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.scale import Scale
from studio.app.transport import Transport
from studio.timeline import edits
from studio.timeline.time import FrameRate


@pytest.fixture
def scale(qtbot: QtBot) -> Scale:
    made = Scale()
    made.resize(800, 97)
    return made


@pytest.fixture
def transport(context: Context, qtbot: QtBot, scale: Scale) -> Transport:
    made = Transport(context, scale)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_frame_can_be_typed(transport: Transport, context: Context, qtbot: QtBot) -> None:
    transport.focus_frame()
    qtbot.keyClicks(transport.frame, "42")
    qtbot.keyClick(transport.frame, Qt.Key.Key_Return)
    assert context.player.frame == 42
    assert transport.frame.text() == "42"


def test_what_is_no_frame_is_not_gone_to(transport: Transport, context: Context, qtbot: QtBot) -> None:
    transport.focus_frame()
    qtbot.keyClicks(transport.frame, "999")
    qtbot.keyClick(transport.frame, Qt.Key.Key_Escape)
    assert context.player.frame == 0
    assert transport.frame.text() == "0"


def test_it_shows_time_and_rate(transport: Transport, context: Context) -> None:
    context.player.seek(36)
    assert transport._time.text() == "00:00:01:12"
    context.document.edit(edits.set_rate(FrameRate(24000, 1001)))
    assert transport.rate.text() == "23.976 fps"
    assert "97" in transport._length.text()


def test_play_becomes_pause(transport: Transport, context: Context) -> None:
    assert context.actions["play.toggle"].text() == "Play"
    context.player.play(1)
    assert context.actions["play.toggle"].text() == "Pause"
    context.player.stop()
    assert context.actions["play.toggle"].text() == "Play"


def test_the_slider_zooms_the_timeline_and_follows_it(transport: Transport, scale: Scale) -> None:
    before = scale.frame_width
    transport.zoom.setValue(100)
    assert scale.frame_width > before
    scale.fit()
    assert transport.zoom.value() == 0
