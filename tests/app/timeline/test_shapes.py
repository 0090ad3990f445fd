"""Keys are shaped by their eases."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.timeline.shapes import Side, arriving, draw_key, leaving, outline, sides
from studio.timeline.easing import Ease
from studio.timeline.track import Keyframe, Track


@pytest.mark.parametrize(
    ("ease", "leaves", "arrives"),
    [
        (Ease.LINEAR, Side.LINEAR, Side.LINEAR),
        (Ease.HOLD, Side.HOLD, Side.HOLD),
        (Ease.IN, Side.EASED, Side.LINEAR),
        (Ease.OUT, Side.LINEAR, Side.EASED),
        (Ease.BOTH, Side.EASED, Side.EASED),
        (Ease.bezier(0.3, 0.3, 0.6, 0.6), Side.LINEAR, Side.LINEAR),
        (Ease.OVERSHOOT, Side.OVERSHOOT, Side.EASED),
    ],
)
def test_both_ends_of_an_ease_have_their_shape(ease, leaves, arrives):
    assert (leaving(ease), arriving(ease)) == (leaves, arrives)


def test_a_key_is_shaped_by_the_ease_before_it_and_its_own():
    track = Track((Keyframe(0, 0.0, Ease.HOLD), Keyframe(5, 1.0, Ease.BOTH), Keyframe(9, 2.0)))
    assert [sides(track, place) for place in range(3)] == [
        (Side.HOLD, Side.HOLD),
        (Side.HOLD, Side.EASED),
        (Side.EASED, Side.LINEAR),
    ]


@pytest.mark.parametrize("left", Side)
@pytest.mark.parametrize("right", Side)
def test_every_pair_makes_a_shape_of_its_own_within_the_radius(qapp, left, right):
    shape = outline(left, right, 6)
    assert shape.boundingRect().adjusted(-0.01, -0.01, 0.01, 0.01).contains(QPointF(0, 5.9))
    assert shape.boundingRect().width() <= 12.1
    assert shape.contains(QPointF(0, 0))
    others = [outline(a, b, 6) for a in Side for b in Side if (a, b) != (left, right)]
    assert shape not in others


def test_a_key_is_drawn_around_its_point_in_its_colour(qapp):
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_key(painter, QPointF(20, 20), (Side.LINEAR, Side.LINEAR), QColor("#ff0000"), QColor("#0000ff"))
    painter.end()
    assert image.pixelColor(20, 20) == QColor("#ff0000")
    assert image.pixelColor(20, 8).alpha() == 0
    assert image.pixelColor(25, 15).alpha() < image.pixelColor(20, 15).alpha()
