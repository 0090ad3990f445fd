"""What the lane looks like: colours of the cards, solid and dashed, hatched where the guide is fooled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.theme import theme
from studio.app.timeline.editor import TimelineEditor
from studio.app.timeline.prompt_colours import prompt_colours
from studio.app.timeline.score_paint import HIGHEST, height_of, paint_pointer, paint_scores
from studio.score.fooled import Span
from studio.witness.asked import asked, counting
from studio.witness.series import Scores, Sight


def scores(editor: TimelineEditor, guide: float, witness: float | None, spans: tuple[Span, ...] = ()) -> Scores:
    timeline = editor.stage.timeline
    prompts = asked(timeline)
    flags = counting(timeline, prompts)
    lines = [np.where(flags, value or 0.0, 0.0).astype(np.float32) for value in (guide, witness)]
    sight = Sight("witness", lines[1], lines[1]) if witness is not None else None
    return Scores(tuple(each.name for each in prompts), flags, Sight("guide", lines[0], lines[0]), sight, spans)


def image(editor: TimelineEditor, made: Scores | None, pointed: int | None = None) -> np.ndarray:
    width = editor.lanes.width()
    sheet = QImage(width, 88, QImage.Format.Format_RGB32)
    painter = QPainter(sheet)
    colours = prompt_colours(editor.stage.timeline)
    paint_scores(painter, editor.stage, made, colours, QRectF(0, 0, width, 88))
    if pointed is not None:
        paint_pointer(painter, editor.stage, made, pointed, colours, 88)
    painter.end()
    return np.frombuffer(sheet.constBits(), np.uint8).reshape(88, -1, 4)[:, :width, 2::-1].astype(int)


def near(picture: np.ndarray, colour: QColor, reach: int = 40) -> np.ndarray:
    found: np.ndarray = np.abs(picture - (colour.red(), colour.green(), colour.blue())).sum(-1) < reach
    return found


def test_heights_are_kept_inside() -> None:
    assert height_of(0, 88) > height_of(1, 88) > height_of(HIGHEST, 88) == height_of(9, 88) > 0
    assert height_of(-1, 88) == height_of(0, 88) < 88


def test_lines_have_the_colours_of_the_cards_where_they_are_asked_for(editor: TimelineEditor) -> None:
    picture = image(editor, scores(editor, 1.0, None))
    y = round(height_of(1.0, 88))
    first, second, third = theme().colours.prompts[:3]
    row = picture[y - 2 : y + 3]
    x = [round(editor.scale.x(frame)) for frame in (0, 30, 60, 90)]
    assert near(row[:, x[0] : x[1]], first).any()
    assert not near(row[:, x[2] : x[3]], first).any()
    assert near(row[:, x[1] : x[2]], second).any()
    assert near(row[:, x[2] : x[3]], third).any()


def test_the_witness_is_dashed(editor: TimelineEditor) -> None:
    solid, dashed = round(height_of(1.0, 88)), round(height_of(0.5, 88))
    picture, plain = image(editor, scores(editor, 1.0, 0.5)), image(editor, scores(editor, 1.0, None))
    left, right = round(editor.scale.x(70)), round(editor.scale.x(95))
    drawn = [
        (np.abs(picture[y - 2 : y + 3, left:right] - ground).sum(-1) > 60).any(0).mean()
        for y, ground in (
            (solid, image(editor, None)[solid - 2 : solid + 3, left:right]),
            (dashed, plain[dashed - 2 : dashed + 3, left:right]),
        )
    ]
    assert drawn[0] > 0.95
    assert 0.5 < drawn[1] < 0.85


def test_a_warning_is_hatched_over_its_frames_alone(editor: TimelineEditor) -> None:
    plain, warned = (image(editor, scores(editor, 1.0, 0.5, spans)) for spans in ((), (Span(0, 10, 30, 0.1, 0.1),)))
    changed = (np.abs(plain - warned).sum(-1) > 0).any(0).nonzero()[0]
    assert abs(changed.min() - editor.scale.x(10)) <= 2
    assert abs(changed.max() - editor.scale.x(30)) <= 2
    middle = warned[30:70, round(editor.scale.x(20)) : round(editor.scale.x(28))]
    assert len({tuple(pixel) for row in middle.tolist() for pixel in row}) > 3  # hatched, not flat


def test_gaps_are_gaps(editor: TimelineEditor) -> None:
    made = scores(editor, 1.0, None)
    made.guide.seen[5:] = np.nan
    made = replace(made, fooled=())
    picture, blank = image(editor, made), image(editor, None)
    x = round(editor.scale.x(6))
    np.testing.assert_array_equal(picture[:, x:], blank[:, x:])
    assert (picture[:, :x] != blank[:, :x]).any()


def test_the_pointer_has_a_dot_on_each_line(editor: TimelineEditor) -> None:
    made = scores(editor, 0.8, None)
    picture = image(editor, made, pointed=20)
    x, y = round(editor.scale.x(20)), round(height_of(0.8, 88))
    assert (
        near(picture[y - 2 : y + 3, x - 2 : x + 3], theme().colours.prompts[1]).sum() > 8
        or near(picture[y - 2 : y + 3, x - 2 : x + 3], theme().colours.prompts[0]).sum() > 8
    )
    image(editor, None, pointed=20)
