from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QEnterEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.app.viewer.hold import SpaceHold


class Window(QWidget):
    """A picture, a text field and a button; Space is a shortcut of the window."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(300, 200)
        self.picture, self.field, self.button = QWidget(), QLineEdit(), QPushButton("b")
        column = QVBoxLayout(self)
        for part in (self.picture, self.field, self.button):
            column.addWidget(part)
        self.heard: list[str] = []
        QShortcut(Qt.Key.Key_Space, self).activated.connect(lambda: self.heard.append("shortcut"))
        self.button.clicked.connect(lambda: self.heard.append("clicked"))
        self.hold = SpaceHold(self.picture)
        self.hold.held.connect(lambda down: self.heard.append(f"held {down}"))
        self.hold.tapped.connect(lambda: self.heard.append("tapped"))


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.hold.watch()
    yield made


def hover(window: Window, over: bool) -> None:
    point = QPoint(5, 5).toPointF()
    event = QEnterEvent(point, point, point) if over else QEvent(QEvent.Type.Leave)
    QApplication.sendEvent(window.picture, event)
    window.picture.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, over)


def test_a_tap_over_the_picture_is_a_tap_wherever_the_focus_is(window: Window, qtbot: QtBot) -> None:
    hover(window, True)
    window.button.setFocus()
    qtbot.keyPress(window.button, Qt.Key.Key_Space)
    assert window.heard == ["held True"]
    assert window.hold.down
    qtbot.keyRelease(window.button, Qt.Key.Key_Space)
    assert window.heard == ["held True", "held False", "tapped"]
    assert not window.button.isDown()


def test_a_drag_is_no_tap(window: Window, qtbot: QtBot) -> None:
    hover(window, True)
    window.setFocus()
    qtbot.keyPress(window, Qt.Key.Key_Space)
    window.hold.dragged()
    qtbot.keyRelease(window, Qt.Key.Key_Space)
    assert window.heard == ["held True", "held False"]


def test_elsewhere_space_is_the_windows(window: Window, qtbot: QtBot) -> None:
    hover(window, False)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.heard == ["shortcut"]


def test_a_text_field_keeps_its_spaces(window: Window, qtbot: QtBot) -> None:
    hover(window, True)
    window.field.setFocus()
    qtbot.keyClicks(window.field, "a b")
    assert window.field.text() == "a b"
    assert window.heard == []


def test_other_keys_and_modifiers_pass(window: Window, qtbot: QtBot) -> None:
    hover(window, True)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert window.heard == []


def test_losing_the_focus_lets_go(window: Window, qtbot: QtBot) -> None:
    hover(window, True)
    window.button.setFocus()
    qtbot.keyPress(window.button, Qt.Key.Key_Space)
    window.field.setFocus()
    assert window.heard == ["held True", "held False"]
    qtbot.keyClick(window.button, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert not window.hold.down


def test_it_follows_its_widget_into_another_window(window: Window, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    window.picture.setParent(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    window.hold.watch()
    hover(window, True)
    qtbot.keyClick(other, Qt.Key.Key_Space)
    assert window.heard == ["held True", "held False", "tapped"]
