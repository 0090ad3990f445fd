"""Files that say "somebody is here": locked by the system for as long as a program lives, however it ends.

Process numbers would not do: they are used again, and in a sandbox (Flatpak) every program has the same one.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from studio.base import atomic

_BYTES = 4096  # most that is read of such a file
_LOCKED_AT = 1 << 20  # the byte that is locked: far behind the text, which others may then read, on Windows too
_TRUST = 24 * 3600.0  # seconds for which the word of another computer is believed: its locks may not reach this one
_TRIES = 5
_PAUSE = 0.01  # seconds between tries: whoever only looks lets go at once


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is there.

    Attributes:
        process: its number.
        computer: the name of the computer it runs on.
        since: when it came, in seconds since 1970.
    """

    process: int
    computer: str
    since: float


class Presence:
    """A file that this program holds. `take` makes one."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> Presence | None:
        """Hold a file, making it and its folder; None when another holds it. What a dead program left is taken over.

        Raises:
            FileError: it can be neither made nor locked there.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
                if not _locked(descriptor):
                    os.close(descriptor)
                    return None
                if not _same(descriptor, path):  # whoever held it removed it between opening and locking
                    os.close(descriptor)
                    continue
                if _elsewhere(path):
                    os.close(descriptor)
                    return None
                told = {"process": os.getpid(), "computer": platform.node(), "since": time.time()}
                os.ftruncate(descriptor, 0)
                os.write(descriptor, json.dumps(told).encode())
                return cls(path, descriptor)
        except OSError as error:
            raise atomic.explain(error, path) from error
        return None

    def leave(self) -> None:
        """Let go of the file and remove it; harmless when repeated."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if sys.platform == "win32":
            os.close(descriptor)  # Windows removes no file that is open
        with contextlib.suppress(OSError):
            self.path.unlink()
        if sys.platform != "win32":
            os.close(descriptor)


def holder(path: Path) -> Holder | None:
    """Who holds a file; None when nobody does, or nobody any more."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        if not _locked(descriptor, shared=True):
            return _read(path) or Holder(0, "", 0.0)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return _read(path) if _elsewhere(path) else None


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    """Lock a file; those that only look share it. Whether it could be locked in a moment."""
    for number in range(_TRIES):
        if _lock(descriptor, shared):
            return True
        if number < _TRIES - 1:
            time.sleep(_PAUSE)
    return False


def _elsewhere(path: Path) -> bool:
    """Whether another computer wrote the file, lately."""
    found = _read(path)
    return found is not None and found.computer != platform.node() and abs(time.time() - found.since) < _TRUST


def _read(path: Path) -> Holder | None:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        with path.open("rb") as file:
            told = json.loads(file.read(_BYTES))
        return Holder(int(told["process"]), str(told["computer"])[:100], float(told["since"]))
    return None


def _same(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, _shared: bool) -> bool:
        os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
