"""A dream laid down to be taken up later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, slots=True)
class DreamState:
    """Where a dream stands between two steps, flat, so that safetensors (and JSON for the numbers) can hold it.

    Going on from it is, on one CPU with one number of threads, bit for bit what an uninterrupted dream does.

    Attributes:
        tensors: names such as "canvas/latents", "adam/0/exp_avg", "average/0", "generator" to copies; what belongs to
            the last good state, to which the guard would go back, begins with "good/".
        numbers: "step" (steps done), "averaged" (iterates in the average), "stumbles" (how often the rate was halved),
            and "good/step", "good/averaged" where there is a last good state.
    """

    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.numbers["step"]

    def below(self, prefix: str) -> DreamState:
        """The part whose names begin with `prefix`, without it."""
        size = len(prefix)
        return DreamState(
            {name[size:]: value for name, value in self.tensors.items() if name.startswith(prefix)},
            {name[size:]: value for name, value in self.numbers.items() if name.startswith(prefix)},
        )

    def under(self, prefix: str) -> DreamState:
        """The same with `prefix` before every name."""
        return DreamState(
            {prefix + name: value for name, value in self.tensors.items()},
            {prefix + name: value for name, value in self.numbers.items()},
        )

    def __or__(self, other: DreamState) -> DreamState:
        """Both together."""
        return DreamState({**self.tensors, **other.tensors}, {**self.numbers, **other.numbers})
