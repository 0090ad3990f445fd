from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.clip.lane import Lane
from studio.app.clip.perceptors import LOADING
from studio.app.clip.working import Notes, Working
from studio.base.cancel import CancelToken
from studio.base.errors import InputError
from studio.base.progress import Progress, Report
from studio.library.scan import Trouble

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane()
    yield made
    assert made.close()


@pytest.fixture
def working(lane: Lane, qtbot: QtBot) -> Working:
    made = Working(lane)
    qtbot.addWidget(made)
    made.show()
    return made


def test_progress_is_shown_and_stopped(working: Working, lane: Lane, qtbot: QtBot) -> None:
    said: list[str] = []
    steps = (Progress(0, 0, LOADING), Progress(1200, 5000, "looking"), Progress(0, 0, "looking through the folder"))
    go = threading.Event()

    def work(token: CancelToken, report: Report, _tell: object) -> None:
        for step in steps:
            report(step)
            assert go.wait(10)
            go.clear()
            token.wait(0.06)  # reports that follow sooner are dropped
        token.wait(10)
        token.check()

    assert not working.stop.isVisible()
    lane.ask(work)
    for text in ("Loading the perceptor", "1,200 of 5,000", "through the folder"):
        qtbot.waitUntil(lambda text=text: text in working.label.text())
        said.append(working.label.text())
        if "of" in text:
            assert working.bar.value() == 1200
            assert working.bar.maximum() == 5000
        go.set()
    assert working.bar.isVisible()
    qtbot.mouseClick(working.stop, LEFT)
    qtbot.waitUntil(lambda: not working.stop.isVisible())
    assert working.label.text() == "Stopped."


def test_an_error_is_red_until_something_else_is_said(working: Working) -> None:
    working.fail(InputError("The text is too long", "It has 90 tokens", "Shorten it"))
    assert working.label.property("role") == "error"
    assert "90 tokens" in working.label.text()
    working.say("3 pictures")
    assert working.label.property("role") == "muted"


def test_notes_count_and_name_what_was_left_out(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(notes)
    notes.tell(())
    assert notes.isHidden()
    notes.tell([Trouble("a/b\udce9.png", "It is broken"), Trouble("", "No permission")], "The index was damaged.")
    notes.show()
    assert notes.button.text() == "2 pictures or folders left out"
    assert not notes.list.isVisible()
    qtbot.mouseClick(notes.button, LEFT)
    assert notes.list.isVisible()
    lines = notes.list.toPlainText().split("\n")
    assert lines == ["The index was damaged.", "a/b\ufffd.png: It is broken", ".: No permission"]
    notes.tell((), "Another Keydream looks at this folder now.")
    assert notes.button.text().startswith("Another Keydream")


def test_very_many_are_counted_and_some_named(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(notes)
    notes.tell([Trouble(f"{number}.png", "broken") for number in range(1500)])
    assert notes.button.text() == "1500 pictures or folders left out"
    assert notes.list.toPlainText().endswith("and 500 more")
