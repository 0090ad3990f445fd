"""The strip of frames."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from studio.app.theme import theme
from studio.app.timeline.paint_strip import MARGIN, cells
from studio.render.queue import State
from studio.timeline.time import FrameRange


def test_cells_stand_on_the_same_frames_wherever_one_scrolls(editor):
    editor.scale.zoom(3, 0)
    first = {frame for frame, _ in cells(editor.stage, 48, 0, 1000)}
    editor.scale.scroll(137)
    second = {frame for frame, _ in cells(editor.stage, 48, 0, 1000)}
    step = sorted(first)[1]
    assert first & second
    assert all(frame % step == 0 for frame in first | second)


@pytest.mark.parametrize("zoom", [1, 1.3, 2, 3.7, 10])
def test_cells_do_not_overlap_and_have_about_the_pictures_width(editor, zoom):
    editor.scale.zoom(zoom, 0)
    places = [place for _, place in cells(editor.stage, 48, 0, editor.scale.width)]
    assert all(a.right() <= b.left() + 0.001 for a, b in itertools.pairwise(places))
    assert all(20 <= place.width() <= 48 * 1.34 for place in places[:-1])


def test_wide_pictures_have_wide_cells(editor, context):
    project = context.document.project
    before = len(cells(editor.stage, 48, 0, 1000))
    context.document.open(replace(project, width=128, height=64), None, Path())
    assert len(cells(editor.stage, 48, 0, 1000)) < before


def test_ten_thousand_frames_have_no_more_cells_than_there_is_room(editor, context):
    project = context.document.project
    context.document.open(replace(project, timeline=replace(project.timeline, length=10_000)), None, Path())
    assert len(cells(editor.stage, 48, 0, editor.scale.width)) < 40


def test_own_pictures_are_shown_others_faded_and_none_is_quiet(editor, context, qtbot):
    def colour(frame):
        image = editor.lanes.grab().toImage()
        top = round(editor.stage.top(None)) + MARGIN + 20
        return image.pixelColor(round(editor.scale.x(frame)) + 6, top)

    empty = colour(0)
    assert empty.saturation() < 10
    job = context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 1))
    qtbot.waitUntil(lambda: context.rendering.queue.job(job.number).state is State.DONE, timeout=20000)
    path = context.frames.picture(0)
    own = context.pictures.now(path).pixelColor(3, 3)
    qtbot.waitUntil(lambda: colour(0) == own, timeout=5000)

    def distance(one, other):
        return sum(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))

    faded, ground = colour(80), theme().colours.lane
    assert distance(faded, ground) < distance(own, ground)
    assert faded not in (own, ground)
