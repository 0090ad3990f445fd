"""What a keyframe asks for: weighted terms, each a text or a picture, and the line of text they are written as."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from studio.base.errors import InputError
from studio.timeline.validate import label, number

NEVER_STOP: Final = -math.inf
"""The stop of a term whose distance is always pulled."""

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[+-]?(?:inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_IMAGE: Final = "image"


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the perceptor. Space around them is dropped; `InputError` when nothing is left."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", label(self.text, "the text of a prompt"))


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a prompt, by the id of one of the project's assets. `InputError` when the id is empty."""

    asset: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset", label(self.asset, "the asset of an image prompt"))


Content = Text | Image
"""What a term shows to the perceptor."""


@dataclass(frozen=True, slots=True)
class Term:
    """One wish of a prompt.

    Attributes:
        content: the text or picture.
        weight: how strongly it pulls; negative pushes away; finite.
        stop: where the pull ends, as in VQGAN-CLIP: a weighted distance below it no longer counts; finite, or -inf for
            never.
    """

    content: Content
    weight: float = 1.0
    stop: float = NEVER_STOP

    def __post_init__(self) -> None:
        if not isinstance(self.content, Text | Image):
            raise TypeError(f"the content of a term is Text or Image, not {type(self.content).__name__}")
        object.__setattr__(self, "weight", number(self.weight, "the weight"))
        if self.stop != NEVER_STOP:
            object.__setattr__(self, "stop", number(self.stop, "the stop"))


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked for, and what the picture is begun from.

    Attributes:
        terms: at least one; `InputError` when there is none.
        begin: id of the project's asset that the picture at the keyframe starts from; empty for what the project's
            pictures start from. The line of text says nothing of it.
    """

    terms: tuple[Term, ...]
    begin: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.terms, tuple) or not all(isinstance(term, Term) for term in self.terms):
            raise TypeError("the terms of a prompt are a tuple of Term")
        if not self.terms:
            raise InputError("The prompt is empty", "It has no term", "Write what the picture should show")
        if self.begin:
            object.__setattr__(self, "begin", label(self.begin, "the picture that a keyframe begins from"))


def parse_prompt(text: str) -> Prompt:
    """The prompt written as terms between bars, each `text`, `text:weight` or `text:weight:stop`.

        a red apple:1:-0.2 | blur:-0.5 | image:ASSET:0.5

    A term that begins with `image:` names an asset. Colons inside a text are kept unless what follows the last of them
    is a number. A backslash takes the next character as it is ("at 12\\:30"); two make one. Numbers have a point, never
    a comma. A stop may be -inf.

    Raises:
        InputError: nothing is written, a term is empty, or a number is not finite or too large.
    """
    if not text.strip():
        raise InputError("The prompt is empty", "Nothing is written", "Write what the picture should show")
    terms = _split(text)
    return Prompt(tuple(_read_term(fields, plain, place, len(terms)) for place, (fields, plain) in enumerate(terms, 1)))


def format_prompt(prompt: Prompt) -> str:
    """The line that `parse_prompt` reads back to the same terms. The weight 1 and the stop -inf are left out."""
    return " | ".join(_write_term(term) for term in prompt.terms)


def _split(text: str) -> list[tuple[list[str], bool]]:
    """Terms between bars as their fields between colons, and whether the first field is free of backslashes."""
    terms = [([""], True)]
    characters = iter(text)
    for character in characters:
        fields, plain = terms[-1]
        if character == "|":
            terms.append(([""], True))
        elif character == ":":
            fields.append("")
        elif character == "\\":
            fields[-1] += next(characters, "\\")
            terms[-1] = (fields, plain and len(fields) > 1)
        else:
            fields[-1] += character
    return terms


def _read_term(fields: list[str], plain: bool, place: int, count: int) -> Term:
    which = f"Term {place} of the prompt" if count > 1 else "The prompt"
    image = plain and len(fields) > 1 and fields[0].strip() == _IMAGE
    words = fields[1:] if image else fields[:]
    tail: list[str] = []
    while len(words) > 1 and len(tail) < 2 and _numeric(words[-1]):
        tail.insert(0, words.pop().strip())
    content = ":".join(words)
    if not content.strip():
        raise InputError(
            f"{which} is empty",
            "No asset is named after image:" if image else "There is nothing before its number or beside its bar",
            "Write it, or take it out",
        )
    weight = _read_number(tail[0], f"{which} has the weight") if tail else 1.0
    never = len(tail) < 2 or tail[1].lower() in ("-inf", "-infinity")
    stop = NEVER_STOP if never else _read_number(tail[1], f"{which} has the stop")
    return Term(Image(content) if image else Text(content), weight, stop)


def _write_term(term: Term) -> str:
    image = isinstance(term.content, Image)
    words = term.content.asset if isinstance(term.content, Image) else term.content.text
    numbers = [] if term.stop == NEVER_STOP else [_write_number(term.weight), _write_number(term.stop)]
    if not numbers and term.weight != 1:
        numbers = [_write_number(term.weight)]
    fields = [field.replace("\\", "\\\\").replace("|", "\\|") for field in words.split(":")]
    if len(fields) > 1 and _numeric(fields[-1]):
        last = fields.pop()
        fields[-1] += f"\\:{last}"
    if image:
        fields.insert(0, _IMAGE)
    elif fields[0].strip() == _IMAGE and len(fields) + len(numbers) > 1:
        fields[0] = f"\\{fields[0]}"
    return ":".join(fields + numbers)


def _numeric(field: str) -> bool:
    word = field.strip()
    return bool(_NUMBER.fullmatch(word) or _NOT_FINITE.fullmatch(word))


def _read_number(word: str, what: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise InputError(
            f"{what} {word}",
            "It is not a finite number",
            "Give a number such as 1 or -0.5; if it belongs to the text, put a backslash before the colon",
        )
    return value


def _write_number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
