"""What waits on files and networks: asyncio on Qt's own loop, through qasync. The only module that knows of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import qasync
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication

from studio.base.cancel import Cancelled
from studio.base.errors import StudioError

T = TypeVar("T")
P = ParamSpec("P")

WORKERS = 2
"""Threads for work that waits: an export, a search for files."""

_TURNS = 50  # of the loop, for tasks to end in


class Tasks(QObject):
    """The running tasks of the window. They end when it closes.

    Attributes:
        closed: whether it has: nothing can be started any more.
    """

    failed = Signal(object)
    """A `StudioError` of a task that nobody waits for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="keydream-task")
        self._running: set[asyncio.Task[Any]] = set()
        self.closed = False

    def start(self, work: Coroutine[Any, Any, T], done: Callable[[T], None] | None = None) -> asyncio.Task[T]:
        """Run a coroutine on the window's loop.

        Args:
            work: what to run. A `StudioError` that it raises is told by `failed`; `Cancelled` and cancelling are quiet.
            done: is given what it returned.
        """
        task = asyncio.get_event_loop().create_task(work)
        self._running.add(task)

        def over(ended: asyncio.Task[T]) -> None:
            self._running.discard(ended)
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                if done is not None:
                    done(ended.result())
            elif isinstance(error, StudioError):
                self.failed.emit(error)
            elif not isinstance(error, Cancelled):
                logging.getLogger(__name__).error("a task broke", exc_info=error)
                self.failed.emit(
                    StudioError(
                        "Something broke in the background",
                        f"{type(error).__name__}: {error}"[:300],
                        "Nothing you made is lost; report it with the log",
                    )
                )

        task.add_done_callback(over)
        return task

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread of the pool and wait for it without blocking the window."""
        loop = asyncio.get_event_loop()
        return await loop.run_in_executor(self._executor, lambda: function(*args, **kwargs))

    @property
    def busy(self) -> int:
        """How many tasks run."""
        return len(self._running)

    def close(self) -> None:
        """Cancel what still runs. Threads end by themselves, when the tokens of their work are fired."""
        self.closed = True
        for task in tuple(self._running):
            task.cancel()
        for _ in range(_TURNS):  # until each has noticed
            if not self._running:
                break
            QCoreApplication.processEvents()
        self._executor.shutdown(wait=False, cancel_futures=True)


def new_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """The loop on which both Qt and asyncio run; it becomes the thread's own."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    return loop
