from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app import errors
from studio.base.errors import FileError, StudioError


@pytest.fixture
def shown() -> list[StudioError]:
    return []


@pytest.fixture
def hooks(qtbot: QtBot, shown: list[StudioError], monkeypatch: pytest.MonkeyPatch) -> Iterator[errors.Hooks]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made = errors.Hooks(shown.append)
    made.install()
    yield made


def broken(error: BaseException) -> None:
    try:
        raise error
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_what_nobody_foresaw_is_logged_and_shown_once(
    hooks: errors.Hooks, shown: list[StudioError], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            broken(ZeroDivisionError("odd"))
    assert len(caplog.records) == 3
    (error,) = shown
    assert "ZeroDivisionError: odd" in error.why
    assert error.fix
    assert "in broken" in errors.details(error)


def test_errors_in_threads_arrive_in_the_window_s_own(
    hooks: errors.Hooks, shown: list[StudioError], qtbot: QtBot
) -> None:
    def fail() -> None:
        raise FileError("It broke", "because", "try again")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert shown == [], "not from there"
    qtbot.waitUntil(lambda: len(shown) == 1, timeout=3000)
    assert shown[0].what == "It broke"


def test_an_error_while_one_is_shown_does_not_open_another(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[StudioError] = []

    def show(error: StudioError) -> None:
        shown.append(error)
        made.caught(ValueError, ValueError("again"), None)

    made = errors.Hooks(show)
    made.caught(KeyError, KeyError("first"), None)
    assert len(shown) == 1


def test_interrupting_is_no_error(
    hooks: errors.Hooks, shown: list[StudioError], monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[object] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda *told: passed.append(told[0]))
    broken(KeyboardInterrupt())
    assert passed == [KeyboardInterrupt]
    assert shown == []


def test_a_message_says_what_why_and_what_to_do_and_its_details_can_be_copied(qtbot: QtBot) -> None:
    message = errors.describe(None, FileError("It broke", "because", "try again"))
    qtbot.addWidget(message)
    message.show()
    copy = message.findChild(QPushButton, "copy")
    assert isinstance(copy, QPushButton)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert message.isVisible()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("It broke. because. try again.")
    assert "PySide6" in copied
    qtbot.keyClick(message, Qt.Key.Key_Return)
    assert message.answer == "ok"
    assert not message.isVisible()
