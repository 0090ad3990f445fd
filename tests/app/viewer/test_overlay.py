from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.rendering import Live
from studio.app.viewer.overlay import Overlay, left_text, rate_text
from studio.render.queue import State
from studio.timeline.time import FrameRange


@pytest.fixture
def overlay(context: Context, qtbot: QtBot) -> Overlay:
    made = Overlay(context)
    qtbot.addWidget(made)
    return made


def start(context: Context) -> int:
    document = context.document
    return context.rendering.submit(document.project, document.folder, FrameRange(0, 2)).number


def test_it_is_there_only_while_something_renders(context: Context, overlay: Overlay, qtbot: QtBot) -> None:
    assert overlay.isHidden()
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        start(context)
        assert overlay.isVisible()
        assert overlay.step.text() == "getting ready…"
    qtbot.waitUntil(overlay.isHidden, timeout=5000)


def test_it_says_how_far_the_dream_is(context: Context, overlay: Overlay, qtbot: QtBot, session: Any) -> None:
    session.steps, session.pause = 60, 0.02
    number = start(context)
    qtbot.waitUntil(lambda: "steps/s" in overlay.rate.text(), timeout=5000)
    live = context.rendering.live
    assert live is not None
    assert overlay.step.text() == f"step {live.step} / 60"
    assert overlay.loss.text() == f"loss {live.loss:.2f}"
    assert overlay.left.text().endswith(" left")
    assert overlay.bar.value() == round(1000 * live.step / 60)
    context.rendering.cancel(number)
    qtbot.waitUntil(overlay.isHidden, timeout=5000)


def test_pause_resume_and_cancel_by_the_mouse(context: Context, overlay: Overlay, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    number = start(context)
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=5000)
    qtbot.mouseClick(overlay.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.rendering.queue.job(number).state is State.PAUSED, timeout=5000)
    assert overlay.step.text() == "paused at 0 %"
    assert (overlay.pause.isHidden(), overlay.resume.isHidden()) == (True, False)
    qtbot.mouseClick(overlay.resume, Qt.MouseButton.LeftButton)
    assert context.rendering.running is not None
    assert (overlay.pause.isHidden(), overlay.resume.isHidden()) == (False, True)
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=5000)
    qtbot.mouseClick(overlay.cancel, Qt.MouseButton.LeftButton)
    assert overlay.step.text() in ("stopping…", "") or overlay.isHidden()
    qtbot.waitUntil(overlay.isHidden, timeout=5000)
    assert context.rendering.queue.job(number).state is State.CANCELLED


def test_the_pill_does_not_tremble_and_drops_what_does_not_fit(overlay: Overlay) -> None:
    overlay._texts("step 10 / 60", "loss 0.71", "8.2 steps/s", "0:42 left")
    width = overlay.step.minimumWidth()
    overlay._texts("step 1 / 60", "loss 0.71", "8.2 steps/s", "0:42 left")
    assert overlay.step.minimumWidth() == width
    overlay.fit_into(2000)
    assert not overlay.loss.isHidden()
    whole = overlay.width()
    overlay.fit_into(whole - 10)
    assert overlay.width() < whole
    assert overlay.loss.isHidden()
    assert not overlay.step.isHidden()
    overlay.fit_into(100)
    assert overlay.bar.isHidden()
    overlay.fit_into(2000)
    assert (overlay.loss.isHidden(), overlay.bar.isHidden()) == (False, False)


@pytest.mark.parametrize(
    ("rate", "text"), [(0.0, ""), (8.24, "8.2 steps/s"), (1.0, "1.0 steps/s"), (0.4, "2.5 s/step")]
)
def test_rates_in_words(rate: float, text: str) -> None:
    assert rate_text(Live(1, 0, rate=rate)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00 left"), (42.4, "0:42 left"), (605, "10:05 left"), (3723, "1:02:03 left")]
)
def test_times_in_words(seconds: float, text: str) -> None:
    assert left_text(seconds) == text


def test_buttons_have_names_and_help(overlay: Overlay) -> None:
    for button in (overlay.pause, overlay.resume, overlay.cancel):
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
