"""Curves are drawn exactly."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from studio.app.timeline.geometry import Heights
from studio.app.timeline.paint_curves import course
from studio.timeline.curve import value_at
from studio.timeline.easing import Ease
from studio.timeline.edits import set_ease, set_key, set_loop, set_muted
from studio.timeline.model import KeyRef


@pytest.mark.parametrize("ease", [Ease.LINEAR, Ease.IN, Ease.BOTH, Ease.OVERSHOOT, Ease.bezier(0.9, -0.4, 0.1, 1.7)])
def test_the_path_goes_through_what_the_ease_says(ease):
    start, stop = QPointF(100, 80), QPointF(300, 20)
    path = QPainterPath(start)
    course(path, start, ease, stop)
    for percent in (0.0, 0.1, 0.37, 0.5, 0.8, 1.0):
        point = path.pointAtPercent(percent)
        level = ease.at((point.x() - 100) / 200)
        assert point.y() == pytest.approx(80 - 60 * level, abs=0.01)


def test_a_hold_stays_and_jumps():
    path = QPainterPath(QPointF(0, 10))
    course(path, QPointF(0, 10), Ease.HOLD, QPointF(50, 30))
    assert [(path.elementAt(i).x, path.elementAt(i).y) for i in range(3)] == [(0, 10), (50, 10), (50, 30)]


@pytest.fixture
def ink(editor, hand):
    """How bright the lane of a parameter is at a frame and a value, compared with its ground."""

    def ink(frame, value, ref=None):
        ref = ref or hand.zoom
        image = editor.lanes.grab().toImage()
        track = editor.stage.timeline.find(ref)
        top = editor.stage.top(ref)
        x = round(editor.scale.x(frame))
        y = round(top + Heights.of(track).y(value))
        ground = image.pixelColor(x, round(top) + 3).lightness()
        return max(image.pixelColor(x, y + dy).lightness() for dy in (-1, 0, 1)) - ground

    return ink


@pytest.mark.parametrize("frame", [10, 20, 50, 80])
def test_the_line_is_where_the_value_is(ink, context, frame):
    track = context.document.timeline.parameter("zoom").track
    assert ink(frame, value_at(track, frame, 97, False)) > 60


def test_before_the_first_and_after_the_last_key_the_value_stays(ink, hand):
    assert ink(80, 0.6, hand.rotate) > 60


def test_in_a_loop_the_last_key_goes_on_to_the_first(ink, context, hand):
    context.document.edit(set_loop(True))
    track = context.document.timeline.parameter("rotate").track
    assert ink(80, value_at(track, 80, 97, True), hand.rotate) > 60


def test_a_bar_joins_equal_values(editor, context, hand, ink):
    def thickness():
        image = editor.lanes.grab().toImage()
        x, top = round(editor.scale.x(16)), round(editor.stage.top(hand.zoom))
        ground = image.pixelColor(x, top + 3)
        return sum(image.pixelColor(x, top + y) != ground for y in range(2, 46))

    before = thickness()
    context.document.edit(set_key(hand.zoom, 32, 1.0))
    assert thickness() > before + 1


def test_selected_and_muted_look_otherwise(editor, context, hand):
    at = hand.key(hand.zoom, 32)
    plain = editor.lanes.grab().toImage().pixelColor(at)
    context.choice.select([KeyRef(hand.zoom, 32)])
    chosen = editor.lanes.grab().toImage().pixelColor(at)
    context.choice.clear()
    context.document.edit(set_muted([hand.zoom], True))
    muted = editor.lanes.grab().toImage().pixelColor(at)
    assert chosen.lightness() > plain.lightness() > muted.lightness()


def test_the_shape_follows_the_ease(editor, context, hand):
    def look():
        return editor.lanes.grab().toImage().copy(hand.key(hand.zoom, 32).x(), hand.key(hand.zoom, 32).y() - 8, 9, 16)

    eased = look()
    context.document.edit(set_ease([KeyRef(hand.zoom, 32)], Ease.HOLD))
    assert look() != eased
