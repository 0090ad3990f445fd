from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.app.clip.lane import Lane
from studio.base.cancel import CancelToken
from studio.base.errors import InputError, StudioError
from studio.base.progress import Progress, Report


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane()
    yield made
    assert made.close()


def test_a_question_is_answered_in_another_thread(lane: Lane, qtbot: QtBot) -> None:
    threads = []

    def work(_token: CancelToken, report: Report, tell: object) -> str:
        assert callable(tell)
        threads.append(threading.current_thread().name)
        report(Progress(1, 2, "looking"))
        tell("so far")
        return "all"

    told: list[object] = []
    reported: list[object] = []
    lane.answered.connect(told.append)
    lane.progressed.connect(reported.append)
    lane.ask(work)
    assert lane.busy
    qtbot.waitUntil(lambda: not lane.busy)
    assert told == ["so far", "all"]
    assert reported == [Progress(1, 2, "looking")]
    assert threads == ["keydream-ask"]


def test_the_latest_question_wins(lane: Lane, qtbot: QtBot) -> None:
    begun = threading.Event()
    stopped: list[bool] = []

    def slow(token: CancelToken, _report: Report, _tell: object) -> str:
        begun.set()
        stopped.append(token.wait(10))
        return "slow"

    told: list[object] = []
    lane.answered.connect(told.append)
    lane.ask(slow)
    assert begun.wait(10)
    lane.ask(lambda *_: "second")
    lane.ask(lambda *_: "third")
    qtbot.waitUntil(lambda: not lane.busy)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["third"]
    assert stopped == [True]


def test_what_goes_wrong_is_told_in_words(lane: Lane, qtbot: QtBot) -> None:
    errors: list[StudioError] = []
    lane.failed.connect(errors.append)

    def refuse(*_: object) -> None:
        raise InputError("It is too long", "", "Shorten it")

    def break_off(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    for work in (refuse, break_off):
        with qtbot.waitSignal(lane.failed):
            lane.ask(work)
    assert errors[0].what == "It is too long"
    assert "ZeroDivisionError: by nothing" in errors[1].why
    assert not lane.busy


def test_a_question_can_be_stopped(lane: Lane, qtbot: QtBot) -> None:
    def work(token: CancelToken, _report: Report, _tell: object) -> None:
        token.wait(10)
        token.check()

    told: list[object] = []
    lane.answered.connect(told.append)
    with qtbot.waitSignal(lane.stopped):
        lane.ask(work)
        lane.stop()
    assert told == []


def test_closing_ends_the_thread_and_tells_nothing(qtbot: QtBot) -> None:
    lane = Lane()
    begun = threading.Event()

    def work(token: CancelToken, _report: Report, _tell: object) -> str:
        begun.set()
        token.wait(10)
        return "late"

    told: list[object] = []
    lane.answered.connect(told.append)
    lane.ask(work)
    assert begun.wait(10)
    assert lane.close()
    qtbot.wait(20)
    lane.ask(lambda *_: "later still")
    qtbot.wait(20)
    assert told == []
