"""Sentences for scenes, by templates."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_A_BEFORE_VOWEL = re.compile(r"\ba(?= (?!uni|ufo)[aeiou])")
NUMBERS = {2: "two", 3: "three"}
_PLURAL = {
    "mouse": "mice",
    "goose": "geese",
    "ox": "oxen",
    "wolf": "wolves",
    "leaf": "leaves",
    "knife": "knives",
    "loaf of bread": "loaves of bread",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "bison": "bison",
    "moose": "moose",
    "squid": "squid",
    "shrimp": "shrimp",
    "cherry": "cherries",
}
_ALREADY_PLURAL = frozenset(
    [
        "cherries",
        "blueberries",
        "grapes",
        "french-fries",
        "fries",
        "pancakes",
        "peanuts",
        "glasses",
        "headphones",
        "jeans",
        "scissors",
        "socks",
        "sunglasses",
        "books",
        "swords",
        "dice",
    ]
)
_UNCOUNTED = frozenset(
    [
        "bacon",
        "bread",
        "broccoli",
        "butter",
        "candy",
        "cheese",
        "corn",
        "garlic",
        "popcorn",
        "sushi",
        "spaghetti",
        "beer",
        "coffee",
        "wine",
        "fire",
        "soap",
        "yarn",
        "coral",
    ]
)


def plural(noun: str) -> bool:
    """Whether the noun is a plural already ("glasses")."""
    last = noun.rsplit(maxsplit=1)[-1]
    return noun.replace(" ", "-") in _ALREADY_PLURAL or last in _ALREADY_PLURAL


def with_article(noun: str) -> str:
    """The noun with the article it wants: "an apple", "glasses", "bread"."""
    if plural(noun) or noun in _UNCOUNTED:
        return noun
    sounds_like_consonant = noun.startswith(("uni", "ufo"))
    return f"{'an' if noun[0] in 'aeiou' and not sounds_like_consonant else 'a'} {noun}"


def many(noun: str, count: int) -> str:
    """The noun in one of `NUMBERS`: "two apples"; "two glasses" stay glasses."""
    head, _, tail = noun.partition(" of ")
    rest = f" of {tail}" if tail else ""
    if plural(noun) or noun in _UNCOUNTED:
        form = noun
    elif noun in _PLURAL:
        form = _PLURAL[noun]
    elif head.endswith(("s", "x", "ch", "sh")):
        form = f"{head}es{rest}"
    elif head.endswith("y") and head[-2] not in "aeiou":
        form = f"{head[:-1]}ies{rest}"
    else:
        form = f"{head}s{rest}"
    return f"{NUMBERS[count]} {form}"


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be said of a scene; empty where nothing is.

    Attributes:
        things: noun phrases with articles, main thing first.
        relation: how the second stands to the first ("above"), with two things.
        place: where the thing is ("in the top left corner").
        background: the background's phrase.
        alone: what the background is called when there is no thing.
        style: the drawing style, when it is named.
    """

    things: tuple[str, ...]
    relation: str
    place: str
    background: str
    alone: str
    style: str


_FRONTS = ("", "", "", "", "a picture of ", "a drawing of ", "an image of ", "a painting of ", "an illustration of ")


def sentence(rng: np.random.Generator, words: Words) -> str:
    """One caption; the same words may be said in several ways."""
    front = _FRONTS[int(rng.integers(len(_FRONTS)))]
    if not words.things:
        return front + words.alone
    if len(words.things) == 1:
        body = words.things[0]
    elif words.relation:
        body = f"{words.things[0]} {words.relation} {words.things[1]}"
    else:
        body = " and ".join(words.things)
    parts = [part for part in (words.place, words.background) if part]
    if len(parts) == 2 and rng.random() < 0.5:
        parts.reverse()
    if words.background and not words.place and not front and rng.random() < 0.1:
        text = f"{words.background}, {body}"
    else:
        text = " ".join([front + body, *parts])
    text = _A_BEFORE_VOWEL.sub("an", text)
    return f"{text}, {words.style} style" if words.style else text
