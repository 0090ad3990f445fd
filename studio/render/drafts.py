"""What an exploration says while it runs: plain frozen values, safe to hand to another thread. Imports nothing heavy.

In order: one `Planned`; for each draft that is stored already a `DraftDone`; for each other one a `DraftBegun`; then
`Grown`, once a round; as they end, `DraftDone` or `DraftFailed`; at the end one `Explored`. A draft is called by its
number, its place among those that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.base.errors import StudioError
from studio.render.events import Preview


@dataclass(frozen=True, slots=True)
class Planned:
    """What is about to happen: drafts in all, those found in the store, optimiser steps of each of the others."""

    drafts: int
    reused: int
    steps: int


@dataclass(frozen=True, slots=True)
class DraftBegun:
    """What a draft begins from is laid out."""

    number: int
    preview: Preview


@dataclass(frozen=True, slots=True)
class Grown:
    """Every draft that was not over has tried one step.

    Attributes:
        step: done, of the one that is farthest; 1 to `steps`.
        steps: of each draft.
        losses: makes the objective's value of each, by its number; waits for the device.
        previews: makes the pictures as they are now, by their numbers; costs copies, so call it for the rounds that are
            shown, and soon: it holds on to memory of the device. Any thread may call it.
    """

    step: int
    steps: int
    losses: Callable[[], Mapping[int, float]] = field(repr=False, compare=False)
    previews: Callable[[], Mapping[int, Preview]] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class DraftDone:
    """A draft is in the store.

    Attributes:
        number: which.
        key: what it is stored by.
        path: its PNG file.
        latents: its canvas' state, a safetensors file.
        reused: whether it was there already.
    """

    number: int
    key: str
    path: Path
    latents: Path
    reused: bool


@dataclass(frozen=True, slots=True)
class DraftFailed:
    """A draft could not be made; the others go on."""

    number: int
    error: StudioError


@dataclass(frozen=True, slots=True)
class Explored:
    """All that could be made is in the store.

    Attributes:
        made: drafts that were dreamed in this session.
        begin: seconds that laying out their beginnings took.
        dream: seconds that dreaming them took.
    """

    made: int
    begin: float
    dream: float


DraftEvent = Planned | DraftBegun | Grown | DraftDone | DraftFailed | Explored
"""Everything an exploration may say."""
