"""An area painted by itself is what it is in the whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.theme import theme
from studio.app.timeline.paint import paint
from studio.timeline.edits import add_marker, add_parameter_track, add_prompt_track, set_loop, set_range
from studio.timeline.model import KeyRef, Marker, TrackRef
from studio.timeline.time import FrameRange


def picture(editor, area=None):
    lanes = editor.lanes
    made = QImage(lanes.size(), QImage.Format.Format_RGB32)
    made.fill(QColor("magenta"))
    painter = QPainter(made)
    whole = QRectF(lanes.rect())
    paint(painter, editor.stage, lanes.statuses, QRectF(area) if area else whole, whole)
    painter.end()
    return made


@pytest.fixture
def full(editor, context):
    document = context.document
    document.edit(add_marker(Marker(20, "wind")))
    document.edit(add_prompt_track("Empty"))
    document.edit(add_parameter_track("pan_x"))
    document.edit(set_range(FrameRange(10, 80)))
    document.edit(set_loop(True))
    context.choice.select([KeyRef(TrackRef("prompt", "Prompt"), 32), KeyRef(TrackRef("parameter", "zoom"), 32)])
    context.player.seek(32)
    return editor


@pytest.mark.parametrize("left", [0, 100, 333, 340, 600, 750])
def test_a_strip_fits_into_the_rest(full, left):
    area = QRect(left, 0, 16, full.lanes.height())
    whole, strip = picture(full).copy(area), picture(full, area).copy(area)
    differing = sum(
        1
        for x in range(strip.width())
        for y in range(strip.height())
        if strip.pixelColor(x, y) != whole.pixelColor(x, y)
    )
    assert differing <= 0.01 * strip.width() * strip.height()


def test_every_pixel_is_painted(full):
    image = picture(full)
    assert all(
        image.pixelColor(x, y) != QColor("magenta") for x in range(0, image.width(), 7) for y in range(image.height())
    )


def test_rows_do_not_show_through_the_ruler(full):
    before = picture(full).copy(QRect(0, 0, full.lanes.width(), full.stage.layout.ruler))
    full.resize(1000, 200)
    full.stage.scroll_to(30)
    after = picture(full).copy(QRect(0, 0, full.lanes.width(), full.stage.layout.ruler))
    assert full.stage.scrolled == 30
    assert after == before


def test_light_is_lighter_than_dark(full):
    dark = picture(full).pixelColor(5, full.lanes.height() - 5)
    theme().choose("light")
    try:
        assert picture(full).pixelColor(5, full.lanes.height() - 5).lightness() > dark.lightness() + 100
    finally:
        theme().choose("dark")
