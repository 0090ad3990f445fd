"""Errors on screen: in plain words, with details to copy; and what nobody foresaw, which must not end the program."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Final

import PySide6
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio import __version__
from studio.app.dialogs.message import Choice, Message
from studio.app.texts import tr
from studio.base.errors import StudioError
from studio.base.shortage import explained

_LONGEST: Final = 100_000  # characters of details


def explain(parent: QWidget | None, error: StudioError, choices: tuple[Choice, ...] = ()) -> str:
    """Tell what happened, why, and what to do; the id of the button that was pressed, "" for none.

    Args:
        parent: over which it appears.
        error: what happened.
        choices: what may be done about it right there; a single "OK" when none is given.
    """
    message = describe(parent, error, choices)
    message.exec()
    message.deleteLater()
    return message.answer


def describe(parent: QWidget | None, error: StudioError, choices: tuple[Choice, ...] = ()) -> Message:
    """The message that `explain` shows."""
    text = "\n".join(filter(None, (error.why, error.fix)))
    return Message(parent, error.what, text, choices, kind="error", details=details(error))


def details(error: BaseException) -> str:
    """All that helps somebody else to find the cause. It names no file but those in the error itself."""
    told = "".join(traceback.format_exception(error))
    machine = f"{platform.system()} {platform.release()} {platform.machine()}"
    versions = f"Keydream {__version__}, Python {platform.python_version()}, PySide6 {PySide6.__version__}, {machine}"
    return f"{error}\n\n{versions}\n\n{told}"[:_LONGEST]


class Hooks(QObject):
    """Catches exceptions that nobody foresaw, from any thread: logs each, shows each kind once, and goes on."""

    _caught = Signal(object)

    def __init__(self, show: Callable[[StudioError], object], parent: QObject | None = None) -> None:
        """The function is called in the thread where this object lives."""
        super().__init__(parent)
        self._show = show
        self._shown: set[str] = set()
        self._showing = False
        self._caught.connect(self._tell)

    def install(self) -> None:
        """Take the place of Python's own hooks."""
        sys.excepthook = self.caught
        threading.excepthook = self._in_thread

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What `sys.excepthook` is given."""
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger(__name__).error("nobody foresaw this", exc_info=(kind, error, trace))
        self._caught.emit(error)

    def _in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.caught(told.exc_type, told.exc_value, told.exc_traceback)

    @Slot(object)
    def _tell(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else repr(error)
        if where in self._shown or self._showing:
            return
        self._shown.add(where)
        self._showing = True
        try:
            self._show(error if isinstance(error, StudioError) else _unforeseen(error))
        finally:
            self._showing = False


def install(parent: QWidget) -> Hooks:
    """From now on, exceptions that nobody foresaw are logged and shown over that widget."""
    hooks = Hooks(lambda error: explain(parent, error), parent)
    hooks.install()
    return hooks


def _unforeseen(error: Exception) -> StudioError:
    told = explained(error, tr("Keydream ran out of memory")) or StudioError(
        tr("Something went wrong in Keydream"),
        f"{type(error).__name__}: {error}"[:300],
        tr("You can go on; save your work. If it happens again, report it with the details"),
    )
    told.__cause__ = error
    return told
