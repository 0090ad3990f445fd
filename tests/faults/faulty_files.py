"""A disk that fails at the n-th operation, or at which the program is killed: SQLite's method of testing.

Opening for writing, each write (long data arrives in pieces), reading an old version, fsync, rename and making a folder
are counted. Loop over `fail_at` from 1 until nothing fails any more, and every point has been tried.
"""

from __future__ import annotations

import io
import os
import pathlib
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

PIECE = 400  # bytes that one write takes at most, so that files of a few lines are written in several


def raising(number: int) -> Callable[[str], None]:
    """What happens at the point: an `OSError` with this `errno`."""

    def strike(operation: str) -> None:
        raise OSError(number, os.strerror(number), operation)

    return strike


def killing(operation: str) -> None:
    """What happens at the point: this process is gone without a chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)


class FaultyFiles:
    """Counts file operations while `active` and lets something happen at one of them.

    Attributes:
        fail_at: which operation is struck, from 1; 0 for none.
        strike: what happens there, given the operation's name.
        done: the operations so far, in order.
        struck: the name of the operation that was struck, or empty.
    """

    def __init__(self, fail_at: int, strike: Callable[[str], None]) -> None:
        self.fail_at = fail_at
        self.strike = strike
        self.done: list[str] = []
        self.struck = ""

    def point(self, operation: str) -> None:
        """Count an operation that is about to happen (for a write: that has happened in part)."""
        self.done.append(operation)
        if len(self.done) == self.fail_at:
            self.struck = operation
            self.strike(operation)

    @contextmanager
    def active(self) -> Iterator[FaultyFiles]:
        """Replace the operations inside the block."""
        real_open, real_mkdir = io.open, pathlib.Path.mkdir

        def faulty_open(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if mode == "rb":
                self.point("read")
            elif "b" in mode:
                self.point("open")
                if mode == "wb":
                    return io.BufferedWriter(_PiecewiseFile(self, file))
            return real_open(file, mode, *args, **options)

        def faulty_mkdir(*args: Any, **options: Any) -> None:
            self.point("mkdir")
            real_mkdir(*args, **options)

        with ExitStack() as stack:
            stack.enter_context(mock.patch("io.open", faulty_open))
            stack.enter_context(mock.patch.object(pathlib.Path, "mkdir", faulty_mkdir))
            for name in ("fsync", "replace"):
                stack.enter_context(mock.patch.object(os, name, self._counted(name, getattr(os, name))))
            yield self

    def _counted(self, name: str, real: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any) -> None:
            self.point(name)
            real(*args)

        return call


class _PiecewiseFile(io.FileIO):
    """A file that takes at most half of what it is given, so that a fault finds it half written."""

    def __init__(self, faults: FaultyFiles, path: Any) -> None:
        super().__init__(path, "wb")
        self._faults = faults

    def write(self, data: Any) -> int:
        taken = super().write(bytes(data)[: max(PIECE, 1)])
        self._faults.point("write")
        return taken
