"""What lies over the lanes."""

from __future__ import annotations

import pytest

from studio.app.theme import theme
from studio.timeline.edits import set_range
from studio.timeline.time import FrameRange


@pytest.fixture
def shot(editor):
    return lambda: editor.lanes.grab().toImage()


def test_the_playhead_stands_at_its_frame(shot, editor, context):
    context.player.seek(50)
    image, x = shot(), round(editor.scale.x(50))
    for y in (3, 100, 300, editor.lanes.height() - 2):
        assert image.pixelColor(x, y) == theme().colours.accent
    assert image.pixelColor(x + 30, editor.lanes.height() - 2) != theme().colours.accent


def test_what_is_out_of_the_range_is_darker(shot, editor, context, hand):
    at = hand.key(hand.rotate, 90)
    at.setY(at.y() - 20)
    before = shot().pixelColor(at)
    context.document.edit(set_range(FrameRange(0, 80)))
    assert shot().pixelColor(at).lightness() < before.lightness()


def test_the_line_of_a_snap_and_the_tip_are_drawn_during_a_drag(shot, context, hand, editor):
    editor.stage.set_current(hand.prompts)
    context.settings.set("snap", True)
    context.player.seek(20)
    before = shot()
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 48))
    hand.move(hand.key(hand.prompts, 20))
    during = shot()
    tip = hand.key(hand.prompts, 20)
    changed = [
        (x, y)
        for x in range(tip.x() + 16, tip.x() + 90, 3)
        for y in range(tip.y() - 34, tip.y() - 14, 3)
        if before.pixelColor(x, y) != during.pixelColor(x, y)
    ]
    assert len(changed) > 50
    hand.escape()
    assert shot() == before


def test_the_tip_stays_on_screen(shot, hand, editor):
    hand.press(hand.key(hand.prompts, 64))
    hand.move(hand.key(hand.prompts, 96))
    image = shot()
    column = [image.pixelColor(editor.lanes.width() - 6, y).name() for y in range(60, 160)]
    assert theme().colours.raised.name() in column
    hand.escape()


def test_a_box_is_drawn_and_goes(shot, hand, editor):
    top = round(editor.stage.top(hand.zoom)) + 3
    editor.stage.set_current(hand.zoom)
    before = shot()
    start, stop = hand.key(hand.zoom, 40), hand.key(hand.zoom, 60)
    start.setY(top)
    stop.setY(top + 40)
    hand.press(start)
    hand.move(stop)
    inside = hand.key(hand.zoom, 50)
    assert shot().pixelColor(inside.x(), top + 36) != before.pixelColor(inside.x(), top + 36)
    hand.release()
    assert shot().pixelColor(inside.x(), top + 36) == before.pixelColor(inside.x(), top + 36)
