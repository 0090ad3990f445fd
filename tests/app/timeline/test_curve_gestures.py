from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from studio.app.context import Context
from studio.app.timeline.curve_board import Board
from studio.app.timeline.curve_gestures import BoxKeys, DragHandle, DragKeys, Numbers, PanView, begin
from studio.app.timeline.gesture import Pointer
from studio.app.timeline.scale import Scale
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def board(context: Context) -> Board:
    context.settings.set("snap", False)
    scale = Scale()
    scale.resize(800, 97)
    made = Board(context, scale)
    scale.setParent(made)
    made.axis = made.axis.sized(200)
    return made


def test_the_press_decides_what_is_done(board: Board, context: Context) -> None:
    context.choice.select([KeyRef(ZOOM, 32)])
    key = Pointer(*board.point(32, 1.04))
    handle = Pointer(*board.grip(board.handles[0]))
    kinds = [
        (key, LEFT, DragKeys),
        (handle, LEFT, DragHandle),
        (Pointer(key.x, key.y + 90), LEFT, BoxKeys),
        (key, Qt.MouseButton.MiddleButton, PanView),
    ]
    for pointer, button, kind in kinds:
        gesture = begin(board, pointer, button)
        assert type(gesture) is kind
        gesture.escape()
    assert begin(board, key, Qt.MouseButton.RightButton) is None


def test_a_press_that_does_not_move_changes_nothing(board: Board, context: Context) -> None:
    key = Pointer(*board.point(32, 1.04))
    gesture = begin(board, key, LEFT)
    assert gesture is not None
    gesture.move(Pointer(key.x + 3, key.y - 3))
    gesture.release(Pointer(key.x + 3, key.y - 3))
    assert context.document.labels == ()
    assert context.choice.keys == {KeyRef(ZOOM, 32)}


def test_a_handle_that_is_taken_beside_its_middle_does_not_jump(board: Board, context: Context) -> None:
    context.choice.select([KeyRef(ZOOM, 32)])
    handle = board.handles[1]
    x, y = board.grip(handle)
    gesture = begin(board, Pointer(x + 5, y + 4), LEFT)
    assert isinstance(gesture, DragHandle)
    gesture.move(Pointer(x + 5 + 20, y + 4))
    moved = board.grip(next(each for each in board.handles if (each.frame, each.end) == (handle.frame, handle.end)))
    assert moved == pytest.approx((x + 20, y), abs=0.5)
    gesture.escape()
    assert board.grip(board.handles[1]) == pytest.approx((x, y))


def test_other_tracks_keep_their_selection_and_place(board: Board, context: Context) -> None:
    context.choice.select([KeyRef(ZOOM, 32), KeyRef(ROTATE, 64)])
    board.show(ZOOM)
    key = Pointer(*board.point(32, 1.04))
    gesture = begin(board, key, LEFT)
    assert gesture is not None
    gesture.move(Pointer(key.x + 8 * board.scale.frame_width, key.y))
    gesture.release(gesture.latest)
    assert context.choice.keys == {KeyRef(ZOOM, 40), KeyRef(ROTATE, 64)}
    assert context.document.timeline.parameter("rotate").track.frames == (0, 64)


def test_a_drag_of_one_pixel_ends_where_it_began_without_an_entry(board: Board, context: Context) -> None:
    key = Pointer(*board.point(32, 1.04))
    gesture = begin(board, key, LEFT)
    assert gesture is not None
    gesture.move(Pointer(key.x + 90, key.y + 30))
    assert context.document.labels
    gesture.move(key)
    gesture.release(key)
    assert context.document.labels == ()


def test_a_handle_of_the_way_round_is_dragged_at_the_end(board: Board, context: Context) -> None:
    context.document.edit(edits.remove_keys([KeyRef(ZOOM, 96)]))
    context.document.edit(edits.set_loop(True))
    context.choice.select([KeyRef(ZOOM, 0)])
    last = board.handles[-1]
    assert (last.frame, last.end, last.shift) == (32, 2, 0)
    x, y = board.grip(last)
    gesture = begin(board, Pointer(x, y), LEFT)
    assert isinstance(gesture, DragHandle)
    gesture.move(Pointer(x - 40, y))
    gesture.release(gesture.latest)
    assert context.document.timeline.parameter("zoom").track.key(32).ease.x2 < 0.58


def test_panning_is_put_back_by_escape(board: Board) -> None:
    before, start = board.axis, board.scale.start
    gesture = PanView(board, Pointer(100, 100))
    gesture.move(Pointer(140, 160))
    assert board.axis != before
    gesture.escape()
    assert (board.axis, board.scale.start, board.fitted) == (before, start, True)


def test_numbers_are_written_as_the_track_has_them(board: Board) -> None:
    assert Numbers.of(board).text(1.04) == "1.04"
    board.show(ROTATE)
    assert Numbers.of(board).text(-0.6) == "−0.6°"
    board.show(PROMPT)
    assert Numbers.of(board).text(0.425) == "42.5 %"


def test_the_tip_is_at_the_pointer(board: Board) -> None:
    key = Pointer(*board.point(32, 1.04))
    gesture = DragKeys(board, key, KeyRef(ZOOM, 32))
    gesture.move(Pointer(key.x + 8 * board.scale.frame_width, key.y))
    assert board.overlay.tip == "1.04 · frame 40"
    assert board.overlay.at == QPointF(gesture.latest.x, gesture.latest.y)
    gesture.release(gesture.latest)
    assert board.overlay.tip == ""
