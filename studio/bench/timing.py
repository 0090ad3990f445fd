"""Seconds and bytes: what a piece of work takes of this machine."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

_STATUS = Path("/proc/self/statm")
_PAGE = 4096
_EVERY = 0.005  # seconds between two looks at the process' memory


def wait(device: torch.device) -> None:
    """Until a device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """What it takes, until the device is done."""
    wait(device)
    began = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - began


class Clock:
    """Adds up the time of blocks, each until the device is done.

    Attributes:
        seconds: of all blocks that are over.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._began = 0.0
        self.seconds = 0.0

    def __enter__(self) -> None:
        wait(self._device)
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        wait(self._device)
        self.seconds += time.perf_counter() - self._began


class Peak:
    """The most memory that was held.

    Attributes:
        bytes: above what was held before; None where nobody can say.
    """

    def __init__(self) -> None:
        self.bytes: int | None = None


@contextlib.contextmanager
def peak(device: torch.device) -> Iterator[Peak]:
    """Watch the memory of a device, or of this process for the CPU, while the block lasts."""
    found = Peak()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        yield found
        found.bytes = torch.cuda.max_memory_allocated(device) - before
        return
    if not _STATUS.exists():
        yield found
        return
    over = threading.Event()
    give_back()
    before = most = _resident()

    def watch() -> None:
        nonlocal most
        while not over.wait(_EVERY):
            most = max(most, _resident())

    watcher = threading.Thread(target=watch, name="keydream-bench-memory")
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
        found.bytes = max(most, _resident()) - before


def resident() -> int | None:
    """Bytes of main memory that this process holds; None where the system does not say (not Linux)."""
    return _resident() if _STATUS.exists() else None


def give_back() -> None:
    """Return freed memory to the system, or what is taken from it again would not be seen."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # another C library has no such function
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    return int(_STATUS.read_text(encoding="ascii").split()[1]) * _PAGE
