from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels import prompt_section
from studio.app.panels.inspector import Inspector
from studio.base.errors import InputError
from studio.project import changes
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef

ZOOM = TrackRef("parameter", "zoom")


@pytest.fixture
def inspector(context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Inspector:
    monkeypatch.setattr("studio.app.panels.tokens.tokens_of", lambda _perceptor, text: (len(text.split()), 75))
    made = Inspector(context)
    qtbot.addWidget(made)
    made.resize(296, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_it_scrolls_down_and_never_sideways(inspector: Inspector, context: Context) -> None:
    area = inspector.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    inspector.resize(inspector.minimumWidth(), 300)
    context.choice.select([KeyRef(ZOOM, 32)])
    inspector.picture.craft.button.setChecked(True)
    context.document.edit(edits.set_ease([KeyRef(ZOOM, 32)], Ease.bezier(0.1, 0.9, 0.2, 1)))
    assert inspector.key.ease.custom.isVisible(), "the widest row there is"
    inspector.grab()
    assert area.widget().width() <= area.viewport().width()
    last = inspector.key.ease.back
    assert last.mapTo(area.viewport(), last.rect().topRight()).x() < area.viewport().width()


def test_another_project_is_shown_from_its_top(inspector: Inspector, context: Context, qtbot: QtBot) -> None:
    area = inspector.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    context.document.apply(changes.set_seed(3))
    assert bar.value() > 0, "an edit leaves it where it is"
    context.document.open(context.document.project, None, Path())
    assert bar.value() == 0


def test_the_wheel_scrolls_past_what_has_the_focus(inspector: Inspector, context: Context, qtbot: QtBot) -> None:
    combo = inspector.picture.medium.combo
    combo.setFocus()
    area = inspector.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    area.ensureWidgetVisible(combo)
    before = area.verticalScrollBar().value()
    place = QPointF(combo.mapTo(inspector, combo.rect().center()))
    QTest.wheelEvent(inspector.windowHandle(), place, QPoint(0, -120))
    assert area.verticalScrollBar().value() > before
    assert context.document.labels == ()


def test_the_selected_key_comes_first(inspector: Inspector, context: Context, qtbot: QtBot) -> None:
    assert not inspector.key.isVisible()
    context.choice.select([KeyRef(ZOOM, 32)])
    qtbot.waitUntil(inspector.key.isVisible)
    inspector.grab()
    assert inspector.key.y() < inspector.prompt.y()


def test_words_can_be_typed_at_once(inspector: Inspector) -> None:
    inspector.focus_prompt()
    assert inspector.prompt.rows[0].words.hasFocus()
    assert prompt_section.PromptSection is type(inspector.prompt)


def test_remix_rolls_the_seed_unless_it_is_locked(inspector: Inspector, context: Context, qtbot: QtBot) -> None:
    qtbot.mouseClick(inspector.remix, Qt.MouseButton.LeftButton)
    seed = context.document.project.seed
    assert seed != 0
    inspector.picture.seed.lock.setChecked(True)
    assert not inspector.remix.isEnabled()
    qtbot.mouseClick(inspector.remix, Qt.MouseButton.LeftButton)
    assert context.document.project.seed == seed


def test_problems_and_notes_of_the_frames_are_told(inspector: Inspector, context: Context) -> None:
    assert not inspector.problem.isVisible()
    context.frames.problem_changed.emit(InputError("The timeline has no prompt"))
    assert "no prompt" in inspector.problem.text()
    assert inspector.problem.isVisible()
    context.frames.problem_changed.emit(None)
    assert not inspector.problem.isVisible()
    context.frames.notes = ("A walk has no camera.",)
    context.frames.changed.emit()
    assert inspector.notes.text() == "A walk has no camera."


def test_tab_reaches_every_part(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.focus_prompt()
    wanted = {
        inspector.prompt.rows[0].weight.box,
        inspector.picture.medium.combo,
        inspector.picture.seed.box,
        inspector.picture.judges.rows[0].model,
        inspector.presets,
        inspector.remix,
    }
    for _ in range(80):
        focused = QApplication.focusWidget()
        assert focused is not None
        wanted.discard(focused)  # type: ignore[arg-type]
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert wanted == set()
