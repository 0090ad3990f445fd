"""A person at the window: real mouse and key events, waiting until something is seen, screenshots on the way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

SHOTS = os.environ.get("KEYDREAM_SHOTS", "")
"""A folder for screenshots; none are made when it is empty."""


class Person:
    """Drives a window and looks at it."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.number = 0

    def wait(self, seconds: float) -> None:
        """Let the window live for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, max(1, int(left * 1000)))
            time.sleep(min(0.002, max(left, 0)))

    def until(self, seen: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Wait until something is seen; fail with its name when it is not."""
        deadline = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < deadline, f"never seen: {what}"
            self.wait(0.01)

    def press(self, keys: str, widget: QWidget | None = None) -> None:
        """Press keys as a shortcut, such as "Ctrl+Return"."""
        QTest.keySequence(widget or QApplication.focusWidget() or self.window, keys)
        self.wait(0.02)

    def type(self, text: str, widget: QWidget | None = None) -> None:
        """Type a text, key by key."""
        QTest.keyClicks(widget or QApplication.focusWidget() or self.window, text)
        self.wait(0.02)

    def click(self, widget: QWidget, at: QPointF | QPoint | None = None) -> None:
        """Click with the left button."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=self._point(widget, at))
        self.wait(0.02)

    def double_click(self, widget: QWidget, at: QPointF | QPoint | None = None) -> None:
        """Click twice."""
        point = self._point(widget, at)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point)
        QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=point)
        self.wait(0.02)

    def drag(self, widget: QWidget, start: QPointF | QPoint, end: QPointF | QPoint, steps: int = 8) -> None:
        """Drag with the left button, in some steps."""
        begin, stop = self._point(widget, start), self._point(widget, end)
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=begin)
        for step in range(1, steps + 1):
            QTest.mouseMove(widget, begin + (stop - begin) * step / steps)
            self.wait(0.01)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=stop)
        self.wait(0.02)

    def look(self, name: str, widget: QWidget | None = None) -> None:
        """Take a screenshot, where a folder for these is named."""
        self.wait(0.1)
        if SHOTS:
            self.number += 1
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            (widget or self.window).grab().save(str(Path(SHOTS) / f"{self.number:02d}-{name}.png"))

    @staticmethod
    def _point(widget: QWidget, at: QPointF | QPoint | None) -> QPoint:
        if at is None:
            return widget.rect().center()
        return at.toPoint() if isinstance(at, QPointF) else at
