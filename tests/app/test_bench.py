"""That the benchmark measures what it says; how fast things are is no test's business."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.app import bench
from studio.app.context import Context
from studio.app.window import Window


@pytest.fixture
def window(context: Context, qtbot: QtBot) -> Iterator[Window]:
    made = Window(context)
    made.resize(1280, 800)
    made.show()
    yield made
    made.documents.close()
    made.exporting.close()
    made.takes_commands.close()
    made.hide()
    made.deleteLater()


def test_the_drag_moves_a_key_and_is_timed(window: Window, context: Context) -> None:
    found = bench._drag(window)
    assert 0 < found["drag paint median ms"] <= found["drag paint 99 % ms"]
    assert sum(len(track.track.keys) for track in context.document.timeline.tracks) == bench.KEYS
    assert context.document.labels == ("Move key",)


def test_scrolling_shows_pictures_and_is_timed(
    window: Window, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "FRAMES", 1000)
    found = bench._scroll(window, bench._memory())
    assert found["scroll loop delay 99 % ms"] <= found["scroll loop delay worst ms"]
    assert context.document.timeline.length == 1000
    assert context.pictures.bytes > 0
    assert bench._memory() > 50
