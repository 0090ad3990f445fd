"""The ruler as it looks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor

from studio.app.theme import theme
from studio.app.timeline.geometry import HEAD, LABELS
from studio.app.timeline.paint_ruler import marker_colour
from studio.render.queue import State
from studio.timeline.edits import add_marker, set_key
from studio.timeline.model import Marker, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange


@pytest.fixture
def bar(editor):
    """The colour of the bar at a frame."""

    def bar(frame):
        image = editor.lanes.grab().toImage()
        return image.pixelColor(round(editor.scale.x(frame + 0.5)), editor.stage.layout.ruler - 3)

    return bar


@pytest.fixture
def render(context, qtbot):
    def render(frames, quality="final"):
        job = context.rendering.submit(context.document.project, context.document.folder, frames, quality)
        qtbot.waitUntil(lambda: context.rendering.queue.job(job.number).state is State.DONE, timeout=20000)

    return render


def test_rendered_frames_are_green_drafts_gold_and_others_not(bar, render):
    colours = theme().colours
    assert bar(3) not in (colours.rendered, colours.draft)
    render(FrameRange(0, 6))
    render(FrameRange(10, 14), "draft")
    assert bar(3) == colours.rendered
    assert bar(12) == colours.draft
    assert bar(20) not in (colours.rendered, colours.draft)


def test_a_running_render_shows_what_it_will_do_and_where_it_is(bar, context, session, qtbot):
    plain = bar(20)
    session.hold.clear()
    context.rendering.submit(context.document.project, context.document.folder, FrameRange(10, 30))
    qtbot.waitUntil(lambda: context.rendering.live is not None)
    assert bar(20) != plain
    assert bar(40) == plain
    assert bar(context.rendering.live.frame) != bar(20)
    context.rendering.cancel_all()
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy)
    assert bar(20) == plain


def test_stale_frames_look_neither_rendered_nor_empty(bar, render, context, editor):
    render(FrameRange(40, 50))
    assert bar(45) == theme().colours.rendered
    context.document.edit(set_key(TrackRef("prompt", "Prompt"), 32, parse_prompt("a pear")))
    context.frames.wait()
    image = editor.lanes.grab().toImage()
    y = editor.stage.layout.ruler - 3
    shown = {image.pixelColor(x, y).name() for x in range(round(editor.scale.x(41)), round(editor.scale.x(44)))}
    assert theme().colours.stale.name() in shown
    assert len(shown) > 1


def test_markers_have_their_colour_or_the_themes():
    assert marker_colour(Marker(0, "", "#3f9fd0")) == QColor("#3f9fd0")
    assert marker_colour(Marker(0, "", "no colour at all")) == theme().colours.warning
    assert marker_colour(Marker(0, "")) == theme().colours.warning


def test_a_marker_shows_in_its_band(editor, context, hand):
    context.document.edit(add_marker(Marker(20, "", "#00ff00")))
    image = editor.lanes.grab().toImage()
    assert image.pixelColor(hand.band(20)) == QColor("#00ff00")


def words(editor, left, right):
    """What is written on the ruler between two x, above the ticks."""
    return editor.lanes.grab().toImage().copy(round(left), 3, round(right - left), LABELS - 11)


def test_the_number_at_the_playhead_is_beside_its_handle(editor, context):
    x = editor.scale.x(24)
    context.player.seek(80)
    before = words(editor, x + 4, x + 18)
    context.player.seek(24)
    assert words(editor, x + HEAD + 3, x + HEAD + 17) == before


def test_a_number_that_the_handle_would_cut_is_left_out(editor, context):
    context.player.seek(80)
    x = editor.scale.x(24)
    assert editor.scale.frame_width < 18
    ground = words(editor, editor.scale.x(20), editor.scale.x(20) + 20)
    context.player.seek(25)
    left = editor.scale.x(25) + HEAD + 2
    assert words(editor, left, left + 4) == ground.copy(0, 0, 4, ground.height())
    assert words(editor, x - 3, x) == ground.copy(0, 0, 3, ground.height())


def test_numbers_come_back_on_screen_when_the_playhead_goes_on(editor, context, qtbot):
    for frame in (24, 25, 23, 60):
        context.player.seek(frame)
        qtbot.wait(30)
        place = QRect(editor.lanes.geometry().topLeft(), QSize(editor.lanes.width(), LABELS))
        screen = editor.screen().grabWindow(editor.winId()).toImage().copy(place)
        assert screen == editor.grab().toImage().convertToFormat(screen.format()).copy(place), frame
