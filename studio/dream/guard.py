"""The guard against numbers that are none: notices them in the step that makes them, and goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from studio.base.errors import RenderError
from studio.dream.state import DreamState

PATIENCE = 3
"""How often a dream may go back and halve its rate before it is given up."""


class Guard:
    """Keeps the last good state of a dream and counts how often it was needed.

    Attributes:
        good: a state before a step whose loss and gradient were finite, a few steps back; None before the first.
        stumbles: how often the dream went back; each time halves the rate for the rest of the dream.
    """

    def __init__(self) -> None:
        self.good: DreamState | None = None
        self.stumbles = 0

    @property
    def caution(self) -> float:
        """What the rate is multiplied by."""
        return 0.5**self.stumbles

    def stumble(self, step: int, steps: int, terms: Mapping[str, Tensor]) -> None:
        """Note that `step` (from 1) failed with these loss terms.

        Raises:
            RenderError: it did so too often. Names the step and the term.
        """
        if self.stumbles == PATIENCE:
            culprits = [name for name, value in terms.items() if not bool(torch.isfinite(value).all())]
            raise RenderError(
                f"The dream broke down at step {step} of {steps}",
                f"{_name(culprits)} was not finite; halving the rate {PATIENCE} times did not help",
                "Lower the step size, or change that term's weight or prompt, and render again",
            )
        self.stumbles += 1


def finite(total: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    """Whether a loss and its gradients are finite: a truth value still on the device, which nothing waits for yet."""
    # a sum takes one pass, and has no finite value where one of its terms has none
    sums = [parameter.grad.sum().to(total) for parameter in parameters if parameter.grad is not None]
    return torch.isfinite(torch.stack([total.sum(), *sums])).all()


def _name(culprits: Sequence[str]) -> str:
    if not culprits:
        return "The gradient of the loss"
    return f"The loss term{'s' if len(culprits) > 1 else ''} {', '.join(culprits)}"
