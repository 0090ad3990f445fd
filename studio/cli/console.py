"""What a terminal shows while something long runs, and how Ctrl+C reaches it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from studio.base import progress
from studio.base.cancel import CancelToken

ERRORS = Console(stderr=True)
"""Where progress goes, so that standard output holds results alone."""


class Bar:
    """One line of progress with the time left; on something that is no terminal it stays silent."""

    def __init__(self, label: str, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=ERRORS,
            disable=not ERRORS.is_terminal,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task(label, total=total or None, note="")

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def move(self, done: int, total: int, label: str, note: str = "") -> None:
        """Show `done` of `total`; `note` says more, such as the loss."""
        self._progress.update(self._task, completed=done, total=total or None, description=label, note=note)

    def report(self, at: progress.Progress) -> None:
        """The same as a `progress.Report`."""
        self.move(at.done, at.total, at.label)


@contextlib.contextmanager
def interruptible() -> Iterator[CancelToken]:
    """A token that the first Ctrl+C or SIGTERM fires, so that work can be laid down; the second ends it at once."""
    token = CancelToken()

    def stop(number: int, frame: FrameType | None) -> None:
        if token.cancelled:
            raise KeyboardInterrupt
        token.cancel()
        ERRORS.print("Stopping after this step. Press Ctrl+C again to stop at once.")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield token
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
