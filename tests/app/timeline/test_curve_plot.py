from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.timeline.curve_plot import CurvePlot
from studio.app.timeline.scale import Scale
from studio.timeline.curve import value_at
from studio.timeline.model import KeyRef, TrackRef

ZOOM = TrackRef("parameter", "zoom")
PROMPT = TrackRef("prompt", "Prompt")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def plot(context: Context, qtbot: QtBot) -> CurvePlot:
    scale = Scale()
    scale.resize(800, 97)
    made = CurvePlot(context, scale)
    qtbot.addWidget(made)
    made.resize(800, 200)
    made.show()
    made.show_track(ZOOM)
    return made


def at(plot: CurvePlot, frame: int) -> QPoint:
    curve = plot.curve
    assert curve is not None
    return plot.place(next(knot for knot in curve.knots if knot.frame == frame)).toPoint()


def drag(plot: CurvePlot, start: QPoint, end: QPoint, *, release: bool = True) -> None:
    QTest.mousePress(plot, LEFT, pos=start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(plot, start + (end - start) * share)
    if release:
        QTest.mouseRelease(plot, LEFT, pos=end)


def keys(context: Context) -> dict[int, float]:
    return {key.frame: key.value for key in context.document.timeline.parameter("zoom").track.keys}


def test_a_key_is_dragged_in_time_and_value_as_one_entry(plot: CurvePlot, context: Context) -> None:
    start = at(plot, 32)
    drag(plot, start, start + QPoint(round(8 * plot._scale.frame_width), 60))
    moved = keys(context)
    assert 40 in moved
    assert moved[40] < 1.04
    assert context.document.labels == ("Move key in the curve",)
    assert context.choice.keys == {KeyRef(ZOOM, 40)}
    context.document.undo()
    assert keys(context) == {0: 1.0, 32: 1.04, 96: 1.0}


def test_escape_takes_a_drag_back(plot: CurvePlot, context: Context) -> None:
    start = at(plot, 32)
    drag(plot, start, start + QPoint(100, 20), release=False)
    assert keys(context) != {0: 1.0, 32: 1.04, 96: 1.0}
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    QTest.mouseRelease(plot, LEFT, pos=start)
    assert keys(context) == {0: 1.0, 32: 1.04, 96: 1.0}
    assert context.document.labels == ()


def test_a_key_stops_before_another_and_at_the_end(plot: CurvePlot, context: Context) -> None:
    start = at(plot, 32)
    drag(plot, start, start + QPoint(5000, 0))
    assert sorted(keys(context)) == [0, 95, 96]


def test_a_handle_shapes_the_ease(plot: CurvePlot, context: Context) -> None:
    QTest.mouseClick(plot, LEFT, pos=at(plot, 32))
    curve = plot.curve
    assert curve is not None
    handle = next(each for each in curve.handles(plot.selected) if each.second)
    place = plot.place(handle).toPoint()
    drag(plot, place, place - QPoint(40, 0))
    ease = context.document.timeline.parameter("zoom").track.key(0).ease
    assert 0 < ease.x2 < 0.58
    assert context.document.labels == ("Shape curve",)


def test_the_mix_of_prompts_is_shaped_by_hand(plot: CurvePlot, context: Context) -> None:
    plot.show_track(PROMPT)
    QTest.mouseClick(plot, LEFT, pos=at(plot, 0))
    curve = plot.curve
    assert curve is not None
    (handle,) = curve.handles(plot.selected)
    place = plot.place(handle).toPoint()
    drag(plot, place, place + QPoint(30, -50))
    ease = context.document.timeline.prompt("Prompt").track.key(0).ease
    assert ease.x1 > 0.42
    assert ease.y1 > 0
    start = at(plot, 32)
    drag(plot, start, start + QPoint(0, 80))
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 32, 64)


def test_a_box_selects(plot: CurvePlot, context: Context) -> None:
    drag(plot, QPoint(2, 2), QPoint(at(plot, 32).x() + 10, 198))
    assert context.choice.keys == {KeyRef(ZOOM, 0), KeyRef(ZOOM, 32)}
    QTest.mouseClick(plot, LEFT, pos=QPoint(at(plot, 32).x() + 60, 5))
    assert not context.choice.keys


def test_a_double_click_adds_a_key_without_changing_the_curve(plot: CurvePlot, context: Context) -> None:
    def values() -> list[float]:
        timeline = context.document.timeline
        return [value_at(timeline.parameter("zoom").track, frame, timeline.length, False) for frame in range(97)]

    before = values()
    QTest.mouseDClick(plot, LEFT, pos=QPoint(round(plot._scale.x(16)), 100))
    assert 16 in keys(context)
    assert values() == pytest.approx(before, abs=1e-9)


def test_values_are_nudged_by_keys_and_stay_in_range(plot: CurvePlot, context: Context) -> None:
    QTest.mouseClick(plot, LEFT, pos=at(plot, 32))
    QTest.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert keys(context)[32] > 1.04
    start = at(plot, 32)
    plot.axis = plot.axis.zoomed(0.01, 100)
    drag(plot, at(plot, 32), at(plot, 32) - QPoint(0, 5000))
    assert keys(context)[32] == 2.0
    assert start


def test_the_wheel_zooms_values_with_alt(plot: CurvePlot) -> None:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QWheelEvent

    before = plot.axis
    event = QWheelEvent(
        QPointF(100, 100),
        plot.mapToGlobal(QPointF(100, 100)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.AltModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(plot, event)
    assert plot.axis.high - plot.axis.low < before.high - before.low
