from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.terms import TermRow
from studio.app.panels.thumbnails import Thumbnails
from studio.project.model import Project
from studio.timeline.prompt import NEVER_STOP, Image, Noise, Term, Text
from studio.timeline.region import NAMED


@pytest.fixture
def row(context: Context, qtbot: QtBot) -> TermRow:
    made = TermRow(Thumbnails(context))
    made.terms = []  # type: ignore[attr-defined]
    made.edited.connect(made.terms.append)  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(290, 160)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def edited(row: TermRow) -> list[Term]:
    return row.terms  # type: ignore[attr-defined,no-any-return]


def test_typing_edits_and_nothing_impossible_leaves_the_row(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple"), 0.5))
    row.words.setFocus()
    qtbot.keyClicks(row.words, "s")
    assert edited(row)[-1] == Term(Text("apples"), 0.5)
    row.words.selectAll()
    count = len(edited(row))
    qtbot.keyClick(row.words, Qt.Key.Key_Delete)
    assert len(edited(row)) == count
    assert row.words.property("invalid")
    assert row.note.property("role") == "error"
    assert "stays as it was" in row.note.text()
    qtbot.keyClicks(row.words, "x")
    assert edited(row)[-1].content == Text("x")
    assert not row.words.property("invalid")
    assert row.note.text() == ""


def test_what_is_typed_is_not_rewritten(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple")))
    qtbot.keyClicks(row.words, " ")
    assert row.words.toPlainText() == "apple "
    row.show_term(Term(Text("apple")))
    row.show_term(Term(Text("apple"), 0.7))
    assert row.words.toPlainText() == "apple "
    row.show_term(Term(Text("pear")))
    assert row.words.toPlainText() == "pear"


def test_a_new_row_becomes_a_term_with_its_first_word(row: TermRow, qtbot: QtBot) -> None:
    qtbot.keyClick(row.weight.slider, Qt.Key.Key_Left)
    assert edited(row) == []
    row.words.setFocus()
    qtbot.keyClicks(row.words, "b")
    assert edited(row) == [Term(Text("b"), 0.99)]


def test_weight_by_slider_box_and_reset(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple"), 3.5))
    assert (row.weight.box.text(), row.weight.back.isVisible()) == ("3.5", True)
    row.weight.box.selectAll()
    qtbot.keyClicks(row.weight.box, "-12")
    qtbot.keyClick(row.weight.box, Qt.Key.Key_Return)
    assert edited(row)[-1].weight == -12
    qtbot.mouseClick(row.weight.back, Qt.MouseButton.LeftButton)
    assert edited(row)[-1].weight == 1
    assert not row.weight.back.isVisible()


def test_a_weight_beyond_the_slider_is_kept(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple"), 4000.0))
    row.words.setFocus()
    qtbot.keyClicks(row.words, "s")
    assert edited(row)[-1].weight == 4000


def test_the_stop_is_there_when_it_is_wanted(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple")))
    assert not row.stop.isVisible()
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    assert row.stop.isVisible()
    qtbot.keyClicks(row.stop.box, "-0.2")
    assert edited(row)[-1] == Term(Text("apple"), 1, -0.2)
    qtbot.mouseClick(row.more, Qt.MouseButton.LeftButton)
    assert row.stop.isVisible(), "one that is set is seen"
    qtbot.mouseClick(row.stop.back, Qt.MouseButton.LeftButton)
    assert edited(row)[-1].stop == NEVER_STOP


def test_a_stop_that_is_no_number_is_said_and_kept(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple"), 1, 0.3))
    assert row.stop.box.text() == "0.3"
    qtbot.keyClicks(row.stop.box, "x")
    assert edited(row) == []
    assert row.stop.box.property("invalid")
    assert row.stop.problem.text() == "a number"
    qtbot.keyClicks(row.words, "s")
    assert edited(row) == [], "not with a stop that was not meant"
    row.stop.box.selectAll()
    qtbot.keyClicks(row.stop.box, "0,5")
    assert edited(row)[-1] == Term(Text("apples"), 1, 0.5)


def test_a_picture_has_its_thumbnail(
    row: TermRow, context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    with_pictures()
    row.show_term(Term(Image("sea"), 0.5))
    assert row.picture.isVisible()
    assert row.picture.name.text() == "sea"
    assert not row.words.isVisible()
    qtbot.keyClick(row.weight.slider, Qt.Key.Key_Right)
    assert edited(row)[-1] == Term(Image("sea"), 0.51)


def test_enter_and_leaving_end_the_gesture_and_escape_gives_up(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple")))
    row.words.setFocus()
    for key, signal in ((Qt.Key.Key_Return, row.done), (Qt.Key.Key_Escape, row.cancelled), (Qt.Key.Key_Tab, row.done)):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(row.words, key)
    assert row.words.toPlainText() == "apple"
    qtbot.keyClick(row.words, Qt.Key.Key_A)
    row._term = Term(Text("apple"))
    row.show_again()
    assert row.words.toPlainText() == "apple"


def test_the_length_is_told_unless_something_is_wrong(row: TermRow) -> None:
    row.show_term(Term(Text("apple")))
    row.say("1 / 77", "muted")
    assert row.note.text() == "1 / 77"
    row.words.setPlainText("")
    row.say("0 / 77", "muted")
    assert "Write what" in row.note.text()


def test_the_box_grows_with_its_text(row: TermRow) -> None:
    row.show_term(Term(Text("apple")))
    before = row.words.height()
    row.words.setPlainText("a very long prompt " * 12)
    assert before < row.words.height() < 200


def undo_reaches(widget: QWidget, qtbot: QtBot) -> bool:
    """Whether Ctrl+Z, pressed in the widget, comes to a shortcut of the window."""
    undone: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), widget.window())
    shortcut.activated.connect(lambda: undone.append(True))
    qtbot.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shortcut.setEnabled(False)
    shortcut.deleteLater()
    return bool(undone)


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_undo_is_the_documents_once_the_words_count(row: TermRow, qtbot: QtBot, end: Qt.Key) -> None:
    row.show_term(Term(Text("apple")))
    row.words.setFocus()
    assert undo_reaches(row.words, qtbot), "nothing was typed"
    qtbot.keyClicks(row.words, "s")
    assert not undo_reaches(row.words, qtbot)
    assert row.words.toPlainText() == "apple"
    qtbot.keyClicks(row.words, "xy")
    qtbot.keyClick(row.words, end)
    text = row.words.toPlainText()
    assert undo_reaches(row.words, qtbot)
    qtbot.keyClick(row.words, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert row.words.toPlainText() == text, "nor do the words undo by themselves"


def test_undo_is_the_documents_once_the_stop_counts(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Text("apple")))
    row.more.setChecked(True)
    box = row.stop.box
    box.setFocus()
    qtbot.keyClicks(box, "0.5")
    assert not undo_reaches(box, qtbot)
    qtbot.keyClicks(box, "0.5")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert undo_reaches(box, qtbot)


def test_a_term_has_a_place(row: TermRow) -> None:
    row.show_term(Term(Text("a frog"), 0.5))
    assert not row.where.isVisible()
    row.more.click()
    assert row.where.isVisible()
    row.where.combo.setCurrentIndex(row.where.combo.findText("Left half"))
    row.where.combo.activated.emit(row.where.combo.currentIndex())
    assert edited(row) == [Term(Text("a frog"), 0.5, NEVER_STOP, NAMED["left"])]
    row.more.click()
    assert row.where.isVisible(), "what is set stays visible"
    row.show_term(Term(Text("a frog"), 0.5))
    assert not row.where.isVisible()


def test_noise_has_a_seed_instead_of_words(row: TermRow, qtbot: QtBot) -> None:
    row.show_term(Term(Noise(4), 0.3))
    assert row.noise.isVisible()
    assert not row.words.isVisible() and not row.picture.isVisible()
    row.noise.box.setFocus()
    qtbot.keyClicks(row.noise.box, "2")
    assert edited(row) == [Term(Noise(42), 0.3)]
    row.weight.box.setValue(1)
    assert edited(row)[-1] == Term(Noise(42))
