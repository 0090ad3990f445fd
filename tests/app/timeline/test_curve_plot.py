from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.theme import theme
from studio.app.timeline.curve_board import Board
from studio.app.timeline.curve_plot import CurvePlot
from studio.app.timeline.scale import Scale
from studio.timeline import edits
from studio.timeline.curve import value_at
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
BEFORE = {0: 1.0, 32: 1.04, 96: 1.0}


class Hand:
    """Real mouse events on the plot."""

    def __init__(self, plot: CurvePlot, qtbot: QtBot) -> None:
        self.plot, self.qtbot = plot, qtbot

    def key(self, frame: int) -> QPoint:
        curve = self.plot.curve
        assert curve is not None
        return self.plot.place(next(knot for knot in curve.knots if knot.frame == frame)).toPoint()

    def handle(self, frame: int, end: int) -> QPoint:
        found = [each for each in self.plot.board.handles if (each.frame, each.end) == (frame, end)]
        return self.plot.place(found[0]).toPoint()

    def move(self, at: QPoint, held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(self.plot.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            button,
            held,
        )
        QCoreApplication.sendEvent(self.plot, event)

    def drag(
        self,
        start: QPoint,
        by: QPoint,
        held: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
        *,
        release: bool = True,
    ) -> None:
        self.qtbot.mousePress(self.plot, button, held, start)
        for share in (0.3, 0.7, 1.0):
            self.move(start + by * share, held, button)
        if release:
            self.qtbot.mouseRelease(self.plot, button, held, start + by)

    def click(self, at: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.mouseClick(self.plot, LEFT, held, at)

    def wheel(self, angle: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
        at, none = QPointF(300, 60), Qt.MouseButton.NoButton
        where = self.plot.mapToGlobal(at)
        event = QWheelEvent(at, where, QPoint(), angle, none, held, Qt.ScrollPhase.NoScrollPhase, False)
        QCoreApplication.sendEvent(self.plot, event)


@pytest.fixture
def plot(context: Context, qtbot: QtBot) -> CurvePlot:
    context.settings.set("snap", False)
    scale = Scale()
    scale.resize(800, 97)
    board = Board(context, scale)
    made = CurvePlot(board)
    board.setParent(made)
    scale.setParent(made)
    qtbot.addWidget(made)
    made.resize(800, 200)
    made.show()
    return made


@pytest.fixture
def hand(plot: CurvePlot, qtbot: QtBot) -> Hand:
    return Hand(plot, qtbot)


def keys(context: Context, name: str = "zoom") -> dict[int, float]:
    return {key.frame: key.value for key in context.document.timeline.parameter(name).track.keys}


def frames(plot: CurvePlot, number: int) -> QPoint:
    return QPoint(round(number * plot.board.scale.frame_width), 0)


def test_a_key_is_dragged_in_time_and_value_as_one_entry(plot: CurvePlot, hand: Hand, context: Context) -> None:
    start = hand.key(32)
    hand.drag(start, frames(plot, 8) + QPoint(0, 60))
    moved = keys(context)
    assert sorted(moved) == [0, 40, 96]
    assert 0.99 < moved[40] < 1.035
    assert moved[40] == round(moved[40], 4)
    assert context.document.labels == ("Move key",)
    assert context.choice.keys == {KeyRef(ZOOM, 40)}
    assert not plot.board.busy
    context.document.undo()
    assert keys(context) == BEFORE


def test_the_key_stays_under_the_pointer(plot: CurvePlot, hand: Hand) -> None:
    start = hand.key(32)
    hand.drag(start, frames(plot, 8) + QPoint(0, 60), release=False)
    at = hand.key(40)
    assert (at - start - frames(plot, 8) - QPoint(0, 60)).manhattanLength() <= 2
    hand.qtbot.keyClick(plot, Qt.Key.Key_Escape)


@pytest.mark.parametrize(("by", "expected"), [(QPoint(5, 40), {32}), (QPoint(60, 9), {40})])
def test_shift_keeps_to_one_direction(
    plot: CurvePlot, hand: Hand, context: Context, by: QPoint, expected: set[int]
) -> None:
    hand.click(hand.key(32))
    hand.drag(hand.key(32), by, SHIFT)
    moved = keys(context)
    assert (set(moved) - {0, 96} == expected) and (moved.get(40) == 1.04 or moved.get(32, 9) < 1.04)


def test_several_keys_go_together(plot: CurvePlot, hand: Hand, context: Context) -> None:
    hand.click(hand.key(0))
    hand.click(hand.key(32), SHIFT)
    hand.drag(hand.key(32), QPoint(0, 30) + frames(plot, -5))
    moved = keys(context)
    assert sorted(moved) == [0, 32, 96], "the first stands on frame 0 already"
    assert moved[32] - moved[0] == pytest.approx(0.04)
    assert moved[0] < 1
    assert context.document.labels == ("Change zoom",)
    assert len(context.choice.keys) == 2


def test_escape_takes_a_drag_back(plot: CurvePlot, hand: Hand, context: Context) -> None:
    start = hand.key(32)
    hand.drag(start, QPoint(100, 20), release=False)
    assert keys(context) != BEFORE
    hand.qtbot.keyClick(plot, Qt.Key.Key_Escape)
    hand.qtbot.mouseRelease(plot, LEFT, NONE, start)
    assert keys(context) == BEFORE
    assert context.document.labels == ()
    assert not context.choice.keys


def test_a_key_stops_before_another_and_at_the_end(hand: Hand, context: Context) -> None:
    hand.drag(hand.key(32), QPoint(5000, 0))
    assert sorted(keys(context)) == [0, 95, 96]


def test_a_key_snaps_where_snapping_is_on(plot: CurvePlot, hand: Hand, context: Context) -> None:
    context.settings.set("snap", True)
    context.player.seek(50)
    hand.drag(hand.key(32), frames(plot, 18) + QPoint(5, 0))
    assert 50 in keys(context)


def test_values_stay_within_the_range(plot: CurvePlot, hand: Hand, context: Context) -> None:
    plot.board.look(plot.board.axis.zoomed(0.05, 100))
    hand.drag(hand.key(32), QPoint(0, -5000))
    assert keys(context)[32] == 2.0


def test_a_handle_shapes_the_ease(plot: CurvePlot, hand: Hand, context: Context) -> None:
    hand.click(hand.key(32))
    hand.drag(hand.handle(0, 2), QPoint(-40, 0))
    ease = context.document.timeline.parameter("zoom").track.key(0).ease
    assert 0 < ease.x2 < 0.58
    assert (ease.x1, ease.y1, ease.y2) == pytest.approx((0.42, 0, 1), abs=0.01)
    assert context.document.labels == ("Shape curve",)
    hand.drag(hand.handle(32, 1), QPoint(30, 30), SHIFT)
    shaped = context.document.timeline.parameter("zoom").track.key(32).ease
    assert (shaped.x1 != 0.42) != (shaped.y1 != 0)


def test_a_selected_key_with_a_handle_on_it_can_still_be_dragged(plot: CurvePlot, hand: Hand, context: Context) -> None:
    context.document.edit(edits.set_ease([KeyRef(ZOOM, 32)], Ease.OUT))
    hand.click(hand.key(32))
    hand.drag(hand.key(32), frames(plot, 8))
    assert 40 in keys(context)
    hand.drag(hand.handle(40, 1), QPoint(50, 0))
    assert context.document.timeline.parameter("zoom").track.key(40).ease.x1 > 0.1


def test_the_mix_of_prompts_is_shaped_by_hand(plot: CurvePlot, hand: Hand, context: Context) -> None:
    plot.board.show(PROMPT)
    hand.click(hand.key(0))
    hand.drag(hand.handle(0, 1), QPoint(30, -50))
    ease = context.document.timeline.prompt("Prompt").track.key(0).ease
    assert ease.x1 > 0.42
    assert 0 < ease.y1 < 1
    hand.drag(hand.key(32), QPoint(0, 80))
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 32, 64)
    hand.drag(hand.key(32), frames(plot, 4))
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 36, 64)


def test_a_box_selects_and_a_click_beside_selects_nothing(hand: Hand, context: Context) -> None:
    hand.drag(QPoint(2, 2), QPoint(hand.key(32).x() + 8, 194))
    assert context.choice.keys == {KeyRef(ZOOM, 0), KeyRef(ZOOM, 32)}
    hand.drag(hand.key(96) - QPoint(20, 20), QPoint(30, 40), CTRL)
    assert len(context.choice.keys) == 3
    hand.click(QPoint(hand.key(32).x() + 60, 190))
    assert not context.choice.keys
    hand.click(hand.key(32))
    hand.click(hand.key(0), CTRL)
    hand.click(hand.key(32), CTRL)
    assert context.choice.keys == {KeyRef(ZOOM, 0)}


def test_a_double_click_adds_a_key_without_changing_the_curve(plot: CurvePlot, hand: Hand, context: Context) -> None:
    def values() -> list[float]:
        timeline = context.document.timeline
        return [value_at(timeline.parameter("zoom").track, frame, timeline.length, False) for frame in range(97)]

    before = values()
    hand.qtbot.mouseDClick(plot, LEFT, NONE, QPoint(round(plot.board.scale.x(16)), 100))
    assert 16 in keys(context)
    assert values() == pytest.approx(before, abs=1e-9)
    assert context.choice.keys == {KeyRef(ZOOM, 16)}


def test_the_first_key_of_an_empty_track_has_the_value_that_was_clicked(
    plot: CurvePlot, hand: Hand, context: Context
) -> None:
    context.document.edit(edits.remove_keys([KeyRef(ZOOM, frame) for frame in BEFORE]))
    plot.grab()
    value = plot.board.axis.value(150)
    hand.qtbot.mouseDClick(plot, LEFT, NONE, QPoint(round(plot.board.scale.x(16)), 150))
    assert keys(context) == {16: pytest.approx(value, abs=0.001)}


def test_delete_removes_and_keeps_the_easing(plot: CurvePlot, hand: Hand, context: Context) -> None:
    hand.click(hand.key(32))
    hand.qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert sorted(keys(context)) == [0, 96]


def test_keys_nudge_values_and_walk_from_key_to_key(plot: CurvePlot, hand: Hand, context: Context) -> None:
    hand.click(hand.key(32))
    for _ in range(3):
        hand.qtbot.keyClick(plot, Qt.Key.Key_Up, ALT)
    assert keys(context)[32] == pytest.approx(1.07)
    assert context.document.labels == ("Change zoom",)
    hand.qtbot.keyClick(plot, Qt.Key.Key_Down, ALT | SHIFT)
    assert keys(context)[32] == pytest.approx(0.97)
    hand.qtbot.keyClick(plot, Qt.Key.Key_Right, ALT)
    assert context.choice.keys == {KeyRef(ZOOM, 96)}
    assert context.player.frame == 96
    hand.qtbot.keyClick(plot, Qt.Key.Key_Left, ALT)
    assert context.choice.keys == {KeyRef(ZOOM, 32)}


def test_the_wheel_zooms_and_scrolls(plot: CurvePlot, hand: Hand) -> None:
    board = plot.board
    before = board.axis
    hand.wheel(QPoint(120, 0), ALT)  # Qt turns the wheel to the side where Alt is held
    assert board.axis.span < before.span
    assert board.axis.value(60) == pytest.approx(before.value(60))
    hand.wheel(QPoint(0, 120), SHIFT)
    assert board.axis.value(60) != pytest.approx(before.value(60))
    width = board.scale.frame_width
    hand.wheel(QPoint(0, 240), CTRL)
    assert board.scale.frame_width > width
    start = board.scale.start
    hand.wheel(QPoint(0, -120))
    assert board.scale.start > start


def test_the_middle_button_moves_the_view(plot: CurvePlot, hand: Hand) -> None:
    plot.board.scale.zoom(4, 400)
    before, start = plot.board.axis, plot.board.scale.start
    hand.drag(QPoint(400, 100), QPoint(50, 20), button=MIDDLE)
    assert plot.board.scale.start == pytest.approx(start - 50)
    assert plot.board.axis.y(before.value(100)) == pytest.approx(120)


def test_tips_tell_values(plot: CurvePlot, hand: Hand) -> None:
    hand.move(hand.key(32), button=Qt.MouseButton.NoButton)
    assert plot.board.overlay.tip == "1.04 · frame 32"
    hand.click(hand.key(32))
    hand.move(hand.handle(32, 1), button=Qt.MouseButton.NoButton)
    assert plot.board.overlay.tip == "42 % of the time · 0 % of the way"
    plot.board.show(ROTATE)
    hand.move(hand.key(64), button=Qt.MouseButton.NoButton)
    assert plot.board.overlay.tip == "0.6° · frame 64"


def test_many_keys_are_painted_in_a_frame(plot: CurvePlot, context: Context) -> None:
    import time

    for frame in range(1, 95, 1):
        if frame != 32:
            context.document.edit(edits.set_key(ZOOM, frame, 1 + (frame % 7) / 10))
    context.choice.select(KeyRef(ZOOM, frame) for frame in range(20, 40))
    plot.grab()
    times = []
    for _ in range(9):
        start = time.perf_counter()
        plot.grab()
        times.append(time.perf_counter() - start)
    assert sorted(times)[4] < 0.05
    assert all(b > a for a, b in pairwise(sorted(keys(context))))


def test_the_focus_is_seen_when_it_comes_by_the_keyboard(plot: CurvePlot, hand: Hand, qtbot: QtBot) -> None:
    plot.activateWindow()
    qtbot.waitExposed(plot)
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert plot.grab().toImage().pixelColor(0, 60) == theme().colours.focus
    assert "Nothing selected" in plot.accessibleDescription()
    hand.click(hand.key(32))
    assert "1.04" in plot.accessibleDescription()


def test_the_tip_goes_with_the_release_and_with_undo(plot: CurvePlot, hand: Hand, context: Context) -> None:
    hand.drag(hand.key(32), frames(plot, 8) + QPoint(0, 40))
    assert plot.board.overlay.tip == ""
    hand.move(hand.key(40), button=Qt.MouseButton.NoButton)
    assert "frame 40" in plot.board.overlay.tip
    context.document.undo()
    assert plot.board.overlay.tip == ""
    assert plot.board.hovered.key is None
    hand.move(hand.key(32), button=Qt.MouseButton.NoButton)
    assert "frame 32" in plot.board.overlay.tip
    plot.board.scale.zoom(2, 0)
    assert plot.board.overlay.tip == ""


def test_the_hint_says_what_ctrl_does_now(plot: CurvePlot, hand: Hand, context: Context) -> None:
    context.settings.set("snap", True)
    with hand.qtbot.waitSignal(plot.hint) as heard:
        hand.move(hand.key(32), button=Qt.MouseButton.NoButton)
    assert heard.args is not None
    assert heard.args[0].endswith(" · Ctrl: no snapping")
