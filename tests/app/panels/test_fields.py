from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.panels.fields import (
    ChoiceField,
    Line,
    NumberField,
    SegmentField,
    SwitchField,
    slider_step,
    small_button,
)


def shown(field: QWidget, qtbot: QtBot) -> None:
    qtbot.addWidget(field)
    field.resize(280, 40)
    field.show()
    field.activateWindow()
    qtbot.waitUntil(field.isActiveWindow)


@pytest.fixture
def number(qtbot: QtBot) -> NumberField:
    made = NumberField("Weight", "How strongly it pulls.", -1000, 1000, unit="times", slider=(-2, 2))
    shown(made, qtbot)
    return made


def test_sliders_go_on_by_round_steps() -> None:
    assert slider_step(-2, 2, integer=False) == pytest.approx(0.01)
    assert slider_step(-180, 180, integer=False) == pytest.approx(1)
    assert slider_step(0, 5000, integer=True) == 1


def test_a_number_says_what_it_is_for(number: NumberField) -> None:
    assert number.box.toolTip() == "How strongly it pulls.\n-1000 – 1000 times"
    assert number.slider.accessibleName() == number.box.accessibleName() == "Weight"
    assert "1e+09" not in NumberField("A", "b", -1e9, 1e9).toolTip()


def test_slider_and_box_show_one_number(number: NumberField, qtbot: QtBot) -> None:
    seen: list[float] = []
    number.edited.connect(seen.append)
    number.show_value(1)
    assert (number.box.text(), seen) == ("1", [])
    qtbot.keyClick(number.slider, Qt.Key.Key_Right)
    assert seen == [1.01]
    assert number.box.text() == "1.01"
    number.box.selectAll()
    qtbot.keyClicks(number.box, "0,5")
    assert seen == [1.01], "not before it is typed"
    qtbot.keyClick(number.box, Qt.Key.Key_Return)
    assert seen == [1.01, 0.5]
    number.show_value(50)
    assert number.slider.value() == number.slider.maximum()
    assert number.value == 50


def test_a_drag_of_the_slider_is_one_gesture(number: NumberField, qtbot: QtBot) -> None:
    said: list[str] = []
    number.edited.connect(lambda value: said.append("edited"))
    number.done.connect(lambda: said.append("done"))
    slider = number.slider
    number.show_value(0)
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(slider, middle + QPoint(10, 0))
    qtbot.mouseMove(slider, middle + QPoint(25, 0))
    assert "done" not in said
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + QPoint(25, 0))
    assert said.count("done") == 1
    assert said.count("edited") == 2


@pytest.mark.parametrize("focused", [False, True])
def test_the_wheel_changes_nothing_whatever_has_the_focus(number: NumberField, qtbot: QtBot, focused: bool) -> None:
    choice = ChoiceField("Medium", "What of")
    choice.offer([("a", "A", ""), ("b", "B", "")])
    qtbot.addWidget(choice)
    choice.show()
    number.show_value(1)
    for widget in (number.slider, number.box, number.box.lineEdit(), choice.combo):
        if focused:
            widget.window().activateWindow()
            qtbot.waitUntil(widget.window().isActiveWindow)
            widget.setFocus()
        else:
            widget.clearFocus()
        wheel(widget)
        assert number.value == 1
        assert choice.value == "a"
        assert widget.hasFocus() is focused, "what is scrolled past takes no focus"


def wheel(widget: QWidget) -> None:
    """A notch of the wheel in the middle of the widget, as the system sends it."""
    place = QPointF(widget.mapTo(widget.window(), widget.rect().center()))
    QTest.wheelEvent(widget.window().windowHandle(), place, QPoint(0, -120))


def undo_reaches(widget: QWidget, qtbot: QtBot) -> bool:
    """Whether Ctrl+Z, pressed in the widget, comes to a shortcut of the window; undone is what it gives."""
    undone: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), widget.window())
    shortcut.activated.connect(lambda: undone.append(True))
    qtbot.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shortcut.setEnabled(False)
    shortcut.deleteLater()
    return bool(undone)


def test_undo_is_the_documents_once_a_number_counts(number: NumberField, qtbot: QtBot) -> None:
    number.show_value(30)
    box = number.box
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "28")
    assert not undo_reaches(box, qtbot), "what is being typed is taken back first"
    assert number.value == 30
    box.selectAll()
    qtbot.keyClicks(box, "27")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert undo_reaches(box, qtbot)
    assert number.value == 27
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.text() == "27", "nor does the box undo by itself where the window has nothing to undo"


def test_undo_is_the_documents_once_a_line_counts(qtbot: QtBot) -> None:
    line = Line()
    shown(line, qtbot)
    line.setFocus()
    qtbot.keyClicks(line, "12")
    assert not undo_reaches(line, qtbot)
    qtbot.keyClicks(line, "34")
    line.setModified(False)
    text = line.text()
    assert undo_reaches(line, qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == text


def test_the_way_back_appears_when_there_is_one(number: NumberField, qtbot: QtBot) -> None:
    assert not number.back.isVisible()
    width = number.slider.width()
    number.show_default(False)
    assert number.back.isVisible()
    assert number.slider.width() == width, "nothing moves"
    with qtbot.waitSignal(number.reset):
        qtbot.mouseClick(number.back, Qt.MouseButton.LeftButton)
    assert number.back.accessibleName() == "Reset Weight"


def test_a_number_without_a_slider(qtbot: QtBot) -> None:
    made = NumberField("Frame", "Where.", 0, 99, integer=True)
    made.without_slider()
    shown(made, qtbot)
    assert not made.slider.isVisible()
    assert made.label.x() == 0
    assert made.box.geometry().right() > 200


def test_a_choice_keeps_what_is_not_on_its_list(qtbot: QtBot) -> None:
    made = ChoiceField("Model", "Which")
    shown(made, qtbot)
    made.offer([("", "starter", "ships"), ("big", "big", "")])
    made.show_value("gone")
    assert made.combo.currentText() == "gone (not here)"
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    made.show_value("")
    made.combo.setFocus()
    qtbot.keyClick(made.combo, Qt.Key.Key_Down)
    assert chosen == ["big"]


def test_segments_show_one_or_none(qtbot: QtBot) -> None:
    made = SegmentField("Motion", "How", [("walk", "Walk", ""), ("follow", "Follow", "")])
    shown(made, qtbot)
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    qtbot.mouseClick(made.buttons["follow"], Qt.MouseButton.LeftButton)
    assert chosen == ["follow"]
    made.show_value("walk")
    assert [name for name, button in made.buttons.items() if button.isChecked()] == ["walk"]
    made.show_value("bezier(0,0,1,1)")
    assert not any(button.isChecked() for button in made.buttons.values())


def test_a_switch_is_pressed(qtbot: QtBot) -> None:
    made = SwitchField("Loop", "Back to the first frame", "It repeats.")
    shown(made, qtbot)
    with qtbot.waitSignal(made.switched) as caught:
        qtbot.keyClick(made.box, Qt.Key.Key_Space)
    assert caught.args == [True]
    made.show_value(False)
    assert not made.box.isChecked()


def test_small_buttons_have_names(qtbot: QtBot) -> None:
    made = small_button("x", "Take it away", "Remove")
    qtbot.addWidget(made)
    assert (made.toolTip(), made.accessibleName(), made.icon().isNull()) == ("Take it away", "Remove", False)
