"""Places that people build: cities, rooms, tables, roads, walls, stages; and fire."""

from __future__ import annotations

import numpy as np

from studio.scenery.colours import COLOURS
from studio.scenery.painting import Drawn, Painter, Picture, pick


def _skyline(b: Painter, rng: np.random.Generator, sky: Picture, *, lit: bool) -> Picture:
    """Two rows of buildings with windows in front of `sky`."""
    picture = sky
    for row, (low, rise) in enumerate(((0.62, 0.42), (0.8, 0.4))):
        cells = int(rng.integers(6, 9))
        height, number = b.steps(rng, cells)
        top = low - rise * height
        grey = rng.uniform(-0.08, 0.08, cells)[number][None, :, None] + (0.22 if row else 0.36)
        colour = np.array((0.5, 0.55, 0.8) if lit else (1.15, 1.05, 1.1), np.float32) * (
            0.4 * grey if lit else 1.3 * grey
        )
        building = b.below(top)
        picture = b.over(picture, building, colour)
        window = b.cells(b.u * cells * 4, 0.28, b.width / cells / 4) * b.cells(b.v * 26, 0.3, b.side / 26)
        window = window * b.below(top + 0.03)
        which = (np.floor(b.u * cells * 4).astype(int) * 7 + np.floor(b.v * 26).astype(int) * 13) % 64
        on = (rng.random(64) < (0.55 if lit else 0.8))[which]
        picture = b.over(picture, window * on * building, (1.0, 0.85, 0.45) if lit else (0.62, 0.78, 0.9))
    return b.over(picture, b.below(0.93), (0.12, 0.12, 0.16) if lit else (0.4, 0.4, 0.43))


def city(b: Painter, rng: np.random.Generator) -> Drawn:
    """Buildings by day."""
    sky = b.ramp((0.45, 0.66, 0.92), (0.85, 0.92, 0.98))
    words = (
        "in the city",
        "in a city",
        "in a big city",
        "in the town",
        "in front of a skyline",
        "in a town",
        "in the streets of a city",
        "between skyscrapers",
    )
    return _skyline(b, rng, sky, lit=False), pick(rng, words), "a city by day"


def city_night(b: Painter, rng: np.random.Generator) -> Drawn:
    """Buildings by night, with lit windows."""
    sky = b.ramp((0.03, 0.03, 0.12), (0.22, 0.15, 0.35))
    sky = b.sprinkle(rng, sky, int(rng.integers(5, 15)), 0.007, (1.0, 1.0, 0.9))
    words = (
        "in the city at night",
        "in a city at night",
        "in the streets at night",
        "in front of city lights",
        "in a town at night",
        "in a night city",
    )
    return _skyline(b, rng, sky, lit=True), pick(rng, words), "a city at night"


def road(b: Painter, rng: np.random.Generator) -> Drawn:
    """A road that runs to the horizon between meadows."""
    horizon, middle = rng.uniform(0.35, 0.5), rng.uniform(0.35, 0.65)
    picture = b.ramp((0.35, 0.6, 0.93), (0.8, 0.9, 0.98), np.clip(b.v / horizon, 0, 1))
    picture = b.over(picture, b.below(horizon), (0.38, 0.64, 0.27))
    depth = np.clip((b.v - horizon) / (1 - horizon), 0, 1)
    centre = middle + (0.5 - middle) * depth
    across = np.abs(b.u - centre) / (0.02 + 0.5 * depth)
    picture = b.over(picture, (across < 1) * b.below(horizon), (0.34, 0.34, 0.37))
    dashes = (across < 0.05) & (np.sin(9 / (depth + 0.12)) > 0)
    picture = b.over(picture, dashes * b.below(horizon), (0.97, 0.95, 0.85))
    words = (
        "on the road",
        "on a road",
        "on the street",
        "on a street",
        "on a highway",
        "on a country road",
        "by the road",
    )
    return picture, pick(rng, words), "a road to the horizon"


def room(b: Painter, rng: np.random.Generator) -> Drawn:
    """A wall with a window, and a wooden floor."""
    wall = np.array(((0.93, 0.87, 0.74), (0.72, 0.83, 0.8), (0.9, 0.76, 0.74), (0.8, 0.82, 0.9))[int(rng.integers(4))])
    floor = rng.uniform(0.66, 0.78)
    picture = b.ramp(wall, wall * 0.9)
    x, y = rng.uniform(0.1, 0.62), rng.uniform(0.08, 0.16)
    inside = (np.abs(b.u - x - 0.14) < 0.14) & (np.abs(b.v - y - 0.17) < 0.17)
    glass = (np.abs(b.u - x - 0.14) < 0.115) & (np.abs(b.v - y - 0.17) < 0.145)
    bars = (np.abs(b.u - x - 0.14) < 0.012) | (np.abs(b.v - y - 0.17) < 0.012)
    picture = b.over(picture, inside.astype(np.float32), (0.98, 0.98, 0.97))
    picture = b.over(picture, (glass & ~bars).astype(np.float32), (0.55, 0.78, 0.96))
    picture = b.over(picture, b.below(floor - 0.03), (0.97, 0.96, 0.94))
    boards = np.where((b.u - 0.5) / (b.v + 0.2) * 9 % 1 < 0.07, 0.8, 1.0)[..., None]
    picture = b.over(picture, b.below(floor), boards * np.array((0.66, 0.44, 0.26), np.float32))
    words = (
        "in a room",
        "at home",
        "indoors",
        "in the living room",
        "in a house",
        "in a living room",
        "in a bedroom",
        "in the kitchen",
        "inside a house",
        "in a kitchen",
    )
    return picture, pick(rng, words), "a room with a window"


def table(b: Painter, rng: np.random.Generator) -> Drawn:
    """A table top in front of a wall."""
    wall = np.asarray(COLOURS[int(rng.integers(len(COLOURS)))].rgb) * 0.35 + 0.5
    edge = rng.uniform(0.55, 0.7)
    picture = b.ramp(wall, wall * 0.88)
    grain = np.sin(b.v * 110 + 5 * b.noise(rng, 3, 2)) * 0.06 + 0.05 * b.noise(rng, 6, 2)
    wood = np.array((0.62, 0.4, 0.22), np.float32) * (1 + grain)[..., None]
    picture = b.over(picture, b.below(edge), wood)
    picture = b.over(picture, b.below(edge) * (1 - b.below(edge + 0.035)), (0.78, 0.55, 0.33))
    words = (
        "on a table",
        "on a wooden table",
        "on the table",
        "on a desk",
        "on a kitchen table",
        "on a wooden desk",
        "on a shelf",
    )
    return picture, pick(rng, words), "a wooden table"


def wall(b: Painter, rng: np.random.Generator) -> Drawn:
    """Bricks."""
    rows = int(rng.integers(8, 13))
    row = np.floor(b.v * rows)
    across = b.u * rows / 2 + 0.5 * (row % 2)
    brick = np.floor(across).astype(int) * 5 + row.astype(int) * 11
    tone = rng.uniform(0.85, 1.1, 64)[brick % 64][..., None] * np.array((0.7, 0.32, 0.24), np.float32)
    bricks = b.cells(across, 0.465, b.width / rows * 2) * b.cells(b.v * rows, 0.44, b.side / rows)
    words = (
        "in front of a brick wall",
        "on a brick wall",
        "against a brick wall",
        "in front of a wall",
        "by a brick wall",
    )
    return b.over(tone, 1 - bricks, (0.85, 0.81, 0.76)), pick(rng, words), "a brick wall"


def stage(b: Painter, rng: np.random.Generator) -> Drawn:
    """A stage with red curtains and a spotlight."""
    folds = 0.75 + 0.25 * np.sin(b.u * rng.uniform(55, 80) + rng.uniform(0, 6))
    picture: Picture = folds[..., None] * np.array((0.72, 0.08, 0.12), np.float32)
    opening = np.clip((0.34 - 0.08 * np.sqrt(np.clip(b.v, 0, 1)) - np.abs(b.u - 0.5)) * b.side + 0.5, 0, 1) * b.below(
        0.14
    )
    picture = b.over(picture, opening, (0.16, 0.1, 0.16))
    beam = np.clip((0.06 + 0.26 * b.v - np.abs(b.u - 0.5)) * 8, 0, 1) * 0.35 * opening
    picture = b.over(picture, beam, (1.0, 0.95, 0.75))
    picture = b.over(picture, b.below(0.82), (0.5, 0.32, 0.18))
    words = (
        "on a stage",
        "on stage",
        "in a theatre",
        "in front of red curtains",
        "in the theatre",
        "in the circus",
        "in front of a red curtain",
    )
    return picture, pick(rng, words), "a stage with red curtains"


def fire(b: Painter, rng: np.random.Generator) -> Drawn:
    """Flames from below."""
    picture = b.ramp((0.1, 0.02, 0.02), (0.4, 0.06, 0.02))
    for colour, height in (((0.85, 0.18, 0.05), 0.9), ((0.98, 0.5, 0.08), 0.62), ((1.0, 0.85, 0.3), 0.36)):
        tongues = 1 - height * (0.45 + 0.55 * b.profile(rng, 7)) + 0.1 * b.noise(rng, 6, 2)
        picture = b.over(picture, np.clip((b.v - tongues) * 12, 0, 1), colour)
    words = (
        "in the fire",
        "in flames",
        "on fire",
        "in front of flames",
        "surrounded by flames",
        "in a fire",
        "in burning flames",
        "in hell",
    )
    return picture, pick(rng, words), "burning flames"
