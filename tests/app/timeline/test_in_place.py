"""Typing over what is changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.app.timeline.in_place import InPlaceEdit
from studio.base.errors import InputError


def check(text):
    if "|" in text:
        raise InputError("A bar", "It is no letter", "Take it out")


@pytest.fixture
def host(qtbot):
    made = QWidget()
    made.other = QLineEdit()
    QVBoxLayout(made).addWidget(made.other)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def line(host, qtbot):
    made = InPlaceEdit(host, "an apple", check)
    made.taken, made.gone = [], []
    made.accepted.connect(made.taken.append)
    made.closed.connect(lambda: made.gone.append(True))
    made.open_at(QRect(10, 10, 200, 30))
    qtbot.waitUntil(made.hasFocus)
    return made


def test_enter_takes_what_was_typed(line, qtbot, host):
    assert line.selectedText() == "an apple"
    qtbot.keyClicks(line, "a pear")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert (line.taken, line.gone) == (["a pear"], [True])
    assert line.isHidden()
    assert host.hasFocus()


def test_what_did_not_change_is_no_change(line, qtbot):
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert (line.taken, line.gone) == ([], [True])


def test_escape_leaves_what_was(line, qtbot):
    qtbot.keyClicks(line, "a pear")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert (line.taken, line.gone) == ([], [True])


def test_an_error_is_shown_while_typing_and_loses_nothing(line, qtbot):
    qtbot.keyClicks(line, "a | pear")
    assert "A bar" in line.problem
    assert line.property("invalid") == "true"
    assert line.accessibleDescription() == line.problem
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert (line.taken, line.gone) == ([], [])
    assert line.isVisible()
    assert line.text() == "a | pear"
    for _ in range(6):
        qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert line.problem == ""
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.taken == ["a "]


def test_leaving_the_line_takes_it_unless_there_is_an_error(line, host, qtbot):
    qtbot.keyClicks(line, "a | pear")
    host.other.setFocus()
    assert line.isVisible()
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "a pear")
    host.other.setFocus()
    assert line.taken == ["a pear"]
    assert host.other.hasFocus()


def test_what_is_new_is_taken_as_it_stands(host, qtbot):
    line = InPlaceEdit(host, "an apple", check, new=True)
    with qtbot.waitSignal(line.accepted) as taken:
        line.take()
    assert taken.args == ["an apple"]
