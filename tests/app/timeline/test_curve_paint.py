from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.context import Context
from studio.app.theme import theme
from studio.app.timeline.curve_board import Board
from studio.app.timeline.curve_paint import paint, paint_numbers
from studio.app.timeline.prompt_colours import prompt_colours
from studio.app.timeline.scale import Scale
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef

ZOOM, ROTATE, PROMPT = TrackRef("parameter", "zoom"), TrackRef("parameter", "rotate"), TrackRef("prompt", "Prompt")


@pytest.fixture
def board(context: Context) -> Board:
    scale = Scale()
    scale.resize(800, 97)
    made = Board(context, scale)
    scale.setParent(made)
    made.axis = made.axis.sized(200)
    return made


def painted(board: Board) -> QImage:
    image = QImage(800, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint(painter, board, QRectF(0, 0, 800, 200))
    painter.end()
    return image


def difference(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))  # type: ignore[index]


@pytest.mark.parametrize("ref", [ZOOM, PROMPT, ROTATE])
def test_the_curve_is_drawn_where_its_values_lie(board: Board, ref: TrackRef) -> None:
    board.show(ref)
    image = painted(board)
    assert board.curve is not None
    for part in board.curve.segments:
        x, y = board.point((part.start + part.stop) / 2, part.at(0, part.ease.at(0.5))[1])
        seen = [image.pixelColor(round(x), round(y) + dy) for dy in (-1, 0, 1)]
        assert max(difference(each, theme().colours.lane) for each in seen) > 100, part


def test_prompts_have_their_colours(board: Board) -> None:
    board.show(PROMPT)
    image = painted(board)
    for frame, colour in zip((0, 32, 64), prompt_colours(board.timeline).values(), strict=True):
        x, y = board.point(frame, 0)
        assert difference(image.pixelColor(round(x), round(y)), colour) < 30


def test_handles_show_beside_selected_keys_alone(board: Board, context: Context) -> None:
    before = painted(board)
    context.choice.select([KeyRef(ZOOM, 32)])
    after = painted(board)
    for handle in board.handles:
        x, y = board.grip(handle)
        assert difference(before.pixelColor(round(x), round(y)), after.pixelColor(round(x), round(y))) > 60


def test_a_loop_goes_on_to_the_first_key(board: Board, context: Context) -> None:
    for ref in (KeyRef(ZOOM, 0), KeyRef(ZOOM, 96)):
        context.document.edit(edits.remove_keys([ref]))
    context.document.edit(edits.set_key(ZOOM, 60, 1.5))
    context.document.edit(edits.set_loop(True))
    image = painted(board)
    assert board.curve is not None
    part = board.curve.segments[-1]
    for frame in (90, 100 - 97):
        value = part.at(0, part.ease.at(((frame - 60) % 97) / (part.stop - part.start)))[1]
        x, y = board.point(frame, value)
        seen = [image.pixelColor(round(x), round(y) + dy) for dy in (-1, 0, 1)]
        assert max(difference(each, theme().colours.lane) for each in seen) > 100, frame


def test_what_cannot_be_reached_is_darker(board: Board) -> None:
    board.look(board.axis.zoomed(0.02, 100))
    image = painted(board)
    x = 203
    inside, above = board.axis.y(1.8), board.axis.y(2.0) / 2
    assert image.pixelColor(x, round(above)).lightness() < image.pixelColor(x, round(inside) + 3).lightness()


def test_nothing_to_draw_says_what_to_do(board: Board, context: Context) -> None:
    while board.ref is not None:
        plain = painted(board)
        context.document.edit(edits.remove_track(board.ref))
        assert painted(board) != plain
    image = QImage(56, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_numbers(painter, board, QRectF(0, 0, 56, 200))
    painter.end()
    assert {image.pixelColor(x, 100).name() for x in range(54)} == {theme().colours.panel.name()}


def test_no_dot_stands_beside_a_key_at_the_end(board: Board) -> None:
    board.scale.zoom(1.35, 800)
    image = painted(board)
    x, y = board.point(96, 1.0)
    end = round(board.scale.x(97))
    assert end - x > 10
    ground = painted_without_curve(board)
    for column in range(round(x) + 8, end):
        assert image.pixelColor(column, round(y)) == ground.pixelColor(column, round(y))


def painted_without_curve(board: Board) -> QImage:
    board.curve = None
    image = painted(board)
    board.refresh()
    return image
