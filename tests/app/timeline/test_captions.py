"""What is written on cards."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from studio.app.timeline.captions import caption, cut, number_text, weight_text
from studio.timeline.prompt import parse_prompt


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a red apple", ("a red apple", "1.0")),
        ("a red apple:0.25", ("a red apple", "0.25")),
        ("an apple:2 | blur:-0.5", ("an apple | blur −0.5", "2.0")),
        ("image:face | in oil", ("picture face | in oil", "1.0")),
    ],
)
def test_the_first_weight_stands_apart_and_others_beside_their_terms(written, shown):
    assert caption(parse_prompt(written)) == shown


@pytest.mark.parametrize(
    ("weight", "text"), [(1, "1.0"), (0.5, "0.5"), (0.125, "0.12"), (-2.25, "−2.25"), (10, "10.0")]
)
def test_weights(weight, text):
    assert weight_text(weight) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1.04, "1.04"), (-0.123456, "−0.1235"), (0.0, "0"), (-0.00001, "0"), (150, "150")]
)
def test_numbers(value, text):
    assert number_text(value) == text


def test_a_text_is_cut_to_its_room(qapp):
    font = QFont()
    whole = "a purple heart on a starry night"
    assert cut(whole, 2000, font) == whole
    short = cut(whole, 80, font)
    assert short.endswith("…")
    assert QFontMetricsF(font).horizontalAdvance(short) <= 80
    assert len(cut(whole, -5, font)) <= 1
