"""Where frames lie on screen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from studio.app.timeline.scale import MARGIN, WIDEST, Scale


@pytest.fixture
def scale(qapp: QApplication) -> Scale:
    made = Scale()
    made.resize(1000, 100)
    made.fit()
    return made


def test_fit_shows_everything_between_the_margins(scale):
    assert scale.x(0) == MARGIN
    assert scale.x(100) == pytest.approx(1000 - MARGIN)
    assert scale.visible == range(0, 100)


@pytest.mark.parametrize("frame", [0, 1, 37, 99])
def test_a_frame_and_its_place_are_inverse(scale, frame):
    scale.zoom(3, 400)
    assert scale.frame(scale.x(frame)) == frame
    assert scale.exact(scale.x(frame)) == pytest.approx(frame)


def test_places_beyond_the_ends_are_the_ends(scale):
    assert scale.frame(-500) == 0
    assert scale.frame(5000) == 99


@pytest.mark.parametrize("x", [100.0, 500.0, 900.0])
def test_zoom_keeps_what_is_under_the_pointer(scale, x):
    scale.zoom(2, 500)
    place = scale.exact(x)
    scale.zoom(1.7, x)
    assert scale.exact(x) == pytest.approx(place)


def test_zoom_stops_at_everything_and_at_the_widest(scale):
    scale.zoom(0.01, 500)
    assert scale.frame_width == scale.least
    scale.zoom(1e6, 500)
    assert scale.frame_width == WIDEST


def test_scrolling_stops_at_both_ends(scale):
    scale.zoom(4, 0)
    scale.scroll(-1e6)
    assert scale.start == 0
    scale.scroll(1e6)
    assert scale.x(100) == pytest.approx(1000 - MARGIN)
    scale.scroll_to(40)
    assert scale.start == 40


def test_what_was_fitted_stays_fitted_and_what_was_not_does_not(scale):
    scale.resize(500, 200)
    assert scale.x(200) == pytest.approx(500 - MARGIN)
    scale.zoom(3, 0)
    width = scale.frame_width
    scale.resize(800, 200)
    assert scale.frame_width == width


def test_reveal_scrolls_no_further_than_needed(scale):
    scale.zoom(5, 0)
    before = scale.start
    scale.reveal(1)
    assert scale.start == before
    scale.reveal(90)
    assert scale.x(91) == pytest.approx(1000 - MARGIN)
    scale.reveal(10)
    assert scale.x(10) == pytest.approx(MARGIN)


def test_only_visible_frames_are_listed(scale):
    scale.zoom(10, 0)
    scale.scroll_to(scale.frame_width * 20)
    visible = scale.visible
    assert len(visible) < 15
    assert visible.start in (18, 19, 20)


def test_every_change_is_told(scale, qtbot):
    for change in (lambda: scale.zoom(2, 100), lambda: scale.scroll(10), scale.fit):
        with qtbot.waitSignal(scale.changed, timeout=100):
            change()


def test_one_frame_and_no_room_are_no_trouble(qapp):
    scale = Scale()
    scale.resize(0, 1)
    scale.fit()
    assert scale.frame(10) == 0
    assert scale.visible == range(0, 1)
