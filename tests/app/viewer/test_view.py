from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from studio.app.viewer.view import LARGEST, MARGIN, SMALLEST, View

PORT = QRectF(0, 0, 800, 600)
PICTURE = QSize(256, 128)


def share(view: View, at: QPointF, ratio: float = 1) -> tuple[float, float]:
    place = view.place(PICTURE, PORT, ratio)
    return (at.x() - place.x()) / place.width(), (at.y() - place.y()) / place.height()


def test_a_fitted_picture_is_whole_in_the_middle_and_leaves_its_margin():
    place = View().place(PICTURE, PORT, 1)
    assert place.center() == PORT.center()
    assert place.width() == 800 - 2 * MARGIN.width()
    assert place.width() / place.height() == pytest.approx(2, rel=0.01)
    tall = View().place(QSize(100, 1000), PORT, 1)
    assert tall.height() == 600 - 2 * MARGIN.height()


def test_a_hundred_percent_is_a_device_pixel_for_each_pixel_whatever_the_ratio():
    for ratio in (1, 1.25, 2):
        place = View(1.0).place(PICTURE, PORT, ratio)
        assert (place.width(), place.height()) == (256, 128)
        assert place.x() == int(place.x())
        assert place.y() == int(place.y())


@pytest.mark.parametrize("at", [QPointF(300, 250), QPointF(410, 333), QPointF(440, 320)])
@pytest.mark.parametrize("zoom", [0.7, 1.3, 5, 30])
def test_what_is_under_the_cursor_stays_there(at, zoom):
    before = View(2.0, 0.4, 0.6)
    after = before.zoomed(zoom, at, PICTURE, PORT, 1)
    assert after.zoom == zoom
    assert share(after, at) == pytest.approx(share(before, at), abs=1 / (128 * min(zoom, 1)))


def test_zooming_a_fitted_picture_begins_where_it_is():
    at = QPointF(500, 300)
    after = View().zoomed(4, at, PICTURE, PORT, 1)
    assert share(after, at) == pytest.approx(share(View(), at), abs=0.01)


def test_zoom_ends_somewhere():
    assert View().zoomed(1e9, QPointF(), PICTURE, PORT, 1).zoom == LARGEST
    assert View().zoomed(0, QPointF(), PICTURE, PORT, 1).zoom == SMALLEST


def test_pushing_moves_by_as_much_and_never_loses_the_picture():
    view = View(2.0)
    moved = view.moved(QPointF(30, -20), PICTURE, PORT, 1)
    before, after = view.place(PICTURE, PORT, 1), moved.place(PICTURE, PORT, 1)
    assert after.topLeft() - before.topLeft() == QPointF(30, -20)
    far = view.moved(QPointF(1e6, 1e6), PICTURE, PORT, 1)
    assert (far.x, far.y) == (0, 0)
    assert far.place(PICTURE, PORT, 1).topLeft() == PORT.center()
    fitted = View().moved(QPointF(0, 0), PICTURE, PORT, 1)
    assert fitted.zoom == View().scale(PICTURE, PORT, 1)


def test_pixels_are_squares_from_two_hundred_percent_on():
    assert [View(zoom).crisp for zoom in (1.0, 1.99, 2.0, 8.0)] == [False, False, True, True]
    assert not View().crisp


def test_a_tiny_viewer_still_shows_something():
    place = View().place(PICTURE, QRectF(0, 0, 40, 30), 1)
    assert 0 < place.width() <= 40
