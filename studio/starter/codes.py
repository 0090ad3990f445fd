"""A codebook in training: every code is the running mean of the latents next to it, and none stays dead."""

from __future__ import annotations

import torch
from torch import Tensor

_DEAD = 0.05  # latents lately, below which a code is out of use


class Codes:
    """Keeps a codebook where the latents are (van den Oord et al. 2017, appendix A.1).

    Running means follow an encoder that moves, which gradient steps of a limited length cannot; without them most codes
    are soon out of use.

    Args:
        codebook: (n, d), changed in place.
        memory: share of the running means that is kept at each step.

    Attributes:
        used: (n,) how many latents each code has had lately.
        sums: (n, d) their running sum.
    """

    def __init__(self, codebook: Tensor, memory: float) -> None:
        self.codebook = codebook
        self.memory = memory
        self.used = torch.zeros(len(codebook))
        self.sums = torch.zeros_like(codebook)

    @property
    def share(self) -> float:
        """The share of codes that are in use."""
        return float((self.used > _DEAD).float().mean())

    @torch.no_grad()
    def nearest(self, latents: Tensor) -> Tensor:
        """Which code lies next to each of the latents (m, d): (m,) int64."""
        return torch.cdist(latents, self.codebook).argmin(1)

    @torch.no_grad()
    def follow(self, latents: Tensor, nearest: Tensor) -> None:
        """Take in latents (m, d) and the codes next to them, and move these codes."""
        fresh = torch.zeros_like(self.used).index_add_(0, nearest, torch.ones(len(nearest)))
        self.used.mul_(self.memory).add_(fresh)
        sums = torch.zeros_like(self.sums).index_add_(0, nearest, latents)
        self.sums.mul_(self.memory).add_(sums)
        moved = fresh > 0
        self.codebook[moved] = self.sums[moved] / self.used[moved, None]

    @torch.no_grad()
    def begin(self, latents: Tensor, generator: torch.Generator, rounds: int = 8) -> None:
        """Spread the codes over latents (m, d) by k-means, from a random choice of them."""
        self.codebook.copy_(latents[torch.randint(len(latents), (len(self.codebook),), generator=generator)])
        for _ in range(rounds):
            nearest = self.nearest(latents)
            self.used.zero_().index_add_(0, nearest, torch.ones(len(nearest)))
            self.sums.zero_().index_add_(0, nearest, latents)
            some = self.used > 0
            self.codebook[some] = self.sums[some] / self.used[some, None]
        self.revive(latents, generator)
        self.keep()

    @torch.no_grad()
    def keep(self) -> None:
        """Begin to count from the codes as they are."""
        self.used.fill_(1.0)
        self.sums.copy_(self.codebook)

    @torch.no_grad()
    def revive(self, latents: Tensor, generator: torch.Generator) -> None:
        """Put codes that are out of use where some of the latents (m, d) are, a little beside them."""
        dead = torch.nonzero(self.used < _DEAD).flatten()
        chosen = torch.randint(len(latents), (len(dead),), generator=generator)
        noise = torch.randn(len(dead), latents.shape[1], generator=generator) * latents.std() * 0.05
        self.codebook[dead] = latents[chosen] + noise
        self.used[dead] = 1.0
        self.sums[dead] = self.codebook[dead]
