from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.frames import Status
from studio.base.errors import RenderError
from studio.render.queue import State
from studio.timeline.time import FrameRange


def submit(context: Context, frames: FrameRange, **options: Any) -> int:
    return context.rendering.submit(context.document.project, context.document.folder, frames, **options).number


def test_a_render_fills_the_store_and_the_frames_know_it(context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000) as over:
        submit(context, FrameRange(0, 4))
    job = over.args[0]
    assert (job.state, job.made, job.share) == (State.DONE, 4, 1.0)
    assert [context.frames.status(frame) for frame in range(5)] == [Status.FINAL] * 4 + [Status.NONE]
    assert context.frames.finals(range(4)) is not None
    assert context.frames.finals(range(5)) is None


def test_iterates_are_shown_with_their_picture(context: Context, qtbot: QtBot, session: Any) -> None:
    session.pause = 0.02
    seen = []
    context.rendering.live_changed.connect(lambda live: live and seen.append((live.step, live.image is not None)))
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        submit(context, FrameRange(0, 1))
    assert seen[0] == (0, False)
    assert any(step > 0 and pictured for step, pictured in seen)


def test_cancelling_is_acknowledged_at_once_and_keeps_finished_frames(
    context: Context, qtbot: QtBot, session: Any
) -> None:
    number = submit(context, FrameRange(0, 4))
    qtbot.waitUntil(lambda: context.frames.status(0) is Status.FINAL, timeout=10000)
    session.hold.clear()
    context.rendering.cancel(number)
    assert context.rendering.stopping(number) or context.rendering.running is None
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=10000)
    assert context.rendering.queue.job(number).state in (State.CANCELLED, State.DONE)
    assert context.frames.status(0) is Status.FINAL


def test_a_paused_render_goes_on_without_doing_anything_twice(context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    number = submit(context, FrameRange(0, 3))
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    context.rendering.pause(number)
    qtbot.waitUntil(lambda: context.rendering.queue.job(number).state is State.PAUSED, timeout=10000)
    session.hold.set()
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000) as over:
        context.rendering.resume(number)
    assert over.args[0].state is State.DONE
    assert context.frames.finals(range(3)) is not None


def test_jobs_run_one_after_another_and_a_fault_ends_only_its_own(context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    first, second = submit(context, FrameRange(0, 2)), submit(context, FrameRange(2, 3))
    front = submit(context, FrameRange(3, 4), front=True)
    session.error = RenderError("It broke", "because", "try again")
    over: list[tuple[int, State]] = []
    context.rendering.job_over.connect(lambda job: over.append((job.number, job.state)))
    session.hold.set()
    qtbot.waitUntil(lambda: len(over) == 3, timeout=10000)
    assert [number for number, _ in over] == [first, front, second]
    assert over[0] == (first, State.FAILED)
    assert context.rendering.queue.job(first).error is not None
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000) as again:
        context.rendering.retry(first)
    assert again.args[0].state is State.DONE


def test_closing_in_the_middle_of_a_render_ends_the_thread(context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    submit(context, FrameRange(0, 2))
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    assert context.rendering.close()


@pytest.mark.parametrize("error", [ValueError("odd"), ZeroDivisionError()], ids=repr)
def test_what_nobody_foresaw_is_said_and_the_window_goes_on(
    context: Context, qtbot: QtBot, session: Any, error: Exception
) -> None:
    session.error = error
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000) as over:
        submit(context, FrameRange(0, 1))
    assert over.args[0].state is State.FAILED
    assert type(error).__name__ in over.args[0].error.why


def test_the_time_left_falls_and_ends_near_nothing(context: Context, qtbot: QtBot, session: Any) -> None:
    session.steps, session.pause = 6, 0.01
    left: list[float] = []
    context.rendering.live_changed.connect(lambda live: live and live.left is not None and left.append(live.left))
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        submit(context, FrameRange(0, 6))
    assert len(left) > 5
    assert left[-1] < 0.25 * max(left)
    assert max(left) < 20
