from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.exporting import Exporting, Order, Stage
from studio.base.cancel import CancelToken
from studio.base.errors import ExportError, RenderError
from studio.export import Exported, ExportOptions, read_embedded
from studio.project.changes import set_seed
from studio.project.format import loads
from studio.render.queue import State
from studio.timeline.time import FrameRange


@pytest.fixture
def exporting(context: Context) -> Iterator[Exporting]:
    made = Exporting(context)
    yield made
    assert made.close()


@pytest.fixture
def order(context: Context, tmp_path: Path) -> Order:
    document = context.document
    return Order(
        document.project, document.folder, FrameRange(0, 4), "final", tmp_path / "walk.gif", ExportOptions(format="gif")
    )


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An encoder that goes on until its token is fired; set once it runs."""
    runs = threading.Event()

    def wait(*args: Any, token: CancelToken, **options: Any) -> Exported:
        runs.set()
        while True:
            token.check()

    monkeypatch.setattr("studio.app.exporting.export", wait)
    return runs


def rendered(context: Context, order: Order, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(order.project, order.folder, order.frames, order.quality)


def test_what_is_rendered_is_encoded_in_the_background(
    exporting: Exporting, context: Context, order: Order, qtbot: QtBot
) -> None:
    rendered(context, order, qtbot)
    reports: list[float] = []
    exporting.progressed.connect(lambda progress: reports.append(progress.fraction))
    with qtbot.waitSignals([exporting.finished, exporting.said], timeout=20000):
        exporting.start(order)
        assert (exporting.busy, exporting.stage) == (True, Stage.ENCODING)
        with pytest.raises(ExportError, match="Another export runs"):
            exporting.start(order)
    assert not exporting.busy
    assert reports == sorted(reports)
    assert reports[-1] == 1.0
    text = read_embedded(order.out)
    assert text is not None
    assert loads(text) == order.project


def test_missing_frames_are_rendered_first_even_when_the_project_has_changed_since(
    exporting: Exporting, context: Context, order: Order, qtbot: QtBot, session: Any
) -> None:
    session.hold.clear()
    with qtbot.waitSignal(exporting.finished, timeout=20000) as finished:
        exporting.start(order, render=True)
        assert exporting.stage is Stage.RENDERING
        assert "walk.gif" in exporting.loss()
        context.document.apply(set_seed(5))
        session.hold.set()
    assert finished.args[0].frames == 4
    text = read_embedded(order.out)
    assert text is not None
    assert loads(text).seed == 0
    assert exporting.loss() == ""


def test_without_its_frames_an_export_fails_and_says_how_many(exporting: Exporting, order: Order, qtbot: QtBot) -> None:
    with qtbot.waitSignal(exporting.failed, timeout=20000) as failed:
        exporting.start(order)
    assert failed.args[0].why == "4 frames are not rendered"
    assert not order.out.exists()


@pytest.mark.parametrize("ending", ["error", "cancel", "waiting", "cleared"])
def test_a_render_that_fails_or_is_cancelled_ends_the_export(
    exporting: Exporting, context: Context, order: Order, qtbot: QtBot, session: Any, ending: str
) -> None:
    session.hold.clear()
    if ending == "waiting":
        other = replace(order.project, seed=3)
        context.rendering.submit(other, order.folder, FrameRange(0, 1))
        qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    if ending == "error":
        session.error = RenderError("It broke", "because", "try again")
    expected = exporting.failed if ending == "error" else exporting.cancelled
    with qtbot.waitSignal(expected, timeout=20000):
        exporting.start(order, render=True)
        job = exporting.job
        assert job is not None
        if ending == "error":
            session.hold.set()
        elif ending == "cleared":
            context.rendering.cancel(job)
        else:
            exporting.cancel()
    assert not exporting.busy
    assert exporting.job is None
    assert not order.out.exists()
    context.rendering.cancel_all()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)


def test_a_paused_render_keeps_the_export_waiting(
    exporting: Exporting, context: Context, order: Order, qtbot: QtBot, session: Any
) -> None:
    session.hold.clear()
    exporting.start(order, render=True)
    job = exporting.job
    assert job is not None
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    context.rendering.pause(job)
    qtbot.waitUntil(lambda: context.rendering.queue.job(job).state is State.PAUSED, timeout=10000)
    assert exporting.busy
    session.hold.set()
    with qtbot.waitSignal(exporting.finished, timeout=20000):
        context.rendering.resume(job)


def test_cancelling_leaves_no_file(
    exporting: Exporting, context: Context, order: Order, qtbot: QtBot, slow: threading.Event
) -> None:
    with qtbot.waitSignal(exporting.cancelled, timeout=5000):
        exporting.start(replace(order, given=()))
        qtbot.waitUntil(slow.is_set, timeout=5000)
        exporting.cancel()
    assert list(order.out.parent.iterdir()) == []


def test_closing_stops_the_encoder_and_waits_for_it(
    exporting: Exporting, order: Order, qtbot: QtBot, slow: threading.Event
) -> None:
    exporting.start(replace(order, given=()))
    qtbot.waitUntil(slow.is_set, timeout=5000)
    assert exporting.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "keydream-export"]
    qtbot.wait(50)
    assert not exporting.busy


def test_what_nobody_foresaw_is_told(
    exporting: Exporting, order: Order, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("studio.app.exporting.export", fail)
    with qtbot.waitSignal(exporting.failed, timeout=5000) as failed:
        exporting.start(replace(order, given=()))
    assert "ZeroDivisionError: odd" in failed.args[0].why
