"""Where in the picture a wish counts: a rectangle, or a picture that masks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from studio.base.errors import InputError
from studio.timeline.validate import label, number

SMALLEST: Final = 1 / 64
"""The least width and height of an area, as a share of the picture's."""

_AREA: Final = re.compile(r"[-+.\deE]+(?:\s*,\s*[-+.\deE]+){3}", re.ASCII)
_MASK: Final = re.compile(r"mask\((.*\S.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, in shares of the picture's width and height; 0, 0 is its upper left corner.

    `InputError` when a number is not in 0 to 1, or less than `SMALLEST` is left between two sides.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        for name in ("left", "top", "right", "bottom"):
            object.__setattr__(self, name, number(getattr(self, name), f"the {name} of a region", 0, 1) + 0.0)
        if self.right - self.left < SMALLEST or self.bottom - self.top < SMALLEST:
            raise InputError(
                "The region is too narrow",
                f"It goes from {self.left:g}, {self.top:g} to {self.right:g}, {self.bottom:g}",
                "Say where it ends on the left, at the top, on the right and at the bottom, such as 0, 0, 0.5, 1",
            )

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom


@dataclass(frozen=True, slots=True)
class Mask:
    """A picture of the project by its id: where it is white the wish counts, where it is black it does not.

    It is stretched over the whole picture. `InputError` when the id is empty.
    """

    asset: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset", label(self.asset, "the picture of a mask"))


Region = Area | Mask
"""Where a wish counts."""

NAMED: Final[dict[str, Area]] = {
    "left": Area(0, 0, 0.5, 1),
    "right": Area(0.5, 0, 1, 1),
    "top": Area(0, 0, 1, 0.5),
    "bottom": Area(0, 0.5, 1, 1),
    "centre": Area(0.25, 0.25, 0.75, 0.75),
    "top-left": Area(0, 0, 0.5, 0.5),
    "top-right": Area(0.5, 0, 1, 0.5),
    "bottom-left": Area(0, 0.5, 0.5, 1),
    "bottom-right": Area(0.5, 0.5, 1, 1),
}
"""The areas that have a name, in the order of menus."""

_SAME: Final = {"center": "centre"}


def parse_region(text: str) -> Region | None:
    """The region that a word means: one of `NAMED`, `LEFT,TOP,RIGHT,BOTTOM` in shares, or `mask(ASSET)`.

    None where it means none.

    Raises:
        InputError: it is written as an area, but is none that can be.
    """
    word = text.strip()
    if word in NAMED or word in _SAME:
        return NAMED[_SAME.get(word, word)]
    if masked := _MASK.fullmatch(word):
        return Mask(masked[1])
    if not _AREA.fullmatch(word):
        return None
    try:
        left, top, right, bottom = map(float, word.split(","))
    except ValueError:
        return None
    return Area(left, top, right, bottom)


def format_region(region: Region) -> str:
    """The word that `parse_region` reads back to the same region."""
    if isinstance(region, Mask):
        return f"mask({region.asset})"
    for name, area in NAMED.items():
        if area == region:
            return name
    return ",".join(str(int(side)) if side.is_integer() else repr(side) for side in region.sides)


def between(old: Region | None, new: Region | None, share: float) -> Region | None:
    """The area `share` (0 to 1) of the way from one to another, None being the whole picture.

    Raises:
        ValueError: one of two different regions is a mask: there is no way between them.
    """
    if old == new:
        return old
    if not meet(old, new):
        raise ValueError("a mask has no way to another region")
    ends = (sides(old), sides(new))
    mixed = [start + (end - start) * share for start, end in zip(*ends, strict=True)]
    area = Area(*(min(max(side, 0.0), 1.0) for side in mixed))
    return None if area == WHOLE else area


def meet(old: Region | None, new: Region | None) -> bool:
    """Whether there is a way from one region to another."""
    return old == new or not (isinstance(old, Mask) or isinstance(new, Mask))


def sides(region: Area | Mask | None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an area; of the whole picture where there is none, or a mask."""
    return region.sides if isinstance(region, Area) else WHOLE.sides


WHOLE: Final = Area(0, 0, 1, 1)
"""All of the picture."""
