"""Procedural backgrounds, each with the words that captions use for it, at any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.scenery import landscapes, patterns, places, skies
from studio.scenery.painting import Drawn, Painter, Picture


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


class Backgrounds(Painter):
    """Draws backgrounds of one size."""

    def draw(self, rng: np.random.Generator, kind: int | None = None) -> Background:
        """Draw one; `kind` an index into `KINDS`, or None for any."""
        if kind is None:
            kind = int(rng.choice(len(KINDS), p=_CHANCES))
        picture, phrase, alone = KINDS[kind].draw(self, rng)
        return Background(np.clip(picture, 0, 1).astype(np.float32), phrase, alone, kind)


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
    draw: Callable[[Painter, np.random.Generator], Drawn]


KINDS = (
    BackgroundKind("plain", 5, patterns.plain),
    BackgroundKind("gradient", 1.5, patterns.gradient),
    BackgroundKind("sky", 1.5, skies.sky),
    BackgroundKind("grass", 2, landscapes.grass),
    BackgroundKind("sea", 1.5, landscapes.sea),
    BackgroundKind("desert", 1.2, landscapes.desert),
    BackgroundKind("snow", 1.5, landscapes.snow),
    BackgroundKind("night", 1.8, skies.night),
    BackgroundKind("sunset", 1.5, skies.sunset),
    BackgroundKind("underwater", 1.2, landscapes.underwater),
    BackgroundKind("forest", 1.5, landscapes.forest),
    BackgroundKind("stripes", 0.7, patterns.stripes),
    BackgroundKind("checks", 0.5, patterns.checks),
    BackgroundKind("dots", 0.7, patterns.dots),
    BackgroundKind("marble", 0.6, patterns.blotches),
    BackgroundKind("beach", 1.5, landscapes.beach),
    BackgroundKind("hills", 0.8, landscapes.hills),
    BackgroundKind("flowers", 1, landscapes.flowers),
    BackgroundKind("mountains", 1.2, landscapes.mountains),
    BackgroundKind("moonlight", 0.8, skies.moonlight),
    BackgroundKind("space", 1.2, skies.space),
    BackgroundKind("rain", 1, skies.rain),
    BackgroundKind("storm", 0.8, skies.storm),
    BackgroundKind("autumn", 0.8, landscapes.autumn),
    BackgroundKind("rainbow", 0.7, landscapes.rainbow),
    BackgroundKind("city", 1.2, places.city),
    BackgroundKind("city at night", 1, places.city_night),
    BackgroundKind("road", 1, places.road),
    BackgroundKind("room", 1, places.room),
    BackgroundKind("table", 1, places.table),
    BackgroundKind("wall", 0.8, places.wall),
    BackgroundKind("stage", 0.8, places.stage),
    BackgroundKind("fire", 0.8, places.fire),
)
_CHANCES = np.array([kind.weight for kind in KINDS]) / sum(kind.weight for kind in KINDS)
