"""The settings of each medium: one table that says what there is to set, within what, what for, and what is usual."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

Value: TypeAlias = "int | float | str"
"""Of an option: a number or a word."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that an option may be.

    Attributes:
        name: the word.
        label: on screen.
        help: one sentence for a tooltip.
    """

    name: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one setting of a medium.

    Attributes:
        name: in files and on the command line.
        label: on screen.
        help: one sentence for a tooltip.
        default: its usual value; a whole number where only whole ones can be chosen.
        minimum: the least number.
        maximum: the greatest.
        unit: what the number counts; empty for a plain factor.
        choices: the words that it may be; empty for a number.
        published: whether it is of the published BigGAN-deep alone, and changes nothing in the starter's kind.
    """

    name: str
    label: str
    help: str
    default: Value
    minimum: float = 0.0
    maximum: float = 0.0
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    published: bool = False

    @property
    def integer(self) -> bool:
        """Whether only whole numbers can be chosen."""
        return isinstance(self.default, int)

    @property
    def range(self) -> str:
        """What it may be, in words."""
        if self.choices:
            return " or ".join(filter(None, (", ".join(c.name for c in self.choices[:-1]), self.choices[-1].name)))
        return f"{'a whole number, ' if self.integer else ''}{self.minimum:g} to {self.maximum:g}"

    def checked(self, value: object) -> Value:
        """The value as it is kept: 512 for 512.0 where whole numbers are wanted.

        Raises:
            ValueError: it is none that this option may have.
        """
        if self.choices:
            if isinstance(value, str) and value in {choice.name for choice in self.choices}:
                return value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            inside = math.isfinite(value) and self.minimum <= value <= self.maximum
            if inside and (not self.integer or value == int(value)):
                return int(value) if self.integer else float(value)
        raise ValueError(f"{self.name} must be {self.range}, got {value!r}")

    def read(self, text: str) -> Value:
        """The value that is written so.

        Raises:
            ValueError: it is none.
        """
        if self.choices:
            return self.checked(text.strip())
        try:
            return self.checked(float(text))
        except ValueError:
            raise ValueError(f"{self.name} must be {self.range}, got {text!r}") from None


SEARCHES: Final = (
    Choice("evolved", "Evolution, then gradient", "CMA-ES finds a beginning, and the steps follow its gradient."),
    Choice("gradient", "Gradient", "The best of many samples is followed downhill, without evolution."),
    Choice("cmaes", "CMA-ES", "Evolution alone: each step of a keyframe is a generation, judged as one batch."),
    Choice("both", "Both in turn", "The best of every generation take steps along the gradient before they are told."),
)
"""How a BigGAN's latents can be found."""

_TABLE: Final[Mapping[str, tuple[Option, ...]]] = {
    "strokes": (
        Option(
            "strokes",
            "Strokes",
            "How many strokes the drawing has. More show finer things and take longer.",
            256,
            1,
            1024,
            "strokes",
        ),
        Option(
            "widest",
            "Widest",
            "How wide a stroke may get, as a share of the picture's shorter side. Less draws with a pen, more paints.",
            0.3,
            0.005,
            0.3,
            "of the shorter side",
        ),
    ),
    "palette": (
        Option("colours", "Colours", "How many colours the palette has.", 16, 2, 256, "colours"),
        Option(
            "cells",
            "Big pixels",
            "How many big pixels there are along the picture's longer side. Fewer are bigger.",
            64,
            4,
            512,
            "on the longer side",
        ),
    ),
    "biggan": (
        Option(
            "truncation",
            "Truncation",
            "How far the noise goes from its middle. Less is safer and more alike, 1 is the wildest.",
            0.7,
            0.02,
            1.0,
            published=True,
        ),
        Option(
            "search",
            "Search",
            "How latents are found where a dream begins from the generator's own picture.",
            "evolved",
            choices=SEARCHES,
        ),
        Option(
            "population",
            "Population",
            "How many pictures a generation of the evolution has. More search wider and take longer.",
            16,
            6,
            256,
            "pictures",
        ),
    ),
    "fourier": (
        Option(
            "decay",
            "Decay",
            "How much sooner large shapes move than fine ones: the exponent of 1/f. Less makes finer, noisier texture.",
            1.0,
            0.0,
            3.0,
        ),
    ),
}

OPTIONS: Final[Mapping[str, Mapping[str, Option]]] = {
    kind: {option.name: option for option in options} for kind, options in _TABLE.items()
}
"""Medium to its options by name, in the order in which they are shown; a medium without any is not in it."""


def options_of(kind: str) -> Mapping[str, Option]:
    """The options of a medium, by name."""
    return OPTIONS.get(kind, {})


def normal(kind: str, given: Mapping[str, object]) -> Mapping[str, Value]:
    """What is given, checked, without what is usual anyway, and by name: equal settings are equal mappings.

    Raises:
        ValueError: the medium has no such option, or a value is none that it may have.
    """
    known = options_of(kind)
    for name in given:
        if name not in known:
            raise ValueError(f"an option of {kind} must be one of {', '.join(known) or 'none'}, got {name!r}")
    checked = {name: known[name].checked(given[name]) for name in sorted(given)}
    return MappingProxyType({name: value for name, value in checked.items() if value != known[name].default})
