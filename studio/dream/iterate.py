"""What a dream shows after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from studio.dream.state import DreamState


@dataclass(frozen=True, slots=True, eq=False)
class Iterate:
    """One step of a dream. Numbers and picture stay on the device until they are asked for.

    Attributes:
        step: which step this was, from 1. After a stumble the guard goes back, and step numbers come again.
        steps: how many there will be.
        rate: Adam's rate in this step.
        picture: what the loss was computed from, (1, 3, H, W), detached; H and W are smaller on a ladder's lower rungs.
        total: the loss, a scalar.
        parts: each term's share of the loss, by name.
        checkpoint: gives the dream's state after this step, while the dream waits here or was cancelled here;
            RuntimeError when it has gone on.
    """

    step: int
    steps: int
    rate: float
    picture: Tensor
    total: Tensor
    parts: Mapping[str, Tensor]
    checkpoint: Callable[[], DreamState]

    @property
    def image(self) -> Tensor:
        """The picture for showing: (3, H, W) in 0 to 1."""
        return self.picture[0].clamp(0, 1)

    @property
    def loss(self) -> float:
        """The loss. Waits for the device."""
        return self.total.item()

    @property
    def terms(self) -> dict[str, float]:
        """Each term's share of the loss. Waits for the device."""
        return {name: value.item() for name, value in self.parts.items()}
