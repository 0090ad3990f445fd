from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from studio.app.waiting import wait_for


def test_it_gives_what_the_function_returns_from_another_thread(qtbot: QtBot) -> None:
    assert wait_for(threading.current_thread) is not threading.current_thread()


def test_what_the_function_raises_arrives(qtbot: QtBot) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wait_for(fail)


def test_the_window_goes_on_meanwhile(qtbot: QtBot) -> None:
    ticks: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start(5)
    assert wait_for(lambda: time.sleep(0.3) or 7) == 7
    timer.stop()
    assert len(ticks) > 20
