"""Scores and warnings in words."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QTextDocument
from PySide6.QtWidgets import QApplication

from studio.app.timeline.score_words import cosine_text, paragraphs, percent, ranked, spoken, tip, warning
from studio.score.fooled import Span
from studio.witness.series import Scores, Sight


@pytest.fixture
def scores() -> Scores:
    seen = np.array([[0.9, 0.2], [0.1, 1.05], [np.nan, np.nan]], np.float32)
    guide = Sight("starter-clip", seen * 0.6, seen)
    witness = Sight("starter-evaluator", seen * 0.5, seen - 0.3)
    span = Span(1, 1, 2, 0.12, 0.34)
    return Scores(("a <dog>", "a cat"), np.ones((3, 2), np.bool_), guide, witness, (span,))


def test_numbers_are_written_as_artists_read_them() -> None:
    assert (percent(0.934), percent(-0.2), percent(float("nan"))) == ("93 %", "−20 %", "")
    assert (cosine_text(0.65), cosine_text(-0.1)) == ("+0.650", "−0.100")


def test_a_hover_tells_both_scores_and_both_cosines_the_most_seen_first(scores: Scores) -> None:
    text = tip(scores, 0, {"a <dog>": QColor("#112233")})
    assert "starter-clip" in text
    assert "starter-evaluator" in text
    assert text.index("a &lt;dog&gt;") < text.index("a cat")
    assert "#112233" in text
    for part in ("90\N{NO-BREAK SPACE}%", "60\N{NO-BREAK SPACE}%", "+0.540", "+0.450"):
        assert part in text
    assert "fooled" not in text


def test_a_warning_says_what_happens_and_what_to_do(scores: Scores) -> None:
    said = warning(scores, scores.fooled[0])
    assert "CLIP is being fooled here, in frames 1 to 1" in said
    assert "a cat" in said
    assert "+12 %" in said
    assert "−34 %" in said
    assert "fewer steps, more cutouts, a lower weight" in tip(scores, 1, {})


def test_a_frame_that_nobody_saw_says_so(scores: Scores) -> None:
    assert "not rendered" in tip(scores, 2, {})
    assert "not rendered" in spoken(scores, 2)
    assert "not rendered" in tip(scores, 99, {})
    assert ranked(scores, 99) == []
    assert spoken(None, 0)


def test_a_screen_reader_hears_scores_and_warnings(scores: Scores) -> None:
    said = spoken(scores, 1)
    assert said.startswith("Frame 1. a cat: guide 105 %, witness 75 %.")
    assert "CLIP is being fooled" in said
    assert "more cutouts" in said
    assert "witness" not in spoken(replace(scores, witness=None, fooled=()), 1)


def test_many_prompts_are_counted() -> None:
    line = np.ones((1, 12), np.float32)
    made = Scores(tuple(map(str, range(12))), line > 0, Sight("g", line, line), None, ())
    assert "and 4 more prompts" in tip(made, 0, {})


def test_a_hover_calls_prompts_in_full(scores: Scores) -> None:
    text = tip(scores, 1, {"a cat": QColor("#112233")}, {"a cat": "a cat @left"})
    assert "</span>&nbsp;a cat @left</td>" in text
    assert "“a cat @left”" in text, "the warning, too"
    assert "#112233" in text


def test_no_line_of_a_tip_ends_within_a_value(scores: Scores, qapp: QApplication) -> None:
    document = QTextDocument()
    document.setHtml(tip(scores, 1, {}))
    document.setTextWidth(60)
    assert document.size().width() > 0, "laid out"
    lines = []
    block = document.begin()
    while block.isValid():
        layout = block.layout()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            lines.append(block.text()[line.textStart() : line.textStart() + line.textLength()].strip())
        block = block.next()
    assert len(lines) > 20, "narrow"
    assert not [line for line in lines if line.startswith("%")]
    assert [line for line in lines if "cos" in line] == [
        line for line in lines if re.search(r"\d\s%\s+cos\s[+−]\d\.\d{3}$", line)
    ]


def test_sentences_become_paragraphs() -> None:
    assert paragraphs(["5 % < 6 %", "b"]) == "<p>5\N{NO-BREAK SPACE}% &lt; 6\N{NO-BREAK SPACE}%</p><p>b</p>"
