"""Procedural backgrounds, each with the words that captions use for it.

A background is a function of the coordinates u (left to right) and v (top to bottom), both in 0..1, so that one scene
can be drawn at any size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.scenery.colours import COLOURS, Colour

Picture = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Background:
    """A background that was drawn.

    Attributes:
        picture: (side, width, 3) float32 in 0..1.
        phrase: what a caption says of it ("in the grass").
        alone: what a caption calls it when there is nothing else ("a meadow").
        kind: which of `KINDS`.
    """

    picture: Picture
    phrase: str
    alone: str
    kind: int


class Backgrounds:
    """Draws backgrounds of one size.

    Attributes:
        side: height in pixels.
        width: width in pixels; by default the height.
    """

    def __init__(self, side: int, width: int | None = None) -> None:
        self.side = side
        self.width = width or side
        self.u, self.v = np.meshgrid(*((np.arange(n, dtype=np.float32) + 0.5) / n for n in (self.width, side)))

    def draw(self, rng: np.random.Generator, kind: int | None = None) -> Background:
        """Draw one; `kind` an index into `KINDS`, or None for any."""
        if kind is None:
            kind = int(rng.choice(len(KINDS), p=_CHANCES))
        picture, phrase, alone = KINDS[kind].draw(self, rng)
        return Background(np.clip(picture, 0, 1).astype(np.float32), phrase, alone, kind)

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


Drawn = tuple[Picture, str, str]


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]


def _shade(rng: np.random.Generator, colour: Colour) -> Picture:
    return np.clip(np.asarray(colour.rgb, np.float32) + rng.normal(0, 0.04, 3).astype(np.float32), 0, 1)


def _colour(rng: np.random.Generator) -> Colour:
    return COLOURS[int(rng.integers(len(COLOURS)))]


def _two(rng: np.random.Generator) -> tuple[Colour, Colour]:
    a, b = rng.choice(len(COLOURS), 2, replace=False)
    return COLOURS[int(a)], COLOURS[int(b)]


def _plain(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    colour = COLOURS[_WHITE] if rng.random() < 0.3 else _colour(rng)
    picture = np.broadcast_to(_shade(rng, colour), (b.side, b.width, 3))
    return (
        picture,
        _pick(rng, (f"on a {colour.name} background", f"on {colour.name}", f"against a {colour.name} background")),
        f"a {colour.name} background",
    )


def _gradient(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    first, second = _two(rng)
    angle = rng.uniform(0, 2 * np.pi)
    shape = np.clip((b.u - 0.5) * np.cos(angle) + (b.v - 0.5) * np.sin(angle) + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(_shade(rng, first), _shade(rng, second), shape),
        _pick(rng, (f"on a {words} background", f"on a {words} gradient")),
        f"a {words} gradient",
    )


def _sky_colours(rng: np.random.Generator) -> tuple[Picture, Picture]:
    top = np.array([0.25, 0.52, 0.92]) + rng.normal(0, 0.04, 3)
    return top.astype(np.float32), np.array([0.72, 0.87, 0.98], np.float32)


def _clouds(b: Backgrounds, rng: np.random.Generator, sky: Picture, amount: float) -> Picture:
    cover = np.clip((b.noise(rng, 3) - amount) * 3, 0, 1)[..., None]
    cloudy: Picture = sky * (1 - cover) + cover * np.float32(0.98)
    return cloudy


def _sky(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    sky = _clouds(b, rng, b.ramp(*_sky_colours(rng)), rng.uniform(0.0, 0.5))
    return (
        sky,
        _pick(rng, ("in the sky", "in a blue sky", "among the clouds", "in the blue sky with clouds")),
        "a blue sky with clouds",
    )


def _ground(
    b: Backgrounds,
    rng: np.random.Generator,
    dark: npt.ArrayLike,
    light: npt.ArrayLike,
    *,
    wave: float,
    grain: int,
    contrast: float,
) -> Picture:
    horizon = rng.uniform(0.35, 0.7) + wave * np.sin(b.u * rng.uniform(2, 7) + rng.uniform(0, 6))
    sky = b.ramp(*_sky_colours(rng), np.clip(b.v / 0.7, 0, 1))
    if rng.random() < 0.5:
        sky = _clouds(b, rng, sky, 0.3)
    depth = np.clip((b.v - horizon) / 0.5, 0, 1)
    ground = b.ramp(light, dark, depth) * (1 + contrast * b.noise(rng, grain, 2))[..., None]
    edge = np.clip((b.v - horizon) * b.side / 2 + 0.5, 0, 1)[..., None]
    return sky * (1 - edge) + ground * edge


def _grass(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = _ground(b, rng, (0.16, 0.5, 0.14), (0.42, 0.74, 0.26), wave=0.03, grain=12, contrast=0.25)
    return (
        picture,
        _pick(rng, ("in the grass", "on the grass", "in a meadow", "in a green field", "on a lawn")),
        "a green meadow under a blue sky",
    )


def _sea(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = _ground(b, rng, (0.03, 0.25, 0.55), (0.15, 0.5, 0.78), wave=0.0, grain=6, contrast=0.12)
    ripples = np.sin(b.v * 90 + 3 * b.noise(rng, 4)) * np.clip(b.v - 0.5, 0, 1)
    picture = picture + 0.08 * ripples[..., None]
    return picture, _pick(rng, ("in the sea", "on the sea", "in the ocean", "on the water")), "the sea under a blue sky"


def _sand(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = _ground(b, rng, (0.82, 0.66, 0.38), (0.95, 0.85, 0.6), wave=0.04, grain=14, contrast=0.1)
    return picture, _pick(rng, ("on the beach", "in the desert", "in the sand", "on the sand")), "a sandy desert"


def _snow(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = _ground(b, rng, (0.84, 0.9, 0.97), (0.98, 0.99, 1.0), wave=0.05, grain=5, contrast=0.03)
    picture = _sprinkle(b, rng, picture, int(rng.integers(20, 60)), 0.012, (1.0, 1.0, 1.0))
    return picture, _pick(rng, ("in the snow", "on the snow", "in winter")), "a snowy field"


def _night(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = b.ramp((0.01, 0.02, 0.1), np.array([0.06, 0.07, 0.28]) + rng.normal(0, 0.02, 3))
    picture = _sprinkle(b, rng, picture, int(rng.integers(25, 90)), 0.011, (1.0, 1.0, 0.9))
    return (
        picture,
        _pick(
            rng,
            ("on a starry night", "in a starry night", "in the night sky", "in space", "at night", "under the stars"),
        ),
        "a starry night sky",
    )


def _sprinkle(
    b: Backgrounds,
    rng: np.random.Generator,
    picture: Picture,
    count: int,
    radius: float,
    colour: tuple[float, float, float],
) -> Picture:
    light = np.zeros((b.side, b.width), np.float32)
    stretch = b.width / b.side  # so that what is round stays round
    for x, y, r in zip(rng.random(count), rng.random(count), radius * rng.uniform(0.5, 1.6, count), strict=True):
        reach = max(2, int(3 * r * b.side) + 1)
        cx, cy = int(x * b.width), int(y * b.side)
        rows, columns = slice(max(0, cy - reach), cy + reach + 1), slice(max(0, cx - reach), cx + reach + 1)
        square = ((b.u[rows, columns] - x) * stretch) ** 2 + (b.v[rows, columns] - y) ** 2
        np.maximum(light[rows, columns], np.exp(-square / (2 * r * r)), out=light[rows, columns])
    cover = light[..., None]
    return picture * (1 - cover) + np.asarray(colour, np.float32) * cover


def _sunset(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    t = b.v[..., None]
    top, middle, low = (np.array(c, np.float32) for c in ((0.32, 0.15, 0.45), (0.92, 0.38, 0.3), (1.0, 0.78, 0.35)))
    picture = np.where(t < 0.5, top + (middle - top) * 2 * t, middle + (low - middle) * (2 * t - 1))
    return (
        picture + rng.normal(0, 0.02, 3),
        _pick(rng, ("at sunset", "in the sunset", "in the evening", "at dawn")),
        "a sunset sky",
    )


def _underwater(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = b.ramp((0.1, 0.6, 0.8), (0.0, 0.16, 0.4)) + 0.06 * b.noise(rng, 4)[..., None]
    picture = _sprinkle(b, rng, picture, int(rng.integers(5, 25)), 0.015, (0.7, 0.95, 1.0))
    return (
        picture,
        _pick(rng, ("under water", "underwater", "deep in the sea", "at the bottom of the sea")),
        "the deep blue sea",
    )


def _forest(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    picture = b.ramp((0.1, 0.32, 0.16), (0.05, 0.17, 0.06)) * (1 + 0.4 * b.noise(rng, 7))[..., None]
    for x in rng.random(int(rng.integers(4, 9))):
        trunk = np.exp(-(((b.u - x) / rng.uniform(0.015, 0.035)) ** 4))[..., None]
        picture = picture * (1 - trunk) + trunk * np.array((0.3, 0.19, 0.1), np.float32)
    return picture, _pick(rng, ("in the forest", "in a forest", "in the woods", "in the jungle")), "a dark green forest"


def _stripes(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    first, second = _two(rng)
    angle = rng.choice([0.0, np.pi / 2, np.pi / 4, -np.pi / 4])
    wave = np.sin((b.u * np.cos(angle) + b.v * np.sin(angle)) * np.pi * rng.uniform(6, 18) + rng.uniform(0, 6))
    shape = np.clip(wave * 3 + 0.5, 0, 1)
    words = f"{first.name} and {second.name} stripes"
    return (
        b.ramp(_shade(rng, first), _shade(rng, second), shape),
        _pick(rng, (f"on {words}", f"on a background of {words}")),
        words,
    )


def _checks(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    first, second = _two(rng)
    n = rng.uniform(4, 12)
    shape = np.clip(np.sin(b.u * np.pi * n) * np.sin(b.v * np.pi * n) * 5 + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(_shade(rng, first), _shade(rng, second), shape),
        _pick(rng, (f"on a {words} chessboard", f"on {words} checks")),
        f"{words} checks",
    )


def _dots(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    first, second = _two(rng)
    n = rng.uniform(3, 8)
    distance = np.hypot((b.u * n) % 1 - 0.5, (b.v * n) % 1 - 0.5)
    shape = np.clip((rng.uniform(0.22, 0.36) - distance) * b.side / n + 0.5, 0, 1)
    words = f"{second.name} dots"
    return (
        b.ramp(_shade(rng, first), _shade(rng, second), shape),
        _pick(rng, (f"on {first.name} with {words}", f"on a {first.name} background with {words}")),
        f"{words} on {first.name}",
    )


def _blotches(b: Backgrounds, rng: np.random.Generator) -> Drawn:
    first, second = _two(rng)
    shape = np.clip(b.noise(rng, 4) * 0.9 + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(_shade(rng, first), _shade(rng, second), shape),
        _pick(rng, (f"on {words} marble", f"on a cloudy {words} background")),
        f"{words} marble",
    )


@dataclass(frozen=True, slots=True)
class BackgroundKind:
    """One way to draw a background, and how often it comes.

    Attributes:
        name: for tables of figures.
        weight: relative frequency.
        draw: the function that draws it.
    """

    name: str
    weight: float
    draw: Callable[[Backgrounds, np.random.Generator], Drawn]


KINDS = (
    BackgroundKind("plain", 4, _plain),
    BackgroundKind("gradient", 1.5, _gradient),
    BackgroundKind("sky", 1.5, _sky),
    BackgroundKind("grass", 2, _grass),
    BackgroundKind("sea", 2, _sea),
    BackgroundKind("sand", 1.5, _sand),
    BackgroundKind("snow", 1.5, _snow),
    BackgroundKind("night", 2.5, _night),
    BackgroundKind("sunset", 1.5, _sunset),
    BackgroundKind("underwater", 1, _underwater),
    BackgroundKind("forest", 1.5, _forest),
    BackgroundKind("stripes", 0.8, _stripes),
    BackgroundKind("checks", 0.6, _checks),
    BackgroundKind("dots", 0.8, _dots),
    BackgroundKind("marble", 0.8, _blotches),
)
_CHANCES = np.array([kind.weight for kind in KINDS]) / sum(kind.weight for kind in KINDS)
_WHITE = next(number for number, colour in enumerate(COLOURS) if colour.name == "white")
