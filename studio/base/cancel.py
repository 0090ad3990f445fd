"""Cancelling long work: a token that is polled, and the exception that unwinds when it was fired."""

from __future__ import annotations

import threading


class Cancelled(Exception):  # noqa: N818 (it is no error)
    """Raised where a cancelled token is noticed. It is no error: nothing went wrong and nothing finished is lost."""


class CancelToken:
    """A flag that any thread may raise and that long work polls at least once per optimiser step."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop. Harmless when repeated or when the work is already over; safe in a signal handler."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the token is fired; whether it was."""
        return self._event.wait(seconds)

    def check(self) -> None:
        """Do nothing, or raise `Cancelled` when the token was fired."""
        if self._event.is_set():
            raise Cancelled


def never() -> CancelToken:
    """A token of nobody's, for callers that cannot be cancelled."""
    return CancelToken()
