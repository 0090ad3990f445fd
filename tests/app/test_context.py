from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from studio.app.context import KEEP, Context
from studio.timeline import edits
from studio.timeline.time import FrameRange, FrameRate


def test_the_player_follows_the_timeline(context: Context) -> None:
    context.player.seek(90)
    context.document.edit(edits.set_length(50, trim=True))
    context.document.edit(edits.set_rate(FrameRate(12)))
    context.document.edit(edits.set_range(FrameRange(10, 20)))
    player = context.player
    assert (player.frame, player.length, player.rate, player.range) == (49, 50, FrameRate(12), FrameRange(10, 20))


def test_renders_keep_takes_unless_the_artist_says_no(context: Context, session: Any, qtbot: QtBot) -> None:
    kept = []
    for keep in (True, False, True):
        context.settings.set(KEEP, keep)
        with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
            context.rendering.submit(
                context.document.project, context.document.folder, FrameRange(0, 1), source=Path("a.keydream")
            )
        kept.append((session.orders[-1].keep, session.orders[-1].source))
    assert kept == [(keep, Path("a.keydream")) for keep in (True, False, True)]


def test_everything_ends(context: Context, qtbot: QtBot) -> None:
    context.player.play(1)
    assert context.close()
    assert not context.player.playing
