"""The score lane with a mouse and keys, on the frames of the lanes above."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.editor import TimelineEditor
from studio.app.timeline.score_lane import ScoreLane
from studio.score.fooled import Span

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def lane(editor: TimelineEditor, context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> ScoreLane:
    """On screen, with scores of frames 33 to 63, which share no picture with others, and a warning in 40 to 49."""
    for frame in range(33, 64):
        path = tmp_path / f"{frame}.png"
        Image.new("RGB", (4, 4), (frame, 0, 0)).save(path)
        context.frames.committed(context.frames._look.final[frame], path)
    scorer.spans = (Span(1, 40, 50, 0.11, 0.22),)
    editor.show_scores(True)
    qtbot.waitUntil(lambda: context.scoring.scores is not None and not context.scoring.busy)
    return editor.scores


def spot(lane: ScoreLane, frame: float) -> QPoint:
    return QPoint(round(lane.stage.scale.x(frame)), lane.height() // 2)


def test_it_is_hidden_at_first_and_then_nothing_is_loaded(
    editor: TimelineEditor, context: Context, scorer: Any, qtbot: QtBot
) -> None:
    assert not editor.scores.isVisible()
    qtbot.wait(50)
    assert scorer.threads == set()
    editor.show_scores(True)
    qtbot.waitUntil(lambda: context.scoring.scores is not None)
    editor.show_scores(False)
    qtbot.waitUntil(lambda: scorer.closed == 1)


def test_it_lies_below_the_lanes_on_the_same_frames(lane: ScoreLane, editor: TimelineEditor) -> None:
    lanes = editor.lanes
    assert lane.mapTo(editor, QPoint(0, 0)).x() == lanes.mapTo(editor, QPoint(0, 0)).x()
    assert lane.width() == lanes.width()
    assert lane.mapTo(editor, QPoint(0, 0)).y() == lanes.mapTo(editor, QPoint(0, lanes.height())).y()


def test_pressing_scrubs_and_escape_goes_back(lane: ScoreLane, context: Context, qtbot: QtBot) -> None:
    context.player.seek(3)
    qtbot.mousePress(lane, LEFT, NONE, spot(lane, 50))
    assert context.player.frame == 50
    qtbot.keyClick(lane, Qt.Key.Key_Escape)
    assert context.player.frame == 3
    qtbot.mouseRelease(lane, LEFT, NONE, spot(lane, 50))
    qtbot.mouseClick(lane, LEFT, NONE, spot(lane, 20))
    assert context.player.frame == 20


def test_hovering_shows_the_numbers_of_the_frame(lane: ScoreLane, qtbot: QtBot) -> None:
    qtbot.mouseMove(lane, spot(lane, 45.4))
    qtbot.waitUntil(lambda: lane.pointed == 45)
    assert "a purple heart on a starry night" in QToolTip.text()
    assert "100\N{NO-BREAK SPACE}%" in QToolTip.text()
    assert "CLIP is being fooled" in QToolTip.text()
    QToolTip.hideText()


def test_enter_shows_them_at_the_playhead(lane: ScoreLane, context: Context, qtbot: QtBot) -> None:
    context.player.seek(60)
    qtbot.keyClick(lane, Qt.Key.Key_Return)
    assert "Frame 60" in QToolTip.text()
    QToolTip.hideText()


def test_the_wheel_zooms_as_above(lane: ScoreLane, qtbot: QtBot) -> None:
    before, at = lane.stage.scale.frame_width, spot(lane, 40)
    event = QWheelEvent(
        QPointF(at),
        QPointF(lane.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(lane, event)
    assert lane.stage.scale.frame_width > before
    assert abs(spot(lane, 40).x() - at.x()) <= 1


def test_a_screen_reader_hears_the_playheads_frame(lane: ScoreLane, context: Context) -> None:
    assert lane.accessibleName() == "Score lane"
    context.player.seek(60)
    assert lane.accessibleDescription().startswith("Frame 60. ")
    assert "1 warning in all" in lane.accessibleDescription()
    context.player.seek(45)
    assert "CLIP is being fooled here, in frames 40 to 49" in lane.accessibleDescription()
    context.player.seek(3)
    assert "not rendered" in lane.accessibleDescription()


def test_the_playhead_goes_through_it(lane: ScoreLane, context: Context) -> None:
    from studio.app.theme import theme

    context.player.seek(50)
    pixel = lane.grab().toImage().pixelColor(round(lane.stage.scale.x(50)), 40)
    accent = theme().colours.accent
    assert abs(pixel.red() - accent.red()) + abs(pixel.green() - accent.green()) < 12


def test_lines_are_drawn_once_and_not_for_every_step_of_the_playhead(
    lane: ScoreLane, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.grab()
    drawn = []
    draw = lane._draw
    monkeypatch.setattr(lane, "_draw", lambda ratio: drawn.append(ratio) or draw(ratio))
    for frame in range(10):
        context.player.seek(frame)
        lane.grab()
    assert drawn == []
    lane.stage.scale.zoom(2, 100)
    lane.grab()
    assert len(drawn) == 1


def test_an_error_is_told_where_the_lines_would_be(
    lane: ScoreLane, context: Context, scorer: Any, qtbot: QtBot
) -> None:
    from studio.base.errors import ModelError

    plain = lane.grab().toImage()
    context.scoring.error = ModelError("The model is missing", "Nobody fetched it", "Fetch it")
    context.scoring.changed.emit()
    assert lane.grab().toImage() != plain


def test_ten_thousand_frames_are_drawn_in_time(editor: TimelineEditor, context: Context, lane: ScoreLane) -> None:
    from studio.witness.series import Scores, Sight

    count, kinds = 10_000, 20
    names = (*context.scoring.scores.prompts, *(f"prompt {number}" for number in range(3, kinds)))  # type: ignore[union-attr]
    asked = np.zeros((count, kinds), np.bool_)
    for start in range(0, count, 100):
        asked[start : start + 200, start // 100 % kinds] = True
    seen = np.where(asked, 1, 0.2).astype(np.float32) + np.sin(np.arange(count, dtype=np.float32))[:, None] / 20
    context.scoring.scores = Scores(names, asked, Sight("g", seen, seen), Sight("w", seen, seen), ())
    lane.stage.scale.resize(lane.width(), count)
    lane.stage.scale.fit()
    best = 1.0
    for _ in range(5):
        began = time.thread_time()
        lane._draw(1.0)
        best = min(best, time.thread_time() - began)
    assert best < 0.05
