"""Skies: by day, by night, at sunset, in the rain."""

from __future__ import annotations

import numpy as np

from studio.scenery.painting import Drawn, Painter, Picture, pick


def _sky_colours(rng: np.random.Generator) -> tuple[Picture, Picture]:
    top = np.array([0.25, 0.52, 0.92]) + rng.normal(0, 0.04, 3)
    return top.astype(np.float32), np.array([0.72, 0.87, 0.98], np.float32)


def _clouds(b: Painter, rng: np.random.Generator, sky: Picture, amount: float) -> Picture:
    return b.over(sky, np.clip((b.noise(rng, 3) - amount) * 3, 0, 1), (0.98, 0.98, 0.98))


def day(b: Painter, rng: np.random.Generator, clouds: float = 0.5) -> Picture:
    """A sky for the upper part of a landscape, with clouds now and then."""
    sky = b.ramp(*_sky_colours(rng), np.clip(b.v / 0.7, 0, 1))
    return _clouds(b, rng, sky, 0.3) if rng.random() < clouds else sky


def sky(b: Painter, rng: np.random.Generator) -> Drawn:
    """A blue sky with clouds."""
    picture = _clouds(b, rng, b.ramp(*_sky_colours(rng)), rng.uniform(0.0, 0.5))
    words = (
        "in the sky",
        "in a blue sky",
        "among the clouds",
        "in the blue sky with clouds",
        "in the clouds",
        "high in the sky",
        "in the air",
    )
    return picture, pick(rng, words), "a blue sky with clouds"


def night(b: Painter, rng: np.random.Generator) -> Drawn:
    """A starry sky."""
    picture = b.ramp((0.01, 0.02, 0.1), np.array([0.06, 0.07, 0.28]) + rng.normal(0, 0.02, 3))
    picture = b.sprinkle(rng, picture, int(rng.integers(25, 90)), 0.011, (1.0, 1.0, 0.9))
    words = (
        "on a starry night",
        "in a starry night",
        "in the night sky",
        "at night",
        "under the stars",
        "under a starry sky",
        "in the dark",
        "beneath the stars",
        "in the starry sky",
    )
    return picture, pick(rng, words), "a starry night sky"


def moonlight(b: Painter, rng: np.random.Generator) -> Drawn:
    """A night with a full moon over dark hills."""
    picture = b.ramp((0.03, 0.04, 0.16), (0.16, 0.2, 0.42))
    x, y = rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.25)
    picture = b.over(picture, 0.35 * b.disc(x, y, 0.2, 0.2), (0.8, 0.85, 1.0))
    picture = b.over(picture, b.disc(x, y, 0.1), (0.98, 0.96, 0.82))
    picture = b.sprinkle(rng, picture, int(rng.integers(5, 20)), 0.008, (1.0, 1.0, 0.95))
    picture = b.over(picture, b.below(0.7 + 0.15 * b.profile(rng, 4)), (0.03, 0.06, 0.12))
    words = ("in the moonlight", "under a full moon", "under the moon", "on a moonlit night", "under the full moon")
    return picture, pick(rng, words), "a full moon over dark hills"


def space(b: Painter, rng: np.random.Generator) -> Drawn:
    """Nebulae and stars."""
    picture = b.ramp((0.02, 0.01, 0.06), (0.05, 0.02, 0.12))
    for colour in ((0.55, 0.15, 0.65), (0.1, 0.35, 0.75), (0.85, 0.3, 0.45)):
        picture = b.over(picture, 0.65 * np.clip(b.noise(rng, 3) * 1.6 - 0.2, 0, 1), colour)
    picture = b.sprinkle(rng, picture, int(rng.integers(30, 80)), 0.008, (1.0, 1.0, 1.0))
    words = (
        "in space",
        "in outer space",
        "in the galaxy",
        "in a colourful galaxy",
        "among the stars in space",
        "in the universe",
        "in deep space",
        "in the cosmos",
    )
    return picture, pick(rng, words), "a colourful galaxy"


def sunset(b: Painter, rng: np.random.Generator) -> Drawn:
    """A red and golden sky with the sun going down."""
    t = b.v[..., None]
    top, middle, low = (np.array(c, np.float32) for c in ((0.32, 0.15, 0.45), (0.92, 0.38, 0.3), (1.0, 0.78, 0.35)))
    picture = np.where(t < 0.5, top + (middle - top) * 2 * t, middle + (low - middle) * (2 * t - 1))
    picture = picture + rng.normal(0, 0.02, 3)
    ground, x, shown = rng.uniform(0.72, 0.85), rng.uniform(0.15, 0.85), rng.random() < 0.7
    if shown:
        picture = b.over(picture, b.disc(x, ground - 0.04, 0.12, 0.02), (1.0, 0.9, 0.5))
        picture = b.over(picture, b.below(ground + 0.03 * b.profile(rng, 3)), (0.2, 0.08, 0.2))
    words = (
        "at sunset",
        "in the sunset",
        "in the evening",
        "at dawn",
        "in front of a sunset",
        "at dusk",
        "at sunrise",
        "in the evening sun",
    )
    return picture, pick(rng, words), "a sunset sky"


def rain(b: Painter, rng: np.random.Generator) -> Drawn:
    """A grey day with streaks of rain."""
    picture = b.ramp((0.4, 0.45, 0.52), (0.62, 0.67, 0.72)) + 0.1 * b.noise(rng, 3)[..., None]
    slant, lines = rng.uniform(0.05, 0.25), int(rng.integers(22, 34))
    across = (b.u + slant * b.v) * lines
    number = np.floor(across).astype(int) % 64
    start, speed = rng.random(64)[number], rng.uniform(2.5, 4, 64)[number]
    streak = (np.abs(across % 1 - 0.5) < 0.16) & ((b.v * speed + start * 7) % 1 < 0.45)
    picture = b.over(picture, 0.7 * streak, (0.85, 0.92, 1.0))
    return (
        picture,
        pick(rng, ("in the rain", "on a rainy day", "in heavy rain", "in rainy weather", "in the pouring rain")),
        "a rainy day",
    )


def storm(b: Painter, rng: np.random.Generator) -> Drawn:
    """Dark clouds and lightning."""
    picture = b.ramp((0.1, 0.11, 0.2), (0.32, 0.33, 0.42)) + 0.16 * b.noise(rng, 4)[..., None]
    for _ in range(2):
        x, zigzag = rng.uniform(0.1, 0.9), rng.uniform(-0.08, 0.08, 9)
        path = x + np.interp(b.v[:, :1], np.linspace(0, 0.8, 9), np.cumsum(zigzag) * 0.8)
        bolt = np.clip((0.012 - np.abs(b.u - path)) * b.side + 0.5, 0, 1) * (b.v < 0.8)
        picture = b.over(picture, bolt, (1.0, 0.97, 0.7))
    words = ("in a storm", "in a thunderstorm", "in front of lightning", "in stormy weather")
    return picture, pick(rng, words), "a thunderstorm"
