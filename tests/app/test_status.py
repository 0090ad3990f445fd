from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.documents import Documents
from studio.app.exporting import Exporting
from studio.app.status import Status, clock
from studio.base.errors import InputError
from studio.project import changes
from studio.project.model import Medium
from studio.timeline.time import FrameRange


@pytest.fixture
def status(context: Context, qtbot: QtBot) -> Iterator[Status]:
    parent = QWidget()
    qtbot.addWidget(parent)
    documents, exporting = Documents(context, parent), Exporting(context, parent)
    made = Status(context, documents, exporting, parent)
    parent.show()
    yield made
    documents.close()
    exporting.close()


def test_it_says_where_and_on_what_is_dreamed(status: Status, context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.rendering.device_known, timeout=5000):
        context.rendering.find_device()
    assert status.device.text() == "processor"
    context.document.apply(changes.set_medium(Medium("vqgan")))
    assert status.models.text() == "starter CLIP · VQGAN on Collage"
    context.document.apply(changes.set_medium(Medium("palette", start="noise")))
    assert status.models.text() == "starter CLIP · Pixel art on Bare noise", "as the inspector calls them"


def test_messages_come_and_hints_go(status: Status, context: Context) -> None:
    status.hint("Drag to move")
    assert status.currentMessage() == "Drag to move"
    status.hint("")
    assert status.currentMessage() == ""
    context.document.refused.emit(InputError("No such frame", "It has 10", "Choose another"))
    assert "Choose another" in status.currentMessage()


def test_it_says_what_is_not_saved(status: Status, context: Context) -> None:
    assert status.saved.text() == ""
    context.document.apply(changes.set_seed(3))
    assert status.saved.text() == "not saved yet"


def test_a_render_has_a_bar(status: Status, context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 2))
    qtbot.waitUntil(lambda: "%" in status.queue.text(), timeout=10000)
    assert not status.bar.isHidden()
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)
    assert status.bar.isHidden()
    assert "2 frames made" in status.currentMessage()


def test_time_is_written_as_a_clock() -> None:
    assert [clock(seconds) for seconds in (0.4, 42, 125, 3725)] == ["0:00", "0:42", "2:05", "1:02:05"]
