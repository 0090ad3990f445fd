"""What a prompt names outright: things, their colours, and where they are. The rest is for a perceptor to make out."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.canvas.biggan_model import Scene
from studio.scenery.colours import COLOURS


def _words(text: str) -> list[str]:
    return text.split()


_SILENT = frozenset(
    _words(
        "a an the in on at of by with under over above below beneath among between against behind before front "
        "into onto from to and or near inside outside some its it is are was were there this that"
    )
)
_VAGUE = frozenset(
    _words(
        "picture drawing image painting illustration photo photograph watercolour watercolor sketch cartoon icon "
        "print style beautiful cute little small big tiny huge giant lovely pretty funny strange magical "
        "mysterious colourful happy sad old young very background one two three four five six pair couple both several "
        "many lots next left right top side piece bit wearing holding eating riding"
    )
)
_WORD = re.compile(r"[a-z]+(?:[-'’][a-z]+)*")
_DEPICTING = r" of (?:an?|the|some|two|three|four|five)\b"  # "a painting of a rose" shows no frame
_WITHIN = re.compile(r"\b(?:in|on|at|inside|into|within|among|between|amid|near|through|across) (?:[a-z-]+ ){0,3}$")
_PLURALS = {"man": "men", "mouse": "mice", "goose": "geese", "foot": "feet", "tooth": "teeth", "child": "children"}
_PLURALS |= {"wolf": "wolves", "leaf": "leaves", "knife": "knives", "elf": "elves", "loaf": "loaves", "ox": "oxen"}
_PLURALS |= {"scarf": "scarves", "person": "people"}


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that a text names.

    Attributes:
        kind: which class.
        colour: red, green, blue in 0 to 1, where the word before it is a colour; else None.
        start: where in the text its name begins.
        plural: whether it is named in the plural, though it has a singular.
    """

    kind: int
    colour: tuple[float, float, float] | None
    start: int
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text names.

    Attributes:
        things: in the order of the text.
        scenes: pairs of a kind of background and one of its looks that fit the text best, equally well; perhaps none.
        rest: words that nothing was made of.
    """

    things: tuple[Named, ...]
    scenes: tuple[tuple[int, int], ...]
    rest: tuple[str, ...]


def read(text: str, classes: Sequence[Sequence[str]], places: Sequence[Scene]) -> Reading:
    """Find the names of classes and the phrases of backgrounds in a text; longer names go before shorter ones.

    Args:
        text: English.
        classes: what each class is called.
        places: the kinds of background, with their phrases.
    """
    lowered = text.lower()
    # of thousands, few can be meant, and only those make the pattern long
    names = {form: kind for form, kind in _called(tuple(map(tuple, classes))) if form in lowered}
    colours = {colour.name: colour.rgb for colour in COLOURS}
    ordered = sorted(names, key=len, reverse=True)
    every = "|".join(map(re.escape, ordered))
    # "an orange octopus" is no orange
    pattern = "|".join(
        rf"{re.escape(name)}(?! (?:{every})\b)" if name in colours else re.escape(name) for name in ordered
    )
    things, left, at = [], [], 0
    for match in re.finditer(rf"\b(?:{pattern})\b(?!{_DEPICTING})", lowered) if pattern else ():
        before = _WORD.findall(lowered[at : match.start()])
        colour = colours.get(before[-1]) if before else None
        kind = names[match.group()]
        plural = match.group() not in {noun.lower() for noun in classes[kind]}
        things.append(Named(kind, colour, match.start(), plural))
        left += before[:-1] if colour else before
        at = match.end()
    left += _WORD.findall(lowered[at:])
    words = frozenset(left)
    scenes, used = _scenes(words, places)
    if not scenes:  # "a cat in the forest", where a forest is a thing too: what comes last may be where the others are
        things, scenes, used = _set_apart(things, lowered, classes, places)
    rest = [word for word in left if word not in used | _SILENT | _VAGUE]
    return Reading(tuple(things), scenes, tuple(rest))


def _set_apart(
    things: list[Named], text: str, classes: Sequence[Sequence[str]], places: Sequence[Scene]
) -> tuple[list[Named], tuple[tuple[int, int], ...], frozenset[str]]:
    """Take the last thing for the background where its words are those of one, and another thing is named before it."""
    if len(things) > 1 and _WITHIN.search(text[: things[-1].start]):
        scenes, used = _scenes(frozenset(_WORD.findall(text[things[-1].start :])), places)
        if scenes:
            return things[:-1], scenes, used
    return things, (), frozenset()


def _scenes(words: frozenset[str], places: Sequence[Scene]) -> tuple[tuple[tuple[int, int], ...], frozenset[str]]:
    """The looks whose phrases have the most telling words, all of which are among `words`; and these words."""
    fitting = functools.cache(functools.partial(_fitting, words=words))
    found: list[tuple[int, int, frozenset[str]]] = []
    for number, place in enumerate(places):
        general = max(map(fitting, place.phrases), key=len, default=frozenset())
        general = general if general and _everywhere(general, place) else frozenset()
        # few looks of a kind are called differently
        telling = {said: max((*map(fitting, said), general), key=len) for said in dict.fromkeys(place.looks)}
        found += [(number, look, telling[said]) for look, said in enumerate(place.looks) if telling[said]]
    best = max((len(telling) for _, _, telling in found), default=0)
    fit = [(number, look, telling) for number, look, telling in found if len(telling) == best]
    return tuple((number, look) for number, look, _ in fit), frozenset().union(*(telling for _, _, telling in fit))


def _fitting(phrase: str, words: frozenset[str]) -> frozenset[str]:
    """The telling words of a phrase if all of them are there, or nothing."""
    telling = _telling(phrase)
    return telling if telling <= words else frozenset()


@functools.lru_cache(maxsize=10_000)
def _telling(phrase: str) -> frozenset[str]:
    return frozenset(_WORD.findall(phrase.lower())) - _SILENT


def _everywhere(words: frozenset[str], place: Scene) -> bool:
    """Whether a phrase is of all of a kind's looks: of a kind whose looks have colours, it names those of one."""
    colours = {colour.name for colour in COLOURS}
    return not words & colours or len({alone for _, alone in place.looks}) == 1


@functools.lru_cache(maxsize=8)
def _called(classes: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, int], ...]:
    """What may stand for a class and which one; of two that are alike, the later one counts."""
    return tuple(
        (form, kind)
        for kind, nouns in reversed(list(enumerate(classes)))
        for noun in reversed(nouns)
        for form in _forms(noun.lower())
    )


def _forms(noun: str) -> tuple[str, ...]:
    """A noun and what may be its plural."""
    plurals = (f"{noun}s", f"{noun}es", *((f"{noun[:-1]}ies",) if noun.endswith("y") else ()))
    odd = (
        f"{noun[: -len(one)]}{many}"
        for one, many in _PLURALS.items()
        if noun.endswith(one) and re.search(rf"(?:\b|wo){one}$", noun)
    )
    return noun, *plurals, *odd
