"""Patterns without things in them: plain colours, gradients, stripes, checks, dots, marble."""

from __future__ import annotations

import numpy as np

from studio.scenery.colours import COLOURS
from studio.scenery.painting import Drawn, Painter, any_colour, pick, shade, two_colours

_WHITE = next(number for number, colour in enumerate(COLOURS) if colour.name == "white")


def plain(b: Painter, rng: np.random.Generator) -> Drawn:
    """One colour."""
    colour = COLOURS[_WHITE] if rng.random() < 0.3 else any_colour(rng)
    picture = np.broadcast_to(shade(rng, colour), (b.side, b.width, 3))
    return (
        picture,
        pick(rng, (f"on a {colour.name} background", f"on {colour.name}", f"against a {colour.name} background")),
        f"a {colour.name} background",
    )


def gradient(b: Painter, rng: np.random.Generator) -> Drawn:
    """One colour going over into another."""
    first, second = two_colours(rng)
    angle = rng.uniform(0, 2 * np.pi)
    shape = np.clip((b.u - 0.5) * np.cos(angle) + (b.v - 0.5) * np.sin(angle) + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(shade(rng, first), shade(rng, second), shape),
        pick(rng, (f"on a {words} background", f"on a {words} gradient")),
        f"a {words} gradient",
    )


def stripes(b: Painter, rng: np.random.Generator) -> Drawn:
    """Stripes of two colours."""
    first, second = two_colours(rng)
    angle = rng.choice([0.0, np.pi / 2, np.pi / 4, -np.pi / 4])
    wave = np.sin((b.u * np.cos(angle) + b.v * np.sin(angle)) * np.pi * rng.uniform(6, 18) + rng.uniform(0, 6))
    shape = np.clip(wave * 3 + 0.5, 0, 1)
    words = f"{first.name} and {second.name} stripes"
    return (
        b.ramp(shade(rng, first), shade(rng, second), shape),
        pick(rng, (f"on {words}", f"on a background of {words}")),
        words,
    )


def checks(b: Painter, rng: np.random.Generator) -> Drawn:
    """A chessboard of two colours."""
    first, second = two_colours(rng)
    n = rng.uniform(4, 12)
    shape = np.clip(np.sin(b.u * np.pi * n) * np.sin(b.v * np.pi * n) * 5 + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(shade(rng, first), shade(rng, second), shape),
        pick(rng, (f"on a {words} chessboard", f"on {words} checks")),
        f"{words} checks",
    )


def dots(b: Painter, rng: np.random.Generator) -> Drawn:
    """Dots of one colour on another."""
    first, second = two_colours(rng)
    n = rng.uniform(3, 8)
    distance = np.hypot((b.u * n) % 1 - 0.5, (b.v * n) % 1 - 0.5)
    shape = np.clip((rng.uniform(0.22, 0.36) - distance) * b.side / n + 0.5, 0, 1)
    words = f"{second.name} dots"
    return (
        b.ramp(shade(rng, first), shade(rng, second), shape),
        pick(rng, (f"on {first.name} with {words}", f"on a {first.name} background with {words}")),
        f"{words} on {first.name}",
    )


def blotches(b: Painter, rng: np.random.Generator) -> Drawn:
    """Two colours like marble."""
    first, second = two_colours(rng)
    shape = np.clip(b.noise(rng, 4) * 0.9 + 0.5, 0, 1)
    words = f"{first.name} and {second.name}"
    return (
        b.ramp(shade(rng, first), shade(rng, second), shape),
        pick(rng, (f"on {words} marble", f"on a cloudy {words} background")),
        f"{words} marble",
    )
