"""Explorations in the thread of renders: never two things on the device, stopped within a step, errors told."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.exploring import Growth, Stage
from studio.base.errors import RenderError
from studio.render.queue import State
from studio.render.variations import Draft, by_seeds, prompt_at, small
from studio.timeline.time import FrameRange


@pytest.fixture
def drafts(context: Context) -> tuple[Draft, ...]:
    project = context.document.project
    return by_seeds(small(project, 0, prompt_at(project, 0)), 4)


def start(context: Context, drafts: tuple[Draft, ...]) -> bool:
    return context.exploring.start(drafts, context.document.folder)


def over(context: Context, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)


def growths(context: Context) -> list[Growth]:
    return [cell.growth for cell in context.exploring.cells]


def test_drafts_grow_and_are_there_in_the_end(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any
) -> None:
    explore.hold.clear()
    assert start(context, drafts)
    qtbot.waitUntil(lambda: growths(context) == [Growth.GROWING] * 4, timeout=10000)
    assert all(cell.image is not None and cell.path is None for cell in context.exploring.cells)
    explore.hold.set()
    over(context, qtbot)
    exploring = context.exploring
    assert growths(context) == [Growth.DONE] * 4
    assert (exploring.step, exploring.steps, exploring.error, exploring.stopped) == (3, 3, None, False)
    for cell in exploring.cells:
        assert cell.path is not None and cell.path.is_file()
        assert cell.image is not None and (cell.image.width(), cell.image.height()) == (64, 64)
    assert len({cell.image.pixel(0, 0) for cell in exploring.cells if cell.image}) == 4


def test_pictures_are_shown_while_they_grow(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any
) -> None:
    explore.hold.clear()
    start(context, drafts)
    qtbot.waitUntil(lambda: growths(context) == [Growth.GROWING] * 4, timeout=10000)
    black = context.exploring.cells[2].image
    assert black is not None and black.pixelColor(0, 0).lightness() == 0
    seen: list[int] = []
    context.exploring.cell_changed.connect(seen.append)
    explore.hold.set()
    over(context, qtbot)
    assert set(seen) == {0, 1, 2, 3}


def test_one_at_a_time(context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any) -> None:
    explore.hold.clear()
    assert start(context, drafts)
    assert not start(context, drafts)
    explore.hold.set()
    over(context, qtbot)
    assert len(explore.orders) == 1
    assert start(context, drafts)
    over(context, qtbot)


def test_it_waits_for_the_render_that_runs_and_comes_before_those_that_wait(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], session: Any, explore: Any
) -> None:
    rendering, document = context.rendering, context.document
    session.hold.clear()
    explore.hold.clear()
    first, second = (
        rendering.submit(document.project, document.folder, FrameRange(frame, frame + 1)).number for frame in (0, 1)
    )
    qtbot.waitUntil(lambda: rendering.live is not None, timeout=10000)
    start(context, drafts)
    qtbot.wait(50)
    assert context.exploring.stage is Stage.WAITING
    assert explore.orders == []
    session.hold.set()
    qtbot.waitUntil(lambda: growths(context) == [Growth.GROWING] * 4, timeout=10000)
    assert rendering.queue.job(first).state is State.DONE
    assert rendering.queue.job(second).state is State.WAITING
    explore.hold.set()
    qtbot.waitUntil(lambda: rendering.queue.job(second).state is State.DONE, timeout=10000)
    assert growths(context) == [Growth.DONE] * 4


def test_a_render_that_is_asked_for_meanwhile_waits(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], session: Any, explore: Any
) -> None:
    explore.hold.clear()
    start(context, drafts)
    job = context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 1)).number
    qtbot.wait(50)
    assert context.rendering.queue.job(job).state is State.WAITING
    assert session.orders == []
    explore.hold.set()
    qtbot.waitUntil(lambda: context.rendering.queue.job(job).state is State.DONE, timeout=10000)


def test_stopping_keeps_what_is_seen(context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any) -> None:
    explore.hold.clear()
    start(context, drafts)
    qtbot.waitUntil(lambda: growths(context) == [Growth.GROWING] * 4, timeout=10000)
    context.exploring.cancel()
    assert context.exploring.stage is Stage.STOPPING
    over(context, qtbot)
    assert context.exploring.stopped
    assert growths(context) == [Growth.STOPPED] * 4
    assert all(cell.image is not None for cell in context.exploring.cells)


def test_what_waits_can_be_stopped_without_a_trace(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], session: Any, explore: Any
) -> None:
    session.hold.clear()
    job = context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 1)).number
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    start(context, drafts)
    context.exploring.cancel()
    assert not context.exploring.busy
    session.hold.set()
    qtbot.waitUntil(lambda: context.rendering.queue.job(job).state is State.DONE, timeout=10000)
    assert explore.orders == []


def test_one_that_fails_says_why_and_the_others_are_done(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any
) -> None:
    explore.fails = {1}
    start(context, drafts)
    over(context, qtbot)
    assert growths(context) == [Growth.DONE, Growth.FAILED, Growth.DONE, Growth.DONE]
    assert "too long" in str(context.exploring.cells[1].error)


@pytest.mark.parametrize("error", [RenderError("The frame does not fit into memory"), KeyError("surprise")])
def test_what_goes_wrong_is_told_and_renders_go_on(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any, error: Exception
) -> None:
    explore.error = error
    start(context, drafts)
    over(context, qtbot)
    assert context.exploring.error is not None
    told = str(context.exploring.error)
    assert "memory" in told or "surprise" in told
    assert not context.exploring.stopped
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 1))


def test_the_window_can_close_while_drafts_grow(
    context: Context, qtbot: QtBot, drafts: tuple[Draft, ...], explore: Any
) -> None:
    explore.hold.clear()
    start(context, drafts)
    qtbot.waitUntil(lambda: growths(context) == [Growth.GROWING] * 4, timeout=10000)
    assert context.close(), "the thread ends in time"
