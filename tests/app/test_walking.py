"""Walks between takes in the background, over takes of the fake tools of tests/render/fakes.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.walking import Walking, WalkMade, WalkOrder
from studio.base.errors import ExportError
from studio.export import ExportOptions
from studio.takes.course import Timing


@pytest.fixture
def order(dreamed_takes: tuple[Path, tuple[str, ...]], tmp_path: Path) -> WalkOrder:
    root, keys = dreamed_takes
    return WalkOrder(keys, root, Timing(2, 3, loop=True), tmp_path / "walk.gif", Fraction(12), ExportOptions())


@pytest.fixture
def walking(qtbot: QtBot, fake_toolbox: Callable[[Path], Any]) -> Iterator[Walking]:
    made = Walking(toolbox=fake_toolbox)
    yield made
    assert made.close()


def test_a_walk_becomes_a_file(walking: Walking, order: WalkOrder, qtbot: QtBot) -> None:
    labels, said = set(), []
    walking.progressed.connect(lambda progress: labels.add(progress.label))
    walking.said.connect(said.append)
    with qtbot.waitSignal(walking.finished, timeout=30000) as got:
        walking.start(order)
        assert walking.busy
        assert "walk.gif" in walking.loss()
        with pytest.raises(ExportError):
            walking.start(order)
    made: WalkMade = got.args[0]
    assert made.exported.frames == 15
    assert made.before == made.after
    assert not walking.busy
    assert walking.loss() == ""
    assert "drawing" in labels
    assert said == ["walk.gif: a walk of 15 frames"]
    with Image.open(order.out) as film:
        assert film.format == "GIF"


def test_even_speed_is_measured_before_and_after(walking: Walking, order: WalkOrder, qtbot: QtBot) -> None:
    with qtbot.waitSignal(walking.finished, timeout=60000) as got:
        walking.start(replace(order, timing=Timing(6, 1, even=True)))
    assert got.args[0].after < got.args[0].before


def test_a_cancelled_walk_leaves_nothing(order: WalkOrder, fake_toolbox: Callable[[Path], Any], qtbot: QtBot) -> None:
    reached, go = threading.Event(), threading.Event()

    def slowly(folder: Path) -> Any:
        reached.set()
        go.wait(10)
        return fake_toolbox(folder)

    walking = Walking(toolbox=slowly)
    walking.start(order)
    assert reached.wait(10)
    with qtbot.waitSignal(walking.cancelled, timeout=30000):
        walking.cancel()
        go.set()
    assert not order.out.exists()
    assert walking.close()


def test_what_goes_wrong_is_told(walking: Walking, order: WalkOrder, qtbot: QtBot) -> None:
    with qtbot.waitSignal(walking.failed, timeout=30000) as got:
        walking.start(replace(order, keys=order.keys[:1]))
    assert "two takes" in str(got.args[0])

    def broken(_folder: Path) -> Any:
        raise ZeroDivisionError

    walking._toolbox = broken
    with qtbot.waitSignal(walking.failed, timeout=30000) as got:
        walking.start(order)
    assert "ZeroDivisionError" in str(got.args[0])
