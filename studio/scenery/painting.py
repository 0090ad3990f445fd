"""Brushes for procedural scenery: smooth noise, ramps of colour, horizons, sprinkles.

A scene is a function of the coordinates u (left to right) and v (top to bottom), both in 0..1, and of random numbers
whose count does not depend on the size, so that one scene can be drawn at any size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.scenery.colours import COLOURS, Colour

Picture = npt.NDArray[np.floating[Any]]
"""(height, width, 3) in 0..1, or (height, width) where it says so."""

Drawn = tuple[Picture, str, str]
"""A scene, what a caption says of it ("in the grass"), and what it is called alone ("a meadow")."""


class Painter:
    """Brushes for pictures of one size.

    Attributes:
        side: height in pixels.
        width: width in pixels; by default the height.
        u: (side, width) 0..1 from left to right.
        v: (side, width) 0..1 from top to bottom.
    """

    def __init__(self, side: int, width: int | None = None) -> None:
        self.side = side
        self.width = width or side
        self.u, self.v = np.meshgrid(*((np.arange(n, dtype=np.float32) + 0.5) / n for n in (self.width, side)))

    def noise(self, rng: np.random.Generator, cells: int, octaves: int = 3) -> Picture:
        """Smooth value noise in -1..1, (side, width); `cells` bumps across, halved and doubled over the octaves."""
        total = np.zeros((self.side, self.width), np.float32)
        for octave in range(octaves):
            n = cells * 2**octave
            grid = Image.fromarray(rng.uniform(-1, 1, (n + 2, n + 2)).astype(np.float32))
            bumps = grid.resize((self.width, self.side), Image.Resampling.BICUBIC, box=(1, 1, n + 1, n + 1))
            total += np.asarray(bumps) / 2**octave
        return total / 1.75

    def ramp(self, top: npt.ArrayLike, bottom: npt.ArrayLike, shape: Picture | None = None) -> Picture:
        """From one colour to another along v, or along `shape` (values 0..1)."""
        t = (self.v if shape is None else shape)[..., None]
        return (1 - t) * np.asarray(top, np.float32) + t * np.asarray(bottom, np.float32)

    def profile(self, rng: np.random.Generator, cells: int, *, jagged: bool = False) -> Picture:
        """A skyline in 0..1, (width,): `cells` heights across, joined softly, or by straight lines if `jagged`."""
        heights = rng.uniform(0, 1, cells + 1)
        place = self.u[0] * cells
        left = np.minimum(place.astype(int), cells - 1)
        share = place - left
        if not jagged:
            share = share * share * (3 - 2 * share)
        line: Picture = heights[left] * (1 - share) + heights[left + 1] * share
        return line

    def steps(self, rng: np.random.Generator, cells: int) -> tuple[Picture, npt.NDArray[np.int_]]:
        """A skyline of `cells` boxes across: their heights 0..1 and numbers, each (width,)."""
        number = np.minimum((self.u[0] * cells).astype(int), cells - 1)
        return rng.uniform(0, 1, cells)[number], number

    def below(self, line: npt.ArrayLike) -> Picture:
        """1 where v is below `line` (a number or (width,), in v), 0 above, a pixel soft; (side, width)."""
        return np.clip((self.v - np.asarray(line, np.float32)) * self.side + 0.5, 0, 1)

    def over(self, picture: Picture, cover: Picture, colour: npt.ArrayLike) -> Picture:
        """The picture with a colour, or another picture, where `cover` (side, width) is 1."""
        return picture * (1 - cover[..., None]) + np.asarray(colour, np.float32) * cover[..., None]

    def cells(self, place: Picture, half: float, pixels: float) -> Picture:
        """1 within `half` of the middle of every cell, 0 between, a pixel soft.

        Args:
            place: the coordinate in cells, such as u times 8.
            half: half the width of what is 1, in cells.
            pixels: to a cell.
        """
        cover: Picture = np.clip((half - np.abs(place % 1 - 0.5)) * pixels + 0.5, 0, 1)
        return cover

    def disc(self, x: float, y: float, radius: float, soft: float = 0.0) -> Picture:
        """1 inside a circle (in parts of the height), 0 outside; `soft` widens its edge. (side, width)."""
        distance = np.hypot((self.u - x) * self.width / self.side, self.v - y)
        return np.clip((radius - distance) / max(soft, 1 / self.side) + 0.5, 0, 1)

    def sprinkle(
        self, rng: np.random.Generator, picture: Picture, count: int, radius: float, colour: npt.ArrayLike
    ) -> Picture:
        """The picture with `count` soft dots of about `radius` (in parts of the height) at random places."""
        light = np.zeros((self.side, self.width), np.float32)
        stretch = self.width / self.side  # so that what is round stays round
        for x, y, r in zip(rng.random(count), rng.random(count), radius * rng.uniform(0.5, 1.6, count), strict=True):
            reach = max(2, int(3 * r * self.side) + 1)
            cx, cy = int(x * self.width), int(y * self.side)
            rows, columns = slice(max(0, cy - reach), cy + reach + 1), slice(max(0, cx - reach), cx + reach + 1)
            square = ((self.u[rows, columns] - x) * stretch) ** 2 + (self.v[rows, columns] - y) ** 2
            np.maximum(light[rows, columns], np.exp(-square / (2 * r * r)), out=light[rows, columns])
        return self.over(picture, light, colour)


def pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """One of the phrases."""
    return words[int(rng.integers(len(words)))]


def shade(rng: np.random.Generator, colour: Colour) -> Picture:
    """A colour, a little off: (3,)."""
    return np.clip(np.asarray(colour.rgb, np.float32) + rng.normal(0, 0.04, 3).astype(np.float32), 0, 1)


def any_colour(rng: np.random.Generator) -> Colour:
    """One of `COLOURS`."""
    return COLOURS[int(rng.integers(len(COLOURS)))]


def two_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Two different ones of `COLOURS`."""
    a, b = rng.choice(len(COLOURS), 2, replace=False)
    return COLOURS[int(a)], COLOURS[int(b)]
