"""A timeline editor on screen, and a hand that uses the mouse in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.editor import TimelineEditor
from studio.app.timeline.geometry import BAR, LABELS, Heights
from studio.timeline.model import ParameterTrack, TrackRef

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

PROMPTS = TrackRef("prompt", "Prompt")
ZOOM = TrackRef("parameter", "zoom")
ROTATE = TrackRef("parameter", "rotate")


class Hand:
    """Real mouse events in the lanes."""

    prompts, zoom, rotate = PROMPTS, ZOOM, ROTATE
    ctrl, shift, none = CTRL, SHIFT, NONE

    def __init__(self, editor: TimelineEditor, qtbot: QtBot) -> None:
        self.editor, self.qtbot = editor, qtbot
        self.lanes = editor.lanes
        self._held = NONE
        self._at = QPoint()

    def key(self, ref: TrackRef, frame: int) -> QPoint:
        """Where the key of a track on a frame is, or would be."""
        stage = self.editor.stage
        track = stage.timeline.find(ref)
        y = 24.0
        if isinstance(track, ParameterTrack) and track.track.find(frame) is not None:
            y = Heights.of(track).y(track.track.key(frame).value)
        top = stage.top(ref)
        assert top is not None
        return QPoint(round(stage.scale.x(frame)), round(top + y))

    def ruler(self, frame: int) -> QPoint:
        """Beside the numbers of the ruler."""
        return QPoint(round(self.editor.scale.x(frame)), 6)

    def band(self, frame: int) -> QPoint:
        """In the markers' band."""
        return QPoint(round(self.editor.scale.x(frame)), LABELS + 6)

    def bar(self, frame: int) -> QPoint:
        """Where the range's handles are."""
        return QPoint(round(self.editor.scale.x(frame)), self.editor.stage.layout.ruler - BAR // 2)

    def press(self, at: QPoint, held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        """Press a button and keep it."""
        self._held, self._at, self._button = held, at, button
        self.qtbot.mousePress(self.lanes, button, held, at)

    def move(self, at: QPoint, held: Qt.KeyboardModifier | None = None) -> None:
        """Move with the button down; on the way through the middle."""
        self._held = self._held if held is None else held
        for point in ((self._at + at) / 2, at):
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(point),
                QPointF(self.lanes.mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                self._button,
                self._held,
            )
            QApplication.sendEvent(self.lanes, event)
        self._at = at

    def release(self) -> None:
        """Let go."""
        self.qtbot.mouseRelease(self.lanes, self._button, self._held, self._at)

    def drag(
        self,
        start: QPoint,
        stop: QPoint,
        held: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
    ) -> None:
        """Press, move and release."""
        self.press(start, held, button)
        self.move(stop)
        self.release()

    def click(self, at: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
        """Press and release."""
        self.qtbot.mouseClick(self.lanes, LEFT, held, at)

    def double(self, at: QPoint) -> None:
        """Click twice."""
        self.qtbot.mouseClick(self.lanes, LEFT, NONE, at)
        self.qtbot.mouseDClick(self.lanes, LEFT, NONE, at)

    def escape(self) -> None:
        """Press Escape."""
        self.qtbot.keyClick(self.lanes, Qt.Key.Key_Escape)


@pytest.fixture
def editor(context: Context, qtbot: QtBot) -> TimelineEditor:
    """On screen, 1000 by 400 pixels, without snapping, so that what is dragged goes where the pointer goes."""
    context.settings.set("snap", False)
    made = TimelineEditor(context)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def hand(editor: TimelineEditor, qtbot: QtBot) -> Hand:
    return Hand(editor, qtbot)


@pytest.fixture
def frames_of(context: Context) -> Callable[[TrackRef], tuple[int, ...]]:
    """The frames of a track's keys, now."""
    return lambda ref: context.document.timeline.find(ref).track.frames
