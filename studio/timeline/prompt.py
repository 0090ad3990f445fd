"""What a keyframe asks for: weighted terms, each a text, a picture or noise, and the line they are written as."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from studio.base.errors import InputError
from studio.timeline.region import Area, Mask, Region, format_region, parse_region
from studio.timeline.validate import label, number, whole

NEVER_STOP: Final = -math.inf
"""The stop of a term whose distance is always pulled."""

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE: Final = re.compile(r"[+-]?(?:inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_IMAGE: Final = "image"
_NOISE: Final = "noise"
_SEED: Final = re.compile(r"\d+", re.ASCII)

MAXIMUM_SEED: Final = 2**63 - 1
"""The largest seed of noise."""


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


@dataclass(frozen=True, slots=True)
class Noise:
    """A point of a perceptor's space that means nothing in words, as VQGAN-CLIP's `noise_prompt_seeds` (Crowson 2021).

    Attributes:
        seed: 0 to `MAXIMUM_SEED`; each gives another point. `InputError` outside.
    """

    seed: int

    def __post_init__(self) -> None:
        whole(self.seed, "the seed of a noise prompt", 0, MAXIMUM_SEED)


Content = Text | Image | Noise
"""What a term shows to the perceptor."""


@dataclass(frozen=True, slots=True)
class Term:
    """One wish of a prompt.

    Attributes:
        content: the text, picture or noise.
        weight: how strongly it pulls; negative pushes away; finite.
        stop: where the pull ends, as in VQGAN-CLIP: a weighted distance below it no longer counts; finite, or -inf for
            never.
        region: where in the picture it counts; None for all of it.
    """

    content: Content
    weight: float = 1.0
    stop: float = NEVER_STOP
    region: Region | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.content, Text | Image | Noise):
            raise TypeError(f"the content of a term is Text, Image or Noise, not {type(self.content).__name__}")
        if not isinstance(self.region, Area | Mask | None):
            raise TypeError(f"the region of a term is Area or Mask, not {type(self.region).__name__}")
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

        a red apple:1:-0.2 | blur:-0.5 | image:ASSET:0.5 | noise:7:0.3 | a frog @left:0.8

    A term that begins with `image:` names an asset, and `noise:` before a whole number is noise of that seed. Colons
    inside a text are kept unless what follows the last of them is a number. What ends with a space, an `@` and a region
    counts there alone: `@left` or another of `region.NAMED`, `@0,0.5,1,1` (left, top, right, bottom, in shares of the
    picture) or `@mask(ASSET)`; any other `@` belongs to the text. A backslash takes the next character as it is
    ("at 12\\:30", "\\noise:7", "me \\@left"); two make one. Numbers have a point, never a comma. A stop may be -inf.

    Raises:
        InputError: nothing is written, a term is empty, or a number is not finite or out of its range.
    """
    if not text.strip():
        raise InputError("The prompt is empty", "Nothing is written", "Write what the picture should show")
    terms = _split(text)
    return Prompt(tuple(_read_term(fields, place, len(terms)) for place, fields in enumerate(terms, 1)))


def format_prompt(prompt: Prompt) -> str:
    """The line that `parse_prompt` reads back to the same terms. The weight 1 and the stop -inf are left out."""
    return " | ".join(_write_term(term) for term in prompt.terms)


@dataclass(slots=True)
class _Field:
    """What stands between two colons: its characters, whether none has a backslash, and where its last bare @ is."""

    text: str = ""
    plain: bool = True
    at: int = -1

    def is_word(self, word: str) -> bool:
        return self.plain and self.text.strip() == word

    @property
    def parts(self) -> tuple[str, Region | None]:
        """What is left before the region at its end, and that region."""
        before, after = self.text[: max(self.at, 0)], self.text[self.at + 1 :]
        if not before.strip() or not before[-1].isspace() or after[:1].isspace():
            return self.text, None
        region = parse_region(after)
        return (before, region) if region else (self.text, None)


def _split(text: str) -> list[list[_Field]]:
    """Terms between bars as their fields between colons."""
    terms = [[_Field()]]
    characters = iter(text)
    for character in characters:
        field = terms[-1][-1]
        if character == "|":
            terms.append([_Field()])
        elif character == ":":
            terms[-1].append(_Field())
        elif character == "\\":
            field.text += next(characters, "\\")
            field.plain = False
        else:
            field.at = len(field.text) if character == "@" else field.at
            field.text += character
    return terms


def _read_term(fields: list[_Field], place: int, count: int) -> Term:
    which = f"Term {place} of the prompt" if count > 1 else "The prompt"
    image, noise = len(fields) > 1 and fields[0].is_word(_IMAGE), _is_noise(fields)
    words = fields[1:] if image or noise else fields[:]
    tail: list[str] = []
    while len(words) > 1 and len(tail) < 2 and _numeric(words[-1].text):
        tail.insert(0, words.pop().text.strip())
    last, region = words[-1].parts
    content = ":".join([*(field.text for field in words[:-1]), last])
    if not content.strip():
        raise InputError(
            f"{which} is empty",
            "No asset is named after image:" if image else "There is nothing before its number or beside its bar",
            "Write it, or take it out",
        )
    weight = _read_number(tail[0], f"{which} has the weight") if tail else 1.0
    never = len(tail) < 2 or tail[1].lower() in ("-inf", "-infinity")
    stop = NEVER_STOP if never else _read_number(tail[1], f"{which} has the stop")
    kind = Image(content) if image else _noise(content) if noise else Text(content)
    return Term(kind, weight, stop, region)


def _is_noise(fields: list[_Field]) -> bool:
    """Whether it is noise and its seed, and after that weight and stop at most: "noise:-0.5" is a text and a weight."""
    numbers = 1 < len(fields) < 5 and all(_numeric(field.text) for field in fields[2:])
    return numbers and fields[0].is_word(_NOISE) and bool(_SEED.fullmatch(fields[1].parts[0].strip()))


def _noise(seed: str) -> Noise:
    digits = seed.strip()
    return Noise(int(digits) if len(digits) < 20 else MAXIMUM_SEED + 1)


def _write_term(term: Term) -> str:
    numbers = [] if term.stop == NEVER_STOP else [_write_number(term.weight), _write_number(term.stop)]
    if not numbers and term.weight != 1:
        numbers = [_write_number(term.weight)]
    fields = _write_content(term.content, bare=term.region is None, numbers=numbers)
    if term.region is not None:
        fields[-1] += f" @{_escaped(format_region(term.region), '@:')}"
    return ":".join(fields + numbers)


def _write_content(content: Content, *, bare: bool, numbers: list[str]) -> list[str]:
    if isinstance(content, Noise):
        return [_NOISE, str(content.seed)]
    words = (content.asset if isinstance(content, Image) else content.text).split(":")
    fields = [_escaped(field) for field in words]
    if bare and _looks_like_region(words[-1]):
        fields[-1] = _escaped(words[-1], "@")
    if len(fields) > 1 and (_numeric(words[-1]) or not (bare or words[-1].strip())):
        last = fields.pop()
        fields[-1] += f"\\:{last}"
    if isinstance(content, Image):
        return [_IMAGE, *fields]
    first, follows = words[0].strip(), [*fields, *numbers][1:]
    if follows and (first == _IMAGE or (first == _NOISE and _SEED.fullmatch(follows[0].strip()))):
        fields[0] = f"\\{fields[0]}"
    return fields


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"\\{character}" if character in f"\\|{more}" else character for character in text)


def _looks_like_region(text: str) -> bool:
    try:
        return _Field(text, at=text.rfind("@")).parts[1] is not None
    except InputError:
        return True


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
