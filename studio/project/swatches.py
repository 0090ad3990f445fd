"""The colours that a project's pictures are drawn to, as "#rrggbb"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image as Pictures

MOST_COLOURS = 32
"""Colours of a palette at most."""

WHITE = "#ffffff"
"""The border's colour where the project says nothing."""

_COLOUR = re.compile("#[0-9a-f]{6}")
_LOOKED_AT = 128  # pixels on the longer side: enough to see which colours there are


@dataclass(frozen=True, slots=True)
class Colours:
    """What the parameters palette and edges draw colours to.

    Attributes:
        palette: "#rrggbb", at most `MOST_COLOURS`, in lower case; empty: the parameter palette does nothing.
        border: "#rrggbb".

    Raises:
        ValueError: one is no colour, or there are too many.
    """

    palette: tuple[str, ...] = ()
    border: str = WHITE

    def __post_init__(self) -> None:
        for colour in (*self.palette, self.border):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"a colour is written #rrggbb, got {colour!r}")
        if len(self.palette) > MOST_COLOURS:
            raise ValueError(f"a palette has {MOST_COLOURS} colours at most, got {len(self.palette)}")


def shares(colour: str) -> tuple[float, float, float]:
    """Red, green and blue in 0 to 1 of a "#rrggbb"."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def read_colours(text: str) -> tuple[str, ...]:
    """The colours that are written in a text, as hex with or without `#`, three digits or six; none twice.

    Raises:
        ValueError: a word is no colour.
    """
    found = []
    for word in re.split(r"[\s,;]+", text.strip().lower()) if text.strip() else ():
        digits = word.removeprefix("#")
        digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        if not _COLOUR.fullmatch(f"#{digits}"):
            raise ValueError(f"{word} is no colour; write it as #rrggbb, such as #ff8800")
        found.append(f"#{digits}")
    return tuple(dict.fromkeys(found))


def colours_of(picture: Pictures.Image, count: int = 8) -> tuple[str, ...]:
    """The `count` main colours of a picture at most, the most frequent first: median cut (Heckbert 1982), refined.

    Args:
        picture: of any size; it is looked at in small.
        count: 1 to `MOST_COLOURS`.
    """
    from PIL import Image as Pictures  # late: terminals that render nothing need not wait for it

    small = picture.convert("RGB")
    small.thumbnail((_LOOKED_AT, _LOOKED_AT))
    reduced = small.quantize(count, method=Pictures.Quantize.MEDIANCUT, kmeans=2, dither=Pictures.Dither.NONE)
    table, counted = reduced.getpalette() or [], reduced.getcolors() or []
    ordered: Sequence[int] = [int(str(index)) for _, index in sorted(counted, key=lambda each: -each[0])]
    return tuple(dict.fromkeys("#" + bytes(table[3 * index : 3 * index + 3]).hex() for index in ordered))
