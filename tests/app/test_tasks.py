from __future__ import annotations

import asyncio
import threading

import pytest
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.base.cancel import Cancelled
from studio.base.errors import InputError


def test_work_in_a_thread_does_not_block_the_window(context: Context, qtbot: QtBot) -> None:
    results: list[tuple[int, bool]] = []
    gate = threading.Event()

    def work(number: int) -> tuple[int, bool]:
        gate.wait(10)
        return number, threading.current_thread() is threading.main_thread()

    context.tasks.start(context.tasks.in_thread(work, 7), results.append)
    qtbot.wait(20)
    assert (results, context.tasks.busy) == ([], 1)
    gate.set()
    qtbot.waitUntil(lambda: bool(results), timeout=5000)
    assert results == [(7, False)]
    assert context.tasks.busy == 0


def test_coroutines_can_sleep(context: Context, qtbot: QtBot) -> None:
    seen: list[str] = []

    async def work() -> str:
        await asyncio.sleep(0.01)
        return "awake"

    context.tasks.start(work(), seen.append)
    qtbot.waitUntil(lambda: seen == ["awake"], timeout=5000)


@pytest.mark.parametrize("error", [InputError("Bad"), ValueError("odd")], ids=repr)
def test_faults_are_told(context: Context, qtbot: QtBot, error: Exception) -> None:
    async def work() -> None:
        raise error

    with qtbot.waitSignal(context.tasks.failed, timeout=5000) as told:
        context.tasks.start(work())
    assert ("odd" in str(told.args[0])) or ("Bad" in str(told.args[0]))


def test_what_was_cancelled_is_quiet(context: Context, qtbot: QtBot) -> None:
    async def work() -> None:
        raise Cancelled

    with qtbot.assertNotEmitted(context.tasks.failed, wait=50):
        context.tasks.start(work())
        context.tasks.start(asyncio.sleep(60)).cancel()
    assert context.tasks.busy == 0
