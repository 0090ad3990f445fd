"""Prompt cards as they look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.app.timeline.paint_cards import card_area, mixes
from studio.app.timeline.prompt_colours import prompt_colours
from studio.timeline.beginnings import begin_from
from studio.timeline.easing import Ease
from studio.timeline.edits import remove_keys, set_ease, set_loop, set_muted
from studio.timeline.model import KeyRef


@pytest.fixture
def shot(editor):
    return lambda: editor.lanes.grab().toImage()


@pytest.fixture
def edge(editor, hand, shot):
    """The colour of the edge of the card at a frame."""

    def edge(frame):
        at = hand.key(hand.prompts, frame)
        return shot().pixelColor(at.x() + 2, round(editor.stage.top(hand.prompts)) + 9)

    return edge


def test_a_card_reaches_from_its_key_to_the_next(editor, context, hand):
    stage, track = editor.stage, context.document.timeline.prompt("Prompt")
    row = stage.layout.of(hand.prompts)
    areas = [card_area(stage.scale, track, place, row, 100) for place in range(3)]
    assert [area.left() for area in areas] == [stage.scale.x(frame) for frame in (0, 32, 64)]
    assert areas[0].right() < areas[1].left()
    assert areas[2].right() == pytest.approx(stage.scale.x(97) - 2)


def test_cards_have_the_colour_of_their_prompt(edge, context):
    colours = list(prompt_colours(context.document.timeline).values())
    for frame, colour in zip((0, 32, 64), colours, strict=True):
        found = edge(frame)
        assert abs(found.hue() - colour.hue()) < 12
        assert found.saturation() > 60


def test_a_muted_track_has_no_colour(edge, context, hand):
    context.document.edit(set_muted([hand.prompts], True))
    assert edge(32).saturation() < 20


def test_a_selected_card_looks_otherwise(shot, context, hand):
    plain = shot()
    context.choice.select([KeyRef(hand.prompts, 32)])
    chosen = shot()
    inside = hand.key(hand.prompts, 60)
    assert chosen.pixelColor(inside.x(), inside.y() - 12) != plain.pixelColor(inside.x(), inside.y() - 12)
    other = hand.key(hand.prompts, 90)
    assert chosen.pixelColor(other) == plain.pixelColor(other)


def test_words_are_written_on_the_card_and_stay_in_sight(shot, editor, hand):
    def ink(left, right):
        image, y = shot(), hand.key(hand.prompts, 32).y()
        colours = {image.pixelColor(x, y + dy).name() for x in range(left, right) for dy in range(-4, 5)}
        return len(colours)

    left = hand.key(hand.prompts, 32).x()
    assert ink(left + 14, left + 120) > 20
    editor.scale.zoom(6, 0)
    editor.scale.scroll_to(editor.scale.frame_width * 40)
    assert ink(14, 120) > 20


def test_a_bar_joins_equal_prompts(shot, editor, context, hand):
    timeline = context.document.timeline
    track = timeline.prompt("Prompt")
    first = track.track.key(0)
    same = replace(track, track=track.track.put(replace(track.track.key(32), value=first.value)))
    at = hand.key(hand.prompts, 20)
    before = shot().pixelColor(at.x(), at.y() + 14)
    context.document.open(
        replace(context.document.project, timeline=timeline.with_prompt(same)), None, context.document.folder
    )
    after = shot().pixelColor(at.x(), at.y() + 14)
    assert after.saturation() > before.saturation()


@pytest.fixture
def inside(editor, hand, shot):
    """The colour of a card's ground at a frame, above its words."""

    def inside(frame):
        at = hand.key(hand.prompts, frame)
        return shot().pixelColor(at.x(), round(editor.stage.top(hand.prompts)) + 9)

    return inside


def near(one, other):
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) <= 4


def test_a_card_fades_into_the_next_as_its_ease_has_it(inside, context, hand):
    start, end, after = inside(2), inside(30), inside(34)
    assert not near(start, end)
    assert near(end, after)
    middle = inside(16)
    context.document.edit(set_ease([KeyRef(hand.prompts, 0)], Ease.IN))
    assert not near(inside(16), middle)
    context.document.edit(set_ease([KeyRef(hand.prompts, 0)], Ease.HOLD))
    assert inside(2) == inside(16) == inside(30)


def test_the_last_card_fades_in_a_loop_alone(inside, context):
    assert inside(66) == inside(93)
    context.document.edit(set_loop(True))
    assert near(inside(94), inside(3))


def test_a_loop_that_goes_on_to_a_later_first_key_fades_as_far_as_it_lasts(inside, context, hand):
    context.document.edit(remove_keys([KeyRef(hand.prompts, 0)]))
    context.document.edit(set_loop(True))
    assert not near(inside(94), inside(34))


def test_mixes_go_from_one_to_the_next_and_never_beyond():
    assert mixes(Ease.LINEAR) == pytest.approx([step / 12 for step in range(13)])
    assert max(mixes(Ease.OVERSHOOT)) == 1
    assert mixes(Ease.LINEAR, 0.5)[-1] == pytest.approx(0.5)


def test_a_card_shows_that_its_key_begins_from_a_picture(editor, context, hand, shot):
    def edges(frame):
        """How many lines at the card's left have a long light part: the edges of a framed picture, and of no letter."""
        at, image = hand.key(hand.prompts, frame), shot()
        lines = [
            "".join(".#"[image.pixelColor(at.x() + x, at.y() + y).lightness() > 110] for x in range(8, 34))
            for y in range(-9, 10)
        ]
        return sum("#" * 8 in line for line in lines)

    assert edges(32) == edges(0) == 0
    context.document.edit(begin_from([KeyRef(hand.prompts, 32)], "sea"))
    assert edges(32) >= 2
    assert edges(0) == 0
