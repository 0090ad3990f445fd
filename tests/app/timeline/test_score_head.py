"""The head of the lane: who looks, warnings to go through, the choice of the witness."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.editor import TimelineEditor
from studio.app.timeline.score_head import ScoreHead
from studio.score.fooled import Span


@pytest.fixture
def head(editor: TimelineEditor, context: Context, scorer: Any, qtbot: QtBot) -> ScoreHead:
    scorer.spans = (Span(1, 40, 50, 0.11, 0.22), Span(0, 70, 80, 0.1, 0.1))
    editor.show_scores(True)
    qtbot.waitUntil(lambda: context.scoring.scores is not None and not context.scoring.busy)
    found = editor.findChild(ScoreHead)
    assert isinstance(found, ScoreHead)
    return found


def test_warnings_are_gone_through(head: ScoreHead, context: Context, qtbot: QtBot) -> None:
    assert head.warnings.isVisible()
    assert head.warnings.text() == "2"
    assert "CLIP is being fooled in 2 places" in head.warnings.accessibleName()
    assert "a purple heart" in head.warnings.toolTip()
    seen = []
    for _ in range(3):
        qtbot.mouseClick(head.warnings, Qt.MouseButton.LeftButton)
        seen.append(context.player.frame)
    assert seen == [40, 70, 40]


def test_without_warnings_there_is_no_button(head: ScoreHead, context: Context, scorer: Any, qtbot: QtBot) -> None:
    scorer.spans = ()
    context.scoring.watch(False)
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: not head.warnings.isVisible())


def test_the_witness_is_chosen_among_those_that_do_not_guide(
    head: ScoreHead, context: Context, scorer: Any, qtbot: QtBot
) -> None:
    menu = head.choice.menu()
    menu.aboutToShow.emit()
    items = {action.text(): action for action in menu.actions()}
    assert set(items) == {"starter-clip (guides)", "starter-evaluator"}
    assert not items["starter-clip (guides)"].isEnabled()
    assert "cannot judge" in items["starter-clip (guides)"].toolTip()
    items["starter-evaluator"].trigger()
    assert context.scoring.witness == "starter-evaluator"


def test_its_own_button_folds_the_lane(head: ScoreHead, editor: TimelineEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editor.fold_wanted):
        qtbot.mouseClick(head.fold, Qt.MouseButton.LeftButton)


def test_every_button_says_what_it_does_and_is_reached_by_tab(head: ScoreHead) -> None:
    for button in (head.warnings, head.choice, head.fold):
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "0\N{NO-BREAK SPACE}% is chance" in head.toolTip()
    assert "guide" in head.toolTip()
