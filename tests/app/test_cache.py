from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from studio.app.cache import FrameCache, store, trimmed
from studio.app.context import Context
from studio.app.frames import Status
from studio.timeline.time import FrameRange


def rendered(context: Context, qtbot: QtBot, seed: int = 0) -> None:
    document = context.document
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(replace(document.project, seed=seed), document.folder, FrameRange(0, 3))


def test_it_is_measured_and_emptied_and_the_frames_know_it(context: Context, qtbot: QtBot) -> None:
    rendered(context, qtbot)
    assert context.frames.status(0) is Status.FINAL
    cache, told = FrameCache(context), list[int]()
    cache.measure(told.append)
    qtbot.waitUntil(lambda: len(told) == 1, timeout=3000)
    assert told[0] == store().size() > 0
    cache.empty(told.append)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=3000)
    assert list(store().keys()) == []
    context.frames.wait()
    assert context.frames.status(0) is not Status.FINAL


def test_trimming_never_takes_the_frames_of_the_open_project(context: Context, qtbot: QtBot) -> None:
    rendered(context, qtbot)
    rendered(context, qtbot, seed=5)
    assert len(list(store().keys())) == 6
    document = context.document
    assert trimmed(0, document.project, document.folder, "cpu") > 0
    assert len(list(store().keys())) == 3
    assert context.frames.finals(range(3)) is not None


def test_no_limit_trims_nothing(context: Context, qtbot: QtBot) -> None:
    rendered(context, qtbot, seed=5)
    context.settings.set("cache/limit", 0)
    FrameCache(context).trim()
    assert context.tasks.busy == 0
    context.settings.set("cache/limit", 1e-9)
    FrameCache(context).trim()
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)
    assert list(store().keys()) == []
