"""Other words for a prompt: the artist's own alternatives, `a {red|blue} fox`, or words of the craft. No torch."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from studio.base.errors import InputError
from studio.timeline.prompt import Prompt, Term, Text

WORDS: Mapping[str, tuple[str, ...]] = {
    "style": (
        "watercolour",
        "oil painting",
        "woodcut",
        "pencil drawing",
        "pixel art",
        "stained glass",
        "paper collage",
        "flat illustration",
        "mosaic",
        "comic",
    ),
    "medium": ("photograph", "embroidery", "clay model", "mural", "poster", "tapestry", "etching", "screen print"),
    "colour": (
        "red",
        "orange",
        "yellow",
        "green",
        "turquoise",
        "blue",
        "purple",
        "pink",
        "brown",
        "black",
        "white",
        "golden",
    ),
    "light": (
        "at dawn",
        "at noon",
        "at sunset",
        "at night",
        "in moonlight",
        "in fog",
        "in golden light",
        "in neon light",
        "by candlelight",
        "backlit",
    ),
}
"""Words that change how a picture looks, by what they change. One that stands in the prompt gives way to another."""

_MOST = 4096  # combinations of an artist's alternatives that are told apart
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A text with places where one of several words stands.

    Attributes:
        parts: what is always there (one alternative) and what may be (several), in order.
    """

    parts: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """How many texts it makes."""
        return math.prod(len(part) for part in self.parts)

    @property
    def first(self) -> str:
        """The text with the first alternative everywhere."""
        return "".join(part[0] for part in self.parts)

    def some(self, count: int, first: int = 0) -> tuple[tuple[str, str], ...]:
        """At most `count` texts, each once: the words that were chosen, joined, and the whole text.

        All of them in order where they are few enough; else drawn, others for another `first`.
        """
        if self.count <= count:
            return tuple(self._made(places) for places in itertools.product(*(range(len(part)) for part in self.parts)))
        numbers = sorted(range(min(self.count, _MOST)), key=lambda number: _shuffled(first, number))[:count]
        spread = self.count // min(self.count, _MOST)
        return tuple(self._made(self._places(number * spread)) for number in numbers)

    def _places(self, number: int) -> tuple[int, ...]:
        places = []
        for part in reversed(self.parts):
            number, place = divmod(number, len(part))
            places.append(place)
        return tuple(reversed(places))

    def _made(self, places: tuple[int, ...]) -> tuple[str, str]:
        chosen = [part[place] for part, place in zip(self.parts, places, strict=True)]
        words = [word.strip() for word, part in zip(chosen, self.parts, strict=True) if len(part) > 1]
        return " · ".join(word or "–" for word in words), "".join(chosen)


def alternatives(text: str) -> Alternatives:
    """What a text with `{a|b|c}` may say. An alternative may be empty; braces without a bar are left as they are.

    Raises:
        InputError: a brace that holds a bar is not closed, or stands inside another.
    """
    parts: list[tuple[str, ...]] = []
    end = 0
    for found in _BRACES.finditer(text):
        if "|" in found[1]:
            parts += [(text[end : found.start()],), tuple(found[1].split("|"))]
            end = found.end()
    parts.append((text[end:],))
    if any(len(part) == 1 and re.search(r"\{[^{}]*\|", _BRACES.sub("", part[0])) for part in parts):
        raise InputError(
            "The alternatives in the prompt cannot be read",
            "A brace is not closed, or stands inside another",
            "Write them like this: a {red|blue} fox",
        )
    return Alternatives(tuple(parts))


def reworded(prompt: Prompt, count: int, first: int = 0) -> Iterator[tuple[str, Prompt]]:
    """The prompt itself (unless `first` is not 0), and others with another word of `WORDS`: (what is new, prompt).

    The kinds of words take turns. A word of the kind that stands in the text is replaced, else one is added. Of several
    texts that pull, each is varied in turn, and then all of them alike, but for colours; regions and weights stay.

    Args:
        prompt: whose texts that pull are varied.
        count: how many.
        first: other words come first for another number; when all were used, two come at a time.

    Raises:
        InputError: the prompt has no text that pulls.
    """
    places = tuple(
        place for place, term in enumerate(prompt.terms) if isinstance(term.content, Text) and term.weight > 0
    )
    if not places:
        raise InputError(
            "There are no words to vary", "The prompt has no text that pulls", "Write a text, or vary the seeds"
        )
    if first == 0:
        yield "as it is", prompt
        count -= 1
    several = len(places) > 1
    varied = [_reworded(prompt, (place,), first, f"wish {place + 1}: " if several else "") for place in places]
    if several:
        varied.append(_reworded(prompt, places, first, "all: "))
    yield from itertools.islice(_in_turn(varied), max(0, count))


def _in_turn(varied: list[Iterator[tuple[str, Prompt]]]) -> Iterator[tuple[str, Prompt]]:
    """One of each, again and again, until none has any more."""
    for row in itertools.zip_longest(*varied):
        yield from (each for each in row if each is not None)


def _reworded(prompt: Prompt, places: tuple[int, ...], first: int, whose: str) -> Iterator[tuple[str, Prompt]]:
    """The prompt with another word in all of those texts: single words, then two at a time; `whose` is told."""
    texts = [_text(prompt.terms[place]) for place in places]
    kinds = [kind for kind in WORDS if len(places) == 1 or kind != "colour"]
    order = {kind: sorted(WORDS[kind], key=partial(_shuffled, f"{first} {whose}{kind}".rstrip())) for kind in kinds}
    rows = itertools.zip_longest(*order.values())
    turns = [(kind, word) for row in rows for kind, word in zip(kinds, row, strict=True) if word]
    single = [(kind, word) for kind, word in turns if not any(_stands(word, text) for text in texts)]
    pairs = (pair for pair in itertools.product(single, single) if pair[0][0] < pair[1][0])
    for words in itertools.chain(((each,) for each in single), pairs):
        yield whose + " · ".join(word for _, word in words), _with(prompt, places, words)


def swapped(text: str, kind: str, word: str) -> str:
    """The text with `word` in the place of the first word of its kind that stands there; else added at its end."""
    standing = [(found.start(), -len(old), found) for old in WORDS[kind] if (found := _stands(old, text))]
    if standing:
        found = min(standing)[2]
        return text[: found.start()] + word + text[found.end() :]
    if kind == "light":
        return f"{text} {word}" if word != "backlit" else f"{text}, {word}"
    return f"{text}, {word}"


def _stands(word: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)


def _text(term: Term) -> str:
    assert isinstance(term.content, Text)
    return term.content.text


def _with(prompt: Prompt, places: tuple[int, ...], words: tuple[tuple[str, str], ...]) -> Prompt:
    terms = list(prompt.terms)
    for place in places:
        text = _text(terms[place])
        for kind, word in words:
            text = swapped(text, kind, word)
        terms[place] = replace(terms[place], content=Text(text))
    return Prompt(tuple(terms))


def _shuffled(first: object, name: object) -> bytes:
    return hashlib.sha256(f"{first} {name}".encode()).digest()
