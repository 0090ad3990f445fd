"""The cancel token and the progress report of one export, polled together once per frame."""

from __future__ import annotations

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report


class Meter:
    """Counts frames over all passes of an export.

    Args:
        total: frames of all passes together; `done` never passes it.
    """

    def __init__(self, token: CancelToken, report: Report, total: int) -> None:
        self._token = token
        self._report = report
        self._total = total
        self._done = 0

    def step(self, label: str) -> None:
        """Count one frame. Raises `Cancelled` when the artist asked to stop."""
        self._token.check()
        self._done = min(self._done + 1, self._total)
        self._report(Progress(self._done, self._total, label))

    def finish(self) -> None:
        """Say that all is done, also when fewer frames were needed than expected."""
        self._report(Progress(self._total, self._total, "done"))
