"""Finding a text by some of its letters."""

from __future__ import annotations

from dataclasses import dataclass

_START, _WORD, _FOLLOWS, _ANY = 12, 8, 5, 1  # what a letter is worth: at the start, at a word's, after another, else


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text fits.

    Attributes:
        score: higher fits better.
        places: of the letters that were found in it, rising.
    """

    score: float
    places: tuple[int, ...] = ()


def match(query: str, text: str) -> Match | None:
    """How well the words of a query fit a text; None when a letter of one is missing. Case does not matter.

    Each word's letters must stand in the text in their order. Letters at the beginning of words and next to each other
    count more, and of two texts that fit alike the shorter one wins.
    """
    score = 0.0
    places: set[int] = set()
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters have two in lower case, and places would be wrong
        lowered = text
    for word in query.lower().split():
        found = _word(word, lowered)
        if found is None:
            return None
        score += found.score
        places.update(found.places)
    return Match(score - len(text) / 100, tuple(sorted(places)))


def begun(query: str, words: str) -> float | None:
    """How well a query fits words of which any may be meant; None when a word of it begins none of them.

    It is worth what a find of the same letters in a title is, for whole words more; letters between do not count.
    """
    known = words.lower().split()
    score = 0.0
    for word in query.lower().split():
        if not any(each.startswith(word) for each in known):
            return None
        score += _WORD + (_FOLLOWS + 3) * len(word) + (_START if word in known else 0)
    return score


def _word(word: str, text: str) -> Match | None:
    whole = text.find(word)
    starts = [place for place in range(len(text)) if text.startswith(word, place) and _begins(text, place)]
    if starts or whole >= 0:
        at = starts[0] if starts else whole
        places = tuple(range(at, at + len(word)))
        return Match(_worth(text, places) + 3 * len(word), places)
    found: list[int] = []
    for letter in word:
        start = found[-1] + 1 if found else 0
        near = text.find(letter, start)
        if near < 0:
            return None
        begin = next((p for p in range(near, len(text)) if text[p] == letter and _begins(text, p)), None)
        found.append(near if begin is None or not _reaches(text, begin, word[len(found) + 1 :]) else begin)
    return Match(_worth(text, tuple(found)), tuple(found))


def _reaches(text: str, place: int, rest: str) -> bool:
    """Whether the other letters follow after that place."""
    for letter in rest:
        place = text.find(letter, place + 1)
        if place < 0:
            return False
    return True


def _begins(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def _worth(text: str, places: tuple[int, ...]) -> float:
    worth = 0.0
    for number, place in enumerate(places):
        follows = number > 0 and places[number - 1] == place - 1
        worth += _START if place == 0 else _WORD if _begins(text, place) else _FOLLOWS if follows else _ANY
    return worth - (places[-1] - places[0] + 1 - len(places)) * 0.2
