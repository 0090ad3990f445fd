from __future__ import annotations

import pytest

from studio.app.context import Context
from studio.app.timeline.curve_board import Board, Spot, tracks_of
from studio.app.timeline.scale import Scale
from studio.project import changes
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.snapping import targets

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")


@pytest.fixture
def board(context: Context) -> Board:
    scale = Scale()
    scale.resize(800, 97)
    made = Board(context, scale)
    made.axis = made.axis.sized(200)
    scale.setParent(made)
    return made


def test_parameters_come_first(board: Board) -> None:
    assert tracks_of(board.timeline) == (ZOOM, ROTATE, PROMPT)
    assert board.ref == ZOOM


def test_it_follows_the_selection_and_lets_go_of_what_is_gone(board: Board, context: Context) -> None:
    context.choice.select([KeyRef(ROTATE, 0)])
    assert board.ref == ROTATE
    context.choice.select([KeyRef(ROTATE, 0), KeyRef(PROMPT, 0)])
    assert board.ref == ROTATE
    assert board.chosen == {KeyRef(ROTATE, 0)}
    context.document.edit(edits.remove_track(ROTATE))
    assert board.ref == PROMPT, "the only track of the selection that is left"
    for ref in (ZOOM, PROMPT):
        context.document.edit(edits.remove_track(ref))
    assert (board.ref, board.curve, board.handles) == (None, None, ())


def test_the_axis_follows_the_values_until_the_artist_looks_elsewhere(board: Board, context: Context) -> None:
    before = board.axis
    context.document.edit(edits.set_value([KeyRef(ZOOM, 32)], 1.5))
    assert board.axis.high > 1.5 > before.high
    board.look(board.axis.zoomed(4, 100))
    here = board.axis
    context.document.edit(edits.set_value([KeyRef(ZOOM, 32)], 1.9))
    assert board.axis == here
    board.fit()
    assert board.axis.high > 1.9
    context.document.apply(changes.set_seed(3))


def test_the_axis_stands_still_while_a_gesture_runs(board: Board, context: Context) -> None:
    here = board.axis
    board.busy = True
    context.document.edit(edits.set_value([KeyRef(ZOOM, 32)], 1.9))
    assert board.axis == here
    board.busy = False
    board.refresh()
    assert board.axis != here


def test_keys_and_their_handles_are_found_apart(board: Board, context: Context) -> None:
    context.document.edit(edits.set_ease([KeyRef(ZOOM, 32)], Ease.OUT))
    context.choice.select([KeyRef(ZOOM, 32)])
    key = board.point(32, 1.04)
    assert board.spot(*key) == Spot(key=KeyRef(ZOOM, 32))
    handle = next(each for each in board.handles if (each.frame, each.end) == (32, 1))
    assert handle.place == handle.anchor
    assert board.spot(*board.grip(handle)).handle == handle
    assert board.spot(key[0], key[1] + 60) == Spot()


def test_drags_snap_to_other_keys(board: Board, context: Context) -> None:
    attracting = targets(board.timeline)
    assert board.snapped(board.timeline, {33}, 30, attracting, inverse=False) == 31
    assert board.overlay.line == 64
    assert board.snapped(board.timeline, {33}, 30, attracting, inverse=True) == 30
    board.clear_overlay()
    assert board.overlay.line is None
