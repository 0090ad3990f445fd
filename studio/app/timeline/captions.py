"""What is written on cards: a prompt in as few characters as it takes, cut to the room that there is."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from studio.app.texts import tr
from studio.timeline.prompt import Image, Noise, Prompt, Term
from studio.timeline.region import format_region


def caption(prompt: Prompt) -> tuple[str, str]:
    """The words of a prompt, and the weight of its first term; other terms have their weights beside them."""
    first, *others = prompt.terms
    words = [_words(first)]
    words += [_words(term) if term.weight == 1 else f"{_words(term)} {weight_text(term.weight)}" for term in others]
    return " | ".join(words), weight_text(first.weight)


def weight_text(weight: float) -> str:
    """A weight with as many digits as it needs, at least one after the point."""
    text = f"{weight:.2f}"
    return (text[:-1] if text.endswith("0") else text).replace("-", "−")


def number_text(value: float) -> str:
    """A parameter's value in at most four digits after the point."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return ("0" if text in ("-0", "") else text).replace("-", "−")


@functools.lru_cache(4096)
def _cut(text: str, width: int, font: str) -> str:
    made = QFont()
    made.fromString(font)
    return QFontMetricsF(made).elidedText(text, Qt.TextElideMode.ElideRight, width)


def cut(text: str, width: float, font: QFont) -> str:
    """The text as far as it fits into so many pixels, with an ellipsis; remembered, for it is asked at every paint."""
    return _cut(text, max(0, int(width)), font.toString())


def _words(term: Term) -> str:
    if isinstance(term.content, Image):
        words = tr("picture {name}", name=term.content.asset)
    elif isinstance(term.content, Noise):
        words = tr("noise {seed}", seed=term.content.seed)
    else:
        words = term.content.text
    return words if term.region is None else f"{words} @{format_region(term.region)}"
