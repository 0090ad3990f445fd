"""Waiting for a file to be read or written without the window standing still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer

T = TypeVar("T")

_SOON = 0.03  # seconds: most files are written sooner, and then there is no need for a loop of events
_POLL = 5  # milliseconds


def wait_for(work: Callable[[], T]) -> T:
    """Call a function in another thread and give what it returns or raises.

    Meanwhile pictures go on appearing, but clicks and keys wait: what is being written cannot be edited under it.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # handed over to whoever waits
            future.set_exception(error)

    thread = threading.Thread(target=run, name="keydream-file", daemon=True)
    thread.start()
    thread.join(_SOON)
    if thread.is_alive():
        loop = QEventLoop()
        timer = QTimer()

        def look() -> None:
            if future.done():
                loop.quit()

        timer.timeout.connect(look)
        timer.start(_POLL)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        timer.stop()
    return future.result()
