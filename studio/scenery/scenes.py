"""Scenes by name: a kind of background and a number, which are the same scene at every size and in every process."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from studio.scenery.backgrounds import KINDS, Background, Backgrounds


@dataclass(frozen=True, slots=True)
class Scene:
    """One background that can be drawn again.

    Attributes:
        kind: the name of one of `KINDS`.
        seed: which of its scenes, 0 or more.
    """

    kind: str
    seed: int


def draw(scene: Scene, width: int, height: int) -> Background:
    """The scene at a size in pixels. Raises ValueError for a kind that there is not."""
    kinds = [kind.name for kind in KINDS]
    if scene.kind not in kinds:
        raise ValueError(f"there is no background {scene.kind!r}")
    return _brushes(width, height).draw(np.random.default_rng(scene.seed), kinds.index(scene.kind))


@functools.lru_cache(maxsize=4)
def _brushes(width: int, height: int) -> Backgrounds:
    return Backgrounds(height, width)
