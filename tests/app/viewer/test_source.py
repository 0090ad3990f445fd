from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.frames import Status
from studio.app.viewer.source import AHEAD, Seen, Source, size_of
from studio.project.changes import set_seed
from studio.project.model import Project
from studio.timeline.time import FrameRange


@pytest.fixture
def source(context: Context) -> Source:
    return Source(context)


def shows(source: Source, qtbot: QtBot, frame: int, *, live: bool = False) -> Seen:
    def there() -> bool:
        return source.seen is not None and source.seen.frame == frame and (source.seen.status is None) == live

    qtbot.waitUntil(there, timeout=5000)
    assert source.seen is not None
    return source.seen


def start(context: Context, session: Any, frames: FrameRange) -> int:
    """A render that is held in its first frame."""
    session.hold.clear()
    document = context.document
    return context.rendering.submit(document.project, document.folder, frames).number


def test_nothing_is_shown_while_nothing_is_rendered(source: Source) -> None:
    assert source.seen is None
    assert not source.dreaming


def test_the_playheads_frame_is_shown_or_the_nearest_one_marked(
    context: Context, source: Source, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 4)
    seen = shows(source, qtbot, 0)
    assert (seen.status, seen.caption) == (Status.FINAL, "")
    context.player.seek(44)
    assert shows(source, qtbot, 3).caption == "frame 3 · nearest to 44"


def test_a_stale_frame_and_a_draft_are_marked(context: Context, source: Source, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 1, quality="draft")
    seen = shows(source, qtbot, 0)
    assert seen.caption == "draft"
    assert (seen.image.width(), seen.size) == (32, QSize(64, 64))
    context.document.apply(set_seed(5))
    context.frames.wait()
    assert shows(source, qtbot, 0).caption == "stale"
    context.player.seek(9)
    assert shows(source, qtbot, 0).caption == "frame 0 · nearest to 9 · stale"


def test_the_last_picture_stays_until_the_next_one_is_here(
    context: Context, source: Source, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 2)
    first = shows(source, qtbot, 0)
    blank = []
    source.changed.connect(lambda: blank.append(source.seen is None))
    context.player.seek(1)
    assert source.seen is not None
    assert source.seen.image.cacheKey() == first.image.cacheKey()
    shows(source, qtbot, 1)
    assert blank
    assert not any(blank)


def test_frames_are_decoded_ahead_while_playing(
    context: Context, source: Source, qtbot: QtBot, rendered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(0, 20)
    shows(source, qtbot, 0)
    asked: list[Path] = []
    image = context.pictures.image

    def spy(path: Path, height: int = 0) -> QImage | None:
        asked.append(path)
        return image(path, height)

    monkeypatch.setattr(context.pictures, "image", spy)
    context.player.seek(5)
    assert asked == [context.frames.picture(5)]
    context.player.play(1)
    asked.clear()
    source.show()
    assert asked == [context.frames.picture(5 + step) for step in (*range(AHEAD, 0, -1), 0)]
    context.player.play(-2)
    asked.clear()
    source.show()
    assert asked[-3:] == [context.frames.picture(frame) for frame in (1, 3, 5)]
    context.player.stop()


def test_a_render_is_watched_and_its_end_shows_the_playhead(
    context: Context, source: Source, qtbot: QtBot, session: Any, rendered: Any
) -> None:
    rendered(0, 1)
    session.pause = 0.05
    document = context.document
    context.rendering.submit(document.project, document.folder, FrameRange(40, 41))
    seen = shows(source, qtbot, 40, live=True)
    assert (seen.status, seen.caption) == (None, "dreaming frame 40")
    assert source.dreaming
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000):
        pass
    assert shows(source, qtbot, 0).status is Status.FINAL
    assert not source.dreaming


def test_scrubbing_leaves_the_dream_and_follow_returns(
    context: Context, source: Source, qtbot: QtBot, session: Any, rendered: Any
) -> None:
    rendered(0, 2)
    number = start(context, session, FrameRange(40, 42))
    qtbot.waitUntil(lambda: source.dreaming, timeout=5000)
    assert source.following
    context.player.seek(1)
    assert not source.following
    shows(source, qtbot, 1)
    source.follow()
    assert source.following
    session.pause = 0.05
    session.hold.set()
    shows(source, qtbot, 40, live=True)
    context.rendering.cancel(number)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)


def test_the_next_render_is_watched_again_unless_something_plays(
    context: Context, source: Source, qtbot: QtBot, session: Any
) -> None:
    first = start(context, session, FrameRange(0, 1))
    context.player.seek(3)
    assert not source.following
    context.rendering.cancel(first)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)
    second = start(context, session, FrameRange(0, 1))
    assert source.following
    context.rendering.cancel(second)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)
    context.player.play(1)
    third = start(context, session, FrameRange(0, 1))
    assert not source.following
    source.follow()
    assert not context.player.playing
    context.rendering.cancel(third)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)


def test_another_project_does_not_show_the_old_ones_pictures_or_dreams(
    context: Context, source: Source, qtbot: QtBot, session: Any, rendered: Any, project: Project
) -> None:
    rendered(0, 1)
    shows(source, qtbot, 0)
    number = start(context, session, FrameRange(1, 2))
    waiting = context.rendering.submit(context.document.project, Path(), FrameRange(2, 3)).number
    qtbot.waitUntil(lambda: source.dreaming, timeout=5000)
    context.document.open(replace(project, seed=77), None, Path())
    assert source.seen is None
    assert not source.following
    context.rendering.cancel(number)
    qtbot.waitUntil(lambda: context.rendering.running is not None and context.rendering.running.number == waiting)
    assert not source.following
    context.rendering.cancel(waiting)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)


def test_a_picture_of_another_shape_keeps_its_own_size(project: Project) -> None:
    wide = replace(project, width=128, height=64)
    assert size_of(QImage(64, 32, QImage.Format.Format_RGB32), wide) == QSize(128, 64)
    assert size_of(QImage(64, 64, QImage.Format.Format_RGB32), wide) == QSize(64, 64)
