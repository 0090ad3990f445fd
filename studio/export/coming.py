"""Frames that are still being rendered: a sequence of known length whose readers wait for what is not there yet."""

from __future__ import annotations

import operator
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import SupportsIndex, overload

from studio.base.cancel import Cancelled


class Coming(Sequence[Path]):
    """The PNG files of a render, told one by one in any order and read by another thread in theirs.

    Args:
        count: how many there will be, at least 1.
        size: (width, height) of all of them in pixels. None of them has transparency.
    """

    def __init__(self, count: int, size: tuple[int, int]) -> None:
        if count < 1:
            raise ValueError(f"{count} frames are none that could come")
        self.size = size
        self._count = count
        self._told: dict[int, Path] = {}
        self._closed = False
        self._changed = threading.Condition()

    def tell(self, index: int, path: Path) -> None:
        """Say that frame `index`, from 0, is finished. What was said first of a frame holds: it may have been read.

        Raises:
            IndexError: there is no such frame.
        """
        if not 0 <= index < self._count:
            raise IndexError(f"frame {index} of {self._count}")
        with self._changed:
            self._told.setdefault(index, path)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that no more will come: whoever waits for one that was not told stops. Harmless when repeated."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: SupportsIndex) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Path | tuple[Path, ...]:
        """The path of a frame; waits until it was told.

        Raises:
            Cancelled: it never will be.
            IndexError: there is no such frame.
        """
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(self._count)))
        number = range(self._count)[operator.index(index)]
        with self._changed:
            self._changed.wait_for(lambda: self._closed or number in self._told)
            if number not in self._told:
                raise Cancelled
            return self._told[number]
