from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.expectation import Expectation, Expected, Wanted, expect, room, spelled
from studio.base.cancel import Cancelled, CancelToken, never
from studio.export import ExportOptions


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    pictures = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.effect_noise((32, 32), 90).convert("RGB").save(path)
        pictures.append(path)
    return Wanted(tuple(pictures), 8, tmp_path / "walk.gif", Fraction(24), ExportOptions(format="gif"))


def test_frames_that_are_not_rendered_are_reckoned_in(wanted: Wanted) -> None:
    all_there = expect(Wanted(wanted.pictures, 4, wanted.out, wanted.rate, wanted.options), never())
    half = expect(wanted, never())
    assert all_there.bytes is not None
    assert half.bytes == 2 * all_there.bytes
    assert half.free is not None


def test_without_pictures_or_with_bad_ones_nobody_can_tell(wanted: Wanted) -> None:
    assert expect(Wanted((), 8, wanted.out, wanted.rate, wanted.options), never()).bytes is None
    wanted.pictures[0].write_bytes(b"no picture")
    found = expect(wanted, never())
    assert found.bytes is None
    assert found.problem is not None


def test_the_latest_question_alone_is_answered(
    context: Context, wanted: Wanted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens: list[CancelToken] = []

    def slow(asked: Wanted, token: CancelToken) -> Expected:
        tokens.append(token)
        if len(tokens) == 1:
            while not token.cancelled:
                pass
            raise Cancelled
        return Expected(asked.frames, None)

    monkeypatch.setattr("studio.app.dialogs.expectation.expect", slow)
    monkeypatch.setattr("studio.app.dialogs.expectation._CALM", 10)
    expectation = Expectation(context.tasks)
    found: list[Any] = []
    expectation.found.connect(found.append)
    expectation.ask(wanted)
    qtbot.waitUntil(lambda: len(tokens) == 1, timeout=3000)
    expectation.ask(Wanted((), 3, wanted.out, wanted.rate, wanted.options))
    qtbot.waitUntil(lambda: bool(found), timeout=3000)
    assert [each.bytes for each in found] == [3]
    expectation.ask(wanted)
    expectation.stop()
    qtbot.wait(50)
    assert len(found) == 1


def test_a_disk_that_is_nearly_full_does_not_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Expected(10 * 2**20, 20 * 2**20).fits is False
    assert Expected(10 * 2**20, 40 * 2**20).fits is True
    assert Expected(None, 2**20).fits is False
    assert Expected(10, None).fits is True
    monkeypatch.setattr("shutil.disk_usage", lambda path: namedtuple("Usage", "free")(7))
    assert room(tmp_path / "new" / "walk.gif") == 7


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (999, "999 B"), (22_600, "22.6 kB"), (1_230_000, "1.2 MB"), (76 * 10**9, "76.0 GB")]
)
def test_sizes_are_said_as_people_do(size: int, said: str) -> None:
    assert spelled(size) == said
