"""How to dream."""

from __future__ import annotations

import math
from dataclasses import dataclass

from studio.base.errors import InputError
from studio.dream.ladder import Stage, check

_REST = 0.2  # share of the rate at the last step


@dataclass(frozen=True, slots=True)
class DreamSettings:
    """How to dream. Raises InputError when a value is out of range.

    Attributes:
        steps: of the optimiser, 0 or more; 0 leaves the canvas as it is.
        step_size: relative to the canvas' own rate, 0 or more.
        average: decay of the running average of the parameters, 0 (none) to below 1. 0.9 looks back some ten steps.
        noise: Gaussian noise on the parameters after each step, relative to the rate, fading to none at the end; 0 or
            more. It shakes a dream out of its first idea.
        ladder: stages from coarse to fine; empty: every step at full size.
    """

    steps: int = 150
    step_size: float = 1.0
    average: float = 0.9
    noise: float = 0.0
    ladder: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise InputError(f"A dream cannot have {self.steps} steps", "", "Give steps 0 or more")
        for name in ("step_size", "noise"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise InputError(
                    f"A dream cannot have {name} = {value:g}", "", f"Give {name} a number that is 0 or more"
                )
        if not 0 <= self.average < 1:
            raise InputError(
                f"A dream cannot have average = {self.average:g}", "", "Give average a number from 0 to below 1"
            )
        check(self.ladder)

    def decay(self, step: int) -> float:
        """The share of the rate at `step` (from 0): half a cosine from 1 to 0.2 (Loshchilov and Hutter 2016)."""
        fraction = step / max(1, self.steps - 1)
        return _REST + (1 - _REST) * 0.5 * (1 + math.cos(math.pi * fraction))
