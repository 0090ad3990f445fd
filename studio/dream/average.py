"""The averaged iterate: calmer than any single one, because what an optimiser's steps do back and forth cancels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Average:
    """A bias-corrected exponential moving average of parameters (Kingma and Ba 2014, section 3).

    Attributes:
        count: how many iterates it holds.
    """

    def __init__(self, decay: float) -> None:
        self._decay = decay
        self._sums: list[Tensor] = []
        self.count = 0

    @torch.no_grad()
    def update(self, parameters: Sequence[Tensor]) -> None:
        """Take one more iterate in."""
        if not self.count:
            self._sums = [torch.zeros_like(parameter) for parameter in parameters]
        for total, parameter in zip(self._sums, parameters, strict=True):
            total.lerp_(parameter, 1 - self._decay)
        self.count += 1

    @torch.no_grad()
    def write(self, parameters: Sequence[Tensor]) -> None:
        """Put the average into the parameters; nothing when there is none yet."""
        correction = 1 - self._decay**self.count
        for total, parameter in zip(self._sums, parameters, strict=bool(self.count)):
            parameter.copy_(total / correction)

    def reset(self) -> None:
        """Forget everything."""
        self._sums, self.count = [], 0

    def state(self) -> dict[str, Tensor]:
        """Copies of the sums; `count` belongs to them."""
        return {str(index): total.clone() for index, total in enumerate(self._sums)}

    def restore(self, sums: Sequence[Tensor], count: int) -> None:
        """Go back to what `state` and `count` were."""
        self._sums, self.count = [total.clone() for total in sums], count
