"""How far long work has come, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of long work.

    Attributes:
        done: units finished, 0 <= done <= total.
        total: units in all; 0 when nobody knows yet.
        label: what is being done, for the artist ("encoding", "frame 12").
    """

    done: int
    total: int
    label: str = ""

    @property
    def fraction(self) -> float:
        """Share done, 0 to 1; 0 when the total is unknown."""
        return self.done / self.total if self.total else 0.0


Report = Callable[[Progress], None]
"""What long work calls, often; it must be cheap and must not raise."""


def silent(progress: Progress) -> None:
    """A `Report` that drops what it is told."""
