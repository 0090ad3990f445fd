"""Landscapes: meadows, seas, woods, mountains: everything under the open sky."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.scenery.painting import Drawn, Painter, Picture, pick
from studio.scenery.skies import day

_RAINBOW = (
    (0.86, 0.2, 0.2),
    (0.96, 0.58, 0.15),
    (0.98, 0.88, 0.25),
    (0.3, 0.7, 0.3),
    (0.2, 0.4, 0.85),
    (0.5, 0.25, 0.7),
)


def _ground(
    b: Painter, rng: np.random.Generator, horizon: npt.ArrayLike, dark: npt.ArrayLike, light: npt.ArrayLike
) -> Picture:
    """From light at the horizon to dark at the feet, a little uneven."""
    depth = np.clip((b.v - np.asarray(horizon, np.float32)) / 0.5, 0, 1)
    uneven: Picture = b.ramp(light, dark, depth) * (1 + 0.05 * b.noise(rng, 5, 2))[..., None]
    return uneven


def grass(b: Painter, rng: np.random.Generator) -> Drawn:
    """A meadow under the sky."""
    horizon = rng.uniform(0.35, 0.65) + 0.06 * b.profile(rng, 4)
    ground = _ground(b, rng, horizon, (0.16, 0.5, 0.14), (0.42, 0.74, 0.26))
    blades = b.noise(rng, 14, 2) * np.clip((b.v - 0.4) * 2, 0.2, 1)
    picture = b.over(day(b, rng), b.below(horizon), ground * (1 + 0.28 * blades)[..., None])
    words = (
        "in the grass",
        "on the grass",
        "in a meadow",
        "in a green field",
        "on a lawn",
        "in a field",
        "on a meadow",
        "in the park",
        "in a park",
        "in the countryside",
    )
    return picture, pick(rng, words), "a green meadow under a blue sky"


def hills(b: Painter, rng: np.random.Generator) -> Drawn:
    """Rolling green hills, one behind the other."""
    picture = day(b, rng, 0.7)
    for number, (line, green) in enumerate(((0.42, 0.62), (0.55, 0.5), (0.7, 0.38))):
        top = line + 0.16 * b.profile(rng, 3 + number) - 0.05
        picture = b.over(picture, b.below(top), np.array((0.55 * green, green + 0.1, 0.4 * green), np.float32))
    return picture, pick(rng, ("in the hills", "on a hill", "on a green hill", "among green hills")), "green hills"


def flowers(b: Painter, rng: np.random.Generator) -> Drawn:
    """A meadow full of flowers."""
    horizon = rng.uniform(0.25, 0.45) + 0.05 * b.profile(rng, 4)
    ground = _ground(b, rng, horizon, (0.2, 0.52, 0.16), (0.4, 0.7, 0.25))
    for colour in ((0.95, 0.25, 0.3), (0.98, 0.85, 0.2), (0.95, 0.6, 0.85), (1.0, 1.0, 1.0)):
        ground = b.sprinkle(rng, ground, int(rng.integers(8, 20)), 0.016, colour)
    picture = b.over(day(b, rng), b.below(horizon), ground)
    words = (
        "in a field of flowers",
        "among flowers",
        "in a garden",
        "in a flower garden",
        "in the flowers",
        "in the garden",
        "in spring",
        "in a flower field",
    )
    return picture, pick(rng, words), "a field of flowers"


def sea(b: Painter, rng: np.random.Generator) -> Drawn:
    """The open sea."""
    horizon = rng.uniform(0.3, 0.6)
    water = _ground(b, rng, horizon, (0.03, 0.25, 0.55), (0.15, 0.5, 0.78))
    depth = np.clip((b.v - horizon) / 0.6, 0.03, 1)
    waves = np.clip(np.sin(14 / depth**0.5 + 4 * b.noise(rng, 5, 2)) - 0.55, 0, 1) * np.clip(depth * 2, 0, 1)
    water = b.over(water, waves, (0.75, 0.9, 0.98))
    picture = b.over(day(b, rng), b.below(horizon), water)
    words = (
        "in the sea",
        "on the sea",
        "in the ocean",
        "on the water",
        "on the ocean",
        "at sea",
        "in the waves",
        "on a lake",
        "in a lake",
        "on the waves",
    )
    return picture, pick(rng, words), "the sea under a blue sky"


def beach(b: Painter, rng: np.random.Generator) -> Drawn:
    """Sand in front, the sea behind it."""
    horizon = rng.uniform(0.3, 0.42)
    shore = rng.uniform(0.52, 0.68) + 0.06 * (b.profile(rng, 3) - 0.5)
    picture = day(b, rng)
    picture = b.over(picture, b.below(horizon), _ground(b, rng, horizon, (0.2, 0.65, 0.8), (0.08, 0.4, 0.72)))
    picture = b.over(picture, b.below(shore - 0.035), (0.97, 0.99, 1.0))
    sand = _ground(b, rng, 0.5, (0.86, 0.72, 0.46), (0.97, 0.88, 0.64)) * (1 + 0.07 * b.noise(rng, 16, 2))[..., None]
    picture = b.over(picture, b.below(shore), sand)
    words = (
        "on the beach",
        "on a sandy beach",
        "at the beach",
        "at the seaside",
        "on the shore",
        "on the sand",
        "by the sea",
        "at the coast",
        "by the ocean",
    )
    return picture, pick(rng, words), "a sandy beach by the sea"


def desert(b: Painter, rng: np.random.Generator) -> Drawn:
    """Dunes under a hot sky."""
    picture = b.ramp((0.45, 0.68, 0.9), (0.98, 0.9, 0.72), np.clip(b.v / 0.6, 0, 1))
    picture = b.over(picture, b.disc(rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.25), 0.07, 0.03), (1.0, 0.95, 0.7))
    for number, line in enumerate((0.42, 0.55, 0.7)):
        top = line + 0.14 * b.profile(rng, 2 + number) - 0.05
        side = np.clip((b.v - top) * 6 + 0.4 * np.sin(b.u * rng.uniform(4, 9) + rng.uniform(0, 6)), 0, 1)
        picture = b.over(picture, b.below(top), b.ramp((0.98, 0.83, 0.5), (0.8, 0.55, 0.26), side))
    words = (
        "in the desert",
        "in a sandy desert",
        "among sand dunes",
        "in the hot desert",
        "in the sand",
        "in the dunes",
        "in the sahara",
    )
    return picture, pick(rng, words), "a sandy desert"


def snow(b: Painter, rng: np.random.Generator) -> Drawn:
    """Snowy hills with firs, and snow falling."""
    picture = b.ramp((0.55, 0.7, 0.86), (0.85, 0.91, 0.97), np.clip(b.v / 0.6, 0, 1))
    horizon = rng.uniform(0.42, 0.6) + 0.08 * b.profile(rng, 3)
    xs, heights = rng.random(7), rng.uniform(0.12, 0.26, 7)
    for x, height in zip(xs, heights, strict=True):
        foot = float(np.interp(x, b.u[0], horizon)) + 0.03
        reach = np.clip((b.v - foot + height) / height, 0, 1) * (b.v < foot)
        fir = np.clip((0.32 * height * reach - np.abs(b.u - x)) * b.side + 0.5, 0, 1) * (reach > 0)
        picture = b.over(picture, fir, (0.16, 0.36, 0.3))
    picture = b.over(picture, b.below(horizon), _ground(b, rng, horizon, (0.82, 0.89, 0.97), (0.98, 0.99, 1.0)))
    picture = b.sprinkle(rng, picture, int(rng.integers(25, 60)), 0.012, (1.0, 1.0, 1.0))
    words = (
        "in the snow",
        "on the snow",
        "in winter",
        "in a snowy field",
        "on a snowy hill",
        "in a snowy landscape",
        "in the snowfall",
        "in a winter landscape",
    )
    return picture, pick(rng, words), "a snowy winter landscape"


def mountains(b: Painter, rng: np.random.Generator) -> Drawn:
    """Peaks with snow on them."""
    picture = day(b, rng)
    for line, rise, rock, cap in ((0.5, 0.42, (0.5, 0.56, 0.68), 0.16), (0.72, 0.3, (0.34, 0.4, 0.42), 0.05)):
        top = line - rise * b.profile(rng, 6, jagged=True)
        picture = b.over(picture, b.below(top), np.array(rock, np.float32))
        snowy = (1 - b.below(top + cap + 0.04 * b.noise(rng, 8, 1))) * b.below(top)
        picture = b.over(picture, snowy * (top < line - 0.3 * rise), (0.97, 0.98, 1.0))
    picture = b.over(picture, b.below(0.82 + 0.05 * b.profile(rng, 4)), (0.3, 0.55, 0.25))
    words = (
        "in the mountains",
        "in front of mountains",
        "in the snowy mountains",
        "among mountains",
        "on a mountain",
        "in the alps",
        "in a mountain landscape",
    )
    return picture, pick(rng, words), "snowy mountains"


def underwater(b: Painter, rng: np.random.Generator) -> Drawn:
    """Under the sea: rays of light, bubbles, weed and sand."""
    picture = b.ramp((0.1, 0.6, 0.8), (0.0, 0.16, 0.4)) + 0.05 * b.noise(rng, 4)[..., None]
    slant, phase = rng.uniform(-0.4, 0.4), rng.uniform(0, 6)
    rays = np.clip(np.sin((b.u + slant * b.v) * rng.uniform(14, 22) + phase) - 0.4, 0, 1) * np.clip(0.8 - b.v, 0, 1)
    picture = b.over(picture, 0.5 * rays, (0.7, 0.95, 1.0))
    for x, height in zip(rng.random(6), rng.uniform(0.15, 0.4, 6), strict=True):
        bend = x + 0.02 * np.sin(b.v * 25 + 40 * x)
        weed = np.clip((0.014 - np.abs(b.u - bend)) * b.side + 0.5, 0, 1) * (b.v > 1 - height)
        picture = b.over(picture, weed, (0.08, 0.42, 0.25))
    picture = b.over(picture, b.below(0.9 + 0.07 * b.profile(rng, 4)), (0.62, 0.6, 0.42))
    picture = b.sprinkle(rng, picture, int(rng.integers(6, 25)), 0.014, (0.75, 0.96, 1.0))
    words = (
        "under water",
        "underwater",
        "under the sea",
        "deep in the sea",
        "at the bottom of the sea",
        "in the deep sea",
        "under the ocean",
        "in the deep ocean",
    )
    return picture, pick(rng, words), "the deep blue sea"


def _trunk(b: Painter, x: float, wide: float) -> Picture:
    """1 within a vertical band, 0 beside it; (1, width)."""
    square = np.square((b.u[:1] - x) / wide)
    band: Picture = np.exp(-square * square)
    return band


def forest(b: Painter, rng: np.random.Generator) -> Drawn:
    """Trunks and dark leaves."""
    picture = b.ramp((0.1, 0.34, 0.16), (0.06, 0.2, 0.07)) * (1 + 0.45 * b.noise(rng, 7))[..., None]
    for x, wide in zip(rng.random(7), rng.uniform(0.015, 0.04, 7), strict=True):
        picture = b.over(picture, _trunk(b, x, wide) * (b.v > 0.12), (0.33, 0.21, 0.11))
    picture = b.over(picture, np.clip(0.45 + 1.2 * b.noise(rng, 6, 2) - 2.2 * b.v, 0, 1), (0.16, 0.46, 0.2))
    picture = b.over(picture, b.below(0.86 + 0.06 * b.profile(rng, 5)), (0.14, 0.34, 0.12))
    return (
        picture,
        pick(
            rng,
            (
                "in the forest",
                "in a forest",
                "in the woods",
                "in the jungle",
                "among trees",
                "between the trees",
                "in a jungle",
            ),
        ),
        "a dark green forest",
    )


def autumn(b: Painter, rng: np.random.Generator) -> Drawn:
    """Trees with red and golden leaves."""
    picture = b.ramp((0.95, 0.7, 0.3), (0.85, 0.5, 0.2)) * (1 + 0.2 * b.noise(rng, 5))[..., None]
    for x, wide in zip(rng.random(5), rng.uniform(0.015, 0.035, 5), strict=True):
        picture = b.over(picture, _trunk(b, x, wide), (0.36, 0.22, 0.13))
    for colour in ((0.85, 0.25, 0.12), (0.95, 0.6, 0.12), (0.75, 0.38, 0.1)):
        picture = b.over(picture, np.clip(0.5 + 1.6 * b.noise(rng, 7, 2) - 2.2 * b.v, 0, 1), colour)
        picture = b.sprinkle(rng, picture, int(rng.integers(6, 14)), 0.018, colour)
    words = (
        "in autumn",
        "in an autumn forest",
        "among autumn leaves",
        "in the autumn woods",
        "in an autumn landscape",
        "in the fall",
    )
    return picture, pick(rng, words), "an autumn forest"


def rainbow(b: Painter, rng: np.random.Generator) -> Drawn:
    """A rainbow over a meadow."""
    picture = day(b, rng)
    x, y, size = rng.uniform(0.3, 0.7), rng.uniform(0.8, 1.0), rng.uniform(0.6, 0.75)
    bands = (
        (0.86, 0.2, 0.2),
        (0.96, 0.58, 0.15),
        (0.98, 0.88, 0.25),
        (0.3, 0.7, 0.3),
        (0.2, 0.4, 0.85),
        (0.5, 0.25, 0.7),
    )
    inner = picture
    for number, colour in enumerate(bands):
        picture = b.over(picture, b.disc(x, y, size - 0.035 * number), colour)
    picture = b.over(picture, b.disc(x, y, size - 0.035 * len(bands)), inner)
    picture = b.over(picture, b.below(0.75 + 0.06 * b.profile(rng, 4)), (0.35, 0.66, 0.25))
    words = ("under a rainbow", "in front of a rainbow", "beneath a rainbow", "with a rainbow behind it")
    return picture, pick(rng, words), "a rainbow over a meadow"
