from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.selection import Selection

TRACK = TrackRef("prompt", "Prompt")


def test_only_keys_that_exist_are_selected(context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(context.choice.changed):
        context.choice.select([KeyRef(TRACK, 0), KeyRef(TRACK, 1)])
    assert context.choice.keys == {KeyRef(TRACK, 0)}
    with qtbot.assertNotEmitted(context.choice.changed):
        context.choice.set(Selection(frozenset({KeyRef(TRACK, 0)})))


def test_keys_that_are_removed_or_undone_are_forgotten(context: Context) -> None:
    context.choice.select([KeyRef(TRACK, 0), KeyRef(TRACK, 32)])
    context.document.edit(edits.remove_keys([KeyRef(TRACK, 32)]))
    assert context.choice.keys == {KeyRef(TRACK, 0)}
    context.choice.clear()
    assert not context.choice.keys
