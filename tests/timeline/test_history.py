from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import InputError
from studio.timeline.edit import Edit
from studio.timeline.edits import move_keys, set_length, set_loop
from studio.timeline.history import History
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.time import FrameRate


@pytest.fixture
def history() -> History:
    return History(Timeline(FrameRate(24), 10))


def grow(length: int) -> Edit:
    return Edit(f"Length {length}", lambda timeline: replace(timeline, length=length))


def grown(by: int) -> Edit:
    return Edit(f"Grow {by}", lambda timeline: replace(timeline, length=timeline.length + by))


def test_undo_and_redo_give_the_very_objects(history):
    states = [history.current, history.apply(grow(11)), history.apply(grow(12))]
    assert history.labels == ("Length 11", "Length 12")
    assert history.undo() is states[1]
    assert (history.undo_name, history.redo_name, history.position) == ("Length 11", "Length 12", 1)
    assert history.undo() is states[0]
    assert history.current is states[0]
    assert (history.undo_name, history.redo_name) == (None, "Length 11")
    assert history.redo() is states[1]
    assert history.redo() is states[2]
    assert history.redo_name is None
    assert history.labels == ("Length 11", "Length 12")


def test_nothing_to_undo_or_redo(history):
    with pytest.raises(InputError, match="nothing to undo"):
        history.undo()
    with pytest.raises(InputError, match="nothing to redo"):
        history.redo()


def test_an_edit_forgets_what_was_undone(history):
    history.apply(grow(11))
    history.undo()
    history.apply(grow(12))
    assert history.redo_name is None
    assert history.labels == ("Length 12",)


def test_an_edit_that_fails_changes_nothing(history):
    history.apply(grow(11))
    history.undo()
    before = history.current
    with pytest.raises(InputError):
        history.apply(set_length(0))
    assert history.current is before
    assert (history.undo_name, history.redo_name) == (None, "Length 11")


def test_an_edit_without_effect_leaves_no_entry(history):
    history.apply(grow(11))
    history.undo()
    before = history.current
    assert history.apply(set_loop(False)) is before
    assert (history.undo_name, history.redo_name) == (None, "Length 11")


def test_a_gesture_is_one_entry(history):
    start = history.current
    for by in (1, 2, 3):
        history.apply(grown(by), merge="drag")
    assert history.current.length == 16
    assert history.labels == ("Grow 3",)
    assert history.undo() is start
    assert history.redo().length == 16


def test_a_gesture_from_its_start_replaces_its_earlier_edits(history):
    for by in (1, 2, 3):
        history.apply(grown(by), merge="drag", from_start=True)
    assert history.current.length == 13
    assert history.labels == ("Grow 3",)


@pytest.mark.parametrize(
    "end",
    [
        lambda history: history.seal(),
        lambda history: history.mark_clean(),
        lambda history: history.apply(grown(1)),
        lambda history: history.apply(grown(1), merge="other"),
        lambda history: (history.undo(), history.redo()),
        lambda history: history.apply(set_loop(False)),
        lambda history: history.cancel("other"),
    ],
)
def test_what_ends_a_gesture(history, end):
    history.apply(grown(1), merge="drag")
    end(history)
    entries = len(history.labels)
    history.apply(grown(1), merge="drag")
    assert len(history.labels) == entries + 1


def test_edits_without_a_key_never_merge(history):
    history.apply(grown(1))
    history.apply(grown(1))
    assert history.labels == ("Grow 1", "Grow 1")


def test_a_gesture_that_comes_back_leaves_no_entry(history):
    history.apply(grown(1), merge="drag")
    history.seal()
    before = history.current
    history.apply(grown(1), merge="drag")
    assert history.apply(grown(-1), merge="drag") is before
    assert history.labels == ("Grow 1",)
    history.apply(grown(1), merge="drag")
    assert history.labels == ("Grow 1", "Grow 1")


def test_a_gesture_that_fails_goes_on_afterwards(history):
    history.apply(grown(1), merge="drag")
    with pytest.raises(InputError):
        history.apply(grow(0), merge="drag")
    history.apply(grown(1), merge="drag")
    assert history.labels == ("Grow 1",)


def test_escape_takes_a_gesture_back_without_a_trace(history):
    start = history.current
    history.apply(grown(1), merge="drag")
    history.apply(grown(1), merge="drag")
    assert history.cancel("drag") is start
    assert (history.undo_name, history.redo_name) == (None, None)
    history.apply(grown(1))
    assert history.cancel("drag").length == 11


def test_a_drag_of_keys_over_another_and_back(timeline):
    history = History(timeline)
    key = KeyRef(TrackRef("prompt", "main"), 24)
    for offset in (10, 24, 30, 24, 10):
        history.apply(move_keys([key], offset), merge="drag", from_start=True)
    assert history.current.prompt("main").track.frames == (0, 34, 48)
    assert history.apply(move_keys([key], 0), merge="drag", from_start=True) is timeline
    assert history.labels == ()


def test_clean_is_what_was_stored_however_it_is_reached(history):
    assert history.is_clean
    history.apply(grow(11))
    assert not history.is_clean
    history.mark_clean()
    assert history.is_clean
    history.undo()
    assert not history.is_clean
    history.apply(grow(11))
    assert history.is_clean


def test_the_oldest_entries_are_forgotten():
    history = History(Timeline(FrameRate(24), 10), limit=3)
    for length in range(11, 21):
        history.apply(grow(length))
    assert history.labels == ("Length 18", "Length 19", "Length 20")
    for _ in range(3):
        history.undo()
    assert history.current.length == 17
    with pytest.raises(InputError):
        history.undo()
    with pytest.raises(ValueError, match="at least 1"):
        History(history.current, limit=0)


def test_amending_reaches_every_document_and_leaves_no_entry(history):
    history.apply(grow(11))
    history.mark_clean()
    history.apply(grow(12))
    history.undo()
    assert sorted(each.length for each in history.documents) == [10, 11, 12]
    assert history.documents[0] is history.current
    history.amend(lambda timeline: replace(timeline, loop=True))
    assert history.labels == ("Length 11", "Length 12")
    assert history.is_clean
    assert all(each.loop for each in history.documents)
    assert history.undo() == Timeline(FrameRate(24), 10, loop=True)
    assert history.redo().length == 11
    assert history.redo() == Timeline(FrameRate(24), 12, loop=True)


def test_an_amendment_that_raises_changes_nothing(history):
    history.apply(grow(11))

    def change(timeline):
        if timeline.length == 10:
            raise InputError("no")
        return replace(timeline, loop=True)

    before = history.documents
    with pytest.raises(InputError):
        history.amend(change)
    assert [a is b for a, b in zip(history.documents, before, strict=True)] == [True, True]


def test_only_the_gesture_that_is_named_is_sealed(history):
    history.apply(grow(10), "drag", from_start=True)
    history.seal("typing")
    history.apply(grow(12), "drag", from_start=True)
    assert len(history.labels) == 1
    history.seal("drag")
    history.apply(grow(14), "drag", from_start=True)
    assert len(history.labels) == 2
