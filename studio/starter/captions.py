"""Sentences for scenes, by templates."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_VOWEL_SOUND = re.compile(r"(?!uni|ufo|eu|one)[aeiou]|hour|honest")
_A_BEFORE_VOWEL = re.compile(rf"\ba(?= (?:{_VOWEL_SOUND.pattern}))")
NUMBERS = {2: "two", 3: "three"}
_PLURAL = {
    "mouse": "mice",
    "goose": "geese",
    "ox": "oxen",
    "wolf": "wolves",
    "leaf": "leaves",
    "elf": "elves",
    "knife": "knives",
    "loaf": "loaves",
    "scarf": "scarves",
    "tooth": "teeth",
    "foot": "feet",
    "child": "children",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "bison": "bison",
    "moose": "moose",
    "squid": "squid",
    "shrimp": "shrimp",
    "cherry": "cherries",
}
_WITH_ES = frozenset(
    {"tomato", "potato", "mango", "flamingo", "volcano", "buffalo", "tornado", "mosquito", "superhero"}
)
_ALREADY_PLURAL = frozenset(
    [
        "cherries",
        "blueberries",
        "grapes",
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
        "beans",
        "peas",
        "chopsticks",
        "bubbles",
        "sparkles",
        "fireworks",
        "maracas",
        "lips",
        "footprints",
        "prints",
        "goggles",
        "gloves",
        "skis",
        "shorts",
        "shoes",
        "bags",
        "masks",
        "dolls",
        "scales",
        "beers",
        "chains",
        "bricks",
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
        "ginger",
        "ham",
        "salad",
        "lettuce",
        "rice",
        "curry",
        "custard",
        "honey",
        "champagne",
        "whisky",
        "paella",
        "stew",
        "ice",
        "salt",
        "luggage",
        "thread",
        "dna",
        "lotion",
        "badminton",
        "bowling",
    ]
)


def plural(noun: str) -> bool:
    """Whether the noun is a plural already ("glasses")."""
    last = _head(noun).rsplit(maxsplit=1)[-1]
    return last in _ALREADY_PLURAL


def with_article(noun: str) -> str:
    """The noun with the article it wants: "an apple", "glasses", "bread"."""
    if plural(noun) or noun in _UNCOUNTED:
        return noun
    return f"{'an' if _VOWEL_SOUND.match(noun) else 'a'} {noun}"


def many(noun: str, count: int) -> str:
    """The noun in one of `NUMBERS`: "two apples", "two slices of pizza"; "two glasses" stay glasses."""
    if plural(noun) or noun in _UNCOUNTED:
        return f"{NUMBERS[count]} {noun}"
    head = _head(noun)
    before, _, last = head.rpartition(" ")
    return f"{NUMBERS[count]} {before + ' ' if before else ''}{_several(last)}{noun[len(head) :]}"


def _head(noun: str) -> str:
    """What is counted: "slice" of "slice of pizza", "face" of "face with sunglasses"."""
    return re.split(r" (?:of|with|on|and) ", noun, maxsplit=1)[0]


def _several(word: str) -> str:
    if word in _PLURAL:
        return _PLURAL[word]
    if word.endswith("man") and word != "talisman":
        return f"{word[:-3]}men"
    if word.endswith(("s", "x", "ch", "sh")) or word in _WITH_ES:
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


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


_MEDIA = (
    "a picture",
    "a drawing",
    "an image",
    "a painting",
    "an illustration",
    "a photo",
    "a photograph",
    "a watercolour",
    "a sketch",
    "a cartoon",
    "an icon",
    "a print",
)
FRONTS = (*("",) * 7, *(f"{medium} of " for medium in _MEDIA))
"""What may stand before a caption; most often nothing does."""

ADJECTIVES = [
    "beautiful",
    "cute",
    "little",
    "lonely",
    "happy",
    "sad",
    "old",
    "young",
    "tiny",
    "huge",
    "giant",
    "lovely",
    "pretty",
    "funny",
    "strange",
    "magical",
    "mysterious",
    "colourful",
    "bright",
    "shiny",
    "glowing",
    "golden",
    "silver",
    "wooden",
    "broken",
    "fresh",
    "delicious",
    "tasty",
    "wild",
    "friendly",
    "angry",
    "scary",
    "fast",
    "slow",
    "round",
    "soft",
    "dark",
    "warm",
    "cold",
    "famous",
    "ancient",
    "modern",
    "fantastic",
    "single",
    "simple",
    "detailed",
    "realistic",
    "elegant",
    "sleepy",
    "hungry",
    "brave",
    "clever",
    "gentle",
    "proud",
    "fluffy",
    "spotted",
    "striped",
    "flying",
    "dancing",
    "smiling",
    "sleeping",
    "jumping",
    "floating",
]
"""What is said of things and means nothing here: prompts are full of such words, and they must not confuse."""

DOINGS = [
    "sitting",
    "standing",
    "lying",
    "floating",
    "flying",
    "swimming",
    "sleeping",
    "resting",
    "hiding",
    "waiting",
    "walking",
    "running",
    "jumping",
    "dancing",
    "playing",
    "alone",
    "outside",
]
"""What things are said to do, likewise."""


def sentence(rng: np.random.Generator, words: Words) -> str:
    """One caption; the same words may be said in several ways."""
    front = FRONTS[int(rng.integers(len(FRONTS)))]
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
