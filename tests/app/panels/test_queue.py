from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.queue import QueuePanel, state_text
from studio.base.errors import RenderError
from studio.render.queue import State
from studio.timeline.time import FrameRange


def panel(context: Context, qtbot: QtBot) -> QueuePanel:
    made = QueuePanel(context)
    qtbot.addWidget(made)
    made.resize(300, 400)
    made.show()
    return made


def submit(context: Context, frames: FrameRange) -> int:
    return context.rendering.submit(context.document.project, context.document.folder, frames).number


def press(qtbot: QtBot, made: QueuePanel, number: int, button: str) -> None:
    qtbot.mouseClick(made.rows[number].buttons[button], Qt.MouseButton.LeftButton)


def test_an_empty_queue_says_what_to_do(context: Context, qtbot: QtBot) -> None:
    made = panel(context, qtbot)
    assert made.empty.isVisible()
    assert "Ctrl+Enter" in made.empty.text()
    assert not made.clear.isVisible()


def test_jobs_are_paused_resumed_moved_cancelled_and_cleared_by_their_buttons(
    context: Context, qtbot: QtBot, session: Any
) -> None:
    made = panel(context, qtbot)
    session.hold.clear()
    first, second, third = (submit(context, FrameRange(start, start + 2)) for start in (0, 2, 4))
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    press(qtbot, made, third, "up")
    assert [job.number for job in context.rendering.queue.waiting] == [third, second]
    press(qtbot, made, second, "cancel")
    assert context.rendering.queue.job(second).state is State.CANCELLED
    press(qtbot, made, first, "pause")
    qtbot.waitUntil(lambda: context.rendering.queue.job(first).state is State.PAUSED, timeout=10000)
    assert made.rows[first].state.text().startswith("paused at")
    session.hold.set()
    press(qtbot, made, first, "resume")
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=20000)
    assert context.rendering.queue.job(first).state is State.DONE
    qtbot.mouseClick(made.clear, Qt.MouseButton.LeftButton)
    assert made.rows == {}
    assert made.empty.isVisible()


def test_a_failure_is_told_in_its_row_and_can_be_tried_again(context: Context, qtbot: QtBot, session: Any) -> None:
    made = panel(context, qtbot)
    session.error = RenderError("The disk is full", "No room", "Free some")
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        number = submit(context, FrameRange(0, 1))
    assert "Free some" in made.rows[number].log.text()
    assert made.rows[number].log.property("role") == "error"
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        press(qtbot, made, number, "retry")
    assert state_text(context.rendering.queue.job(number)) == "nothing was left to do"
