"""What scenes are called, without painting them; of thousands, it is kept in the cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base import atomic, paths
from studio.base.errors import FileError
from studio.scenery.backgrounds import KINDS
from studio.scenery.painting import Painter, Picture

Words = tuple[str, str]
"""What captions say of a scene, and what they call it alone."""


def wordings(count: int) -> tuple[tuple[Words, ...], ...]:
    """The `wording` of the first `count` scenes of each kind, in the order of `KINDS`."""
    path = _place(count)
    if path is not None and (kept := _kept(path)):
        return kept
    made = tuple(tuple(wording(kind, seed) for seed in range(count)) for kind in range(len(KINDS)))
    if path is not None:
        body = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        with contextlib.suppress(FileError):
            atomic.write_bytes(path, f"{_sum(body)}\n{body}".encode())
    return made


def wording(kind: int, seed: int) -> Words:
    """What captions say of the scene `seed` of a kind, an index into `KINDS`, and what they call it alone.

    See `studio.scenery.backgrounds.Background.phrase` and `alone`, which are these.
    """
    _, phrase, alone = KINDS[kind].draw(_WRITER, np.random.default_rng(seed))
    return phrase, alone


class _Writer(Painter):
    """Draws the same random numbers as any painter, as many and in the same order, and paints nothing."""

    def __init__(self) -> None:
        super().__init__(1)
        self._bare = np.zeros((1, 1), np.float32)
        self._line = np.zeros(1, np.float32)
        self._picture = np.zeros((1, 1, 3), np.float32)

    def noise(self, rng: np.random.Generator, cells: int, octaves: int = 3) -> Picture:
        rng.random(sum((cells * 2**octave + 2) ** 2 for octave in range(octaves)))
        return self._bare

    def ramp(self, top: npt.ArrayLike, bottom: npt.ArrayLike, shape: Picture | None = None) -> Picture:
        return self._picture

    def profile(self, rng: np.random.Generator, cells: int, *, jagged: bool = False) -> Picture:
        rng.random(cells + 1)
        return self._line

    def steps(self, rng: np.random.Generator, cells: int) -> tuple[Picture, npt.NDArray[np.int_]]:
        rng.random(cells)
        return self._line, np.zeros(1, np.int_)

    def below(self, line: npt.ArrayLike) -> Picture:
        return self._bare

    def over(self, picture: Picture, cover: Picture, colour: npt.ArrayLike) -> Picture:
        return picture

    def cells(self, place: Picture, half: float, pixels: float) -> Picture:
        return self._bare

    def disc(self, x: float, y: float, radius: float, soft: float = 0.0) -> Picture:
        return self._bare

    def sprinkle(
        self, rng: np.random.Generator, picture: Picture, count: int, radius: float, colour: npt.ArrayLike
    ) -> Picture:
        rng.random(3 * count)
        return picture


_WRITER = _Writer()


def _place(count: int) -> Path | None:
    """Where wordings are kept: elsewhere when anything here, or numpy, has changed. None where that cannot be told."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    total = hashlib.sha256(f"{np.__version__} {count}".encode())
    try:
        for source in sources:
            total.update(source.read_bytes())
    except OSError:
        return None
    return paths.cache_dir() / "scenery" / f"{total.hexdigest()[:32]}.json" if sources else None


def _kept(path: Path) -> tuple[tuple[Words, ...], ...]:
    """What the file holds, or nothing when it is damaged or missing."""
    with contextlib.suppress(OSError, ValueError):
        head, _, body = path.read_text("utf-8").partition("\n")
        if head == _sum(body):
            return tuple(tuple((phrase, alone) for phrase, alone in kind) for kind in json.loads(body))
    return ()


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
