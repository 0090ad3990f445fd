"""The plain reference step: VQGAN+CLIP as the textbook has it, so that every speed-up is a ratio within one run.

Single precision, tensors laid out as they come, taming-transformers' decoder and open_clip's tower untouched, the
codebook multiplied by a one-hot matrix, cutouts made one after the other (Crowson's notebook, 2021; the forks of
nerdyrodent and others). Chance is drawn as Keydream draws it: both look through the same cutouts, and lose alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Adam

from studio.canvas.networks import Networks
from studio.score.augment import augment
from studio.score.cutouts import CutoutSettings, draw
from studio.score.sampling import view

Picture = Callable[[], Tensor]
"""Draws the picture (1, 3, H, W) from what is optimised."""


@dataclass(frozen=True, slots=True)
class Eye:
    """Who looks.

    Attributes:
        model: open_clip's, in single precision.
        side: of what it looks at, in pixels.
        mean: (1, 3, 1, 1), what it takes off.
        std: likewise, what it divides by.
        target: (d,), where the picture is to go.
    """

    model: nn.Module
    side: int
    mean: Tensor
    std: Tensor
    target: Tensor


def quantise(latents: Tensor, codebook: Tensor) -> Tensor:
    """Each latent's nearest code, (1, d, h, w), by a product with a one-hot matrix; gradients pass straight through."""
    flat = latents.movedim(1, -1).reshape(-1, codebook.shape[1])
    distances = flat.square().sum(1, keepdim=True) + codebook.square().sum(1) - 2 * flat @ codebook.T
    chosen = functional.one_hot(distances.argmin(1), len(codebook)).to(codebook.dtype)
    codes = (chosen @ codebook).view(latents.movedim(1, -1).shape).movedim(-1, 1)
    return codes.detach() + (latents - latents.detach())


def decoded(networks: Networks, latents: Tensor) -> Tensor:
    """The picture of latents, by taming's own decoder."""
    codes = quantise(latents, networks.quantize.embedding.weight)
    made: Tensor = networks.decoder(networks.post_quant_conv(codes))
    return made * 0.5 + 0.5


class Step:
    """One optimiser step after the other.

    Args:
        leaves: what is optimised.
        picture: draws it.
        eyes: who looks, with how many cutouts each in which manner.
        rate: Adam's, of the first step; nothing changes it.
        generator: the only source of chance.
        bound: what is done to the leaves after each step, if anything.

    Attributes:
        image: (1, 3, H, W), the picture that the last step looked at.
    """

    def __init__(
        self,
        leaves: list[Tensor],
        picture: Picture,
        eyes: list[tuple[Eye, CutoutSettings]],
        rate: float,
        generator: torch.Generator,
        bound: Callable[[], None] = lambda: None,
    ) -> None:
        self._picture, self._eyes, self._generator, self._bound = picture, eyes, generator, bound
        self.image: Tensor | None = None
        self._adam = Adam(leaves, lr=rate)

    def __call__(self) -> float:
        """Do one; its loss."""
        self._adam.zero_grad()
        image = self._picture()
        loss = torch.stack([looked(image, eye, manner, self._generator) for eye, manner in self._eyes]).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
        self._bound()
        self.image = image.detach()
        return float(loss.detach())


def looked(image: Tensor, eye: Eye, manner: CutoutSettings, generator: torch.Generator) -> Tensor:
    """How far random cutouts of a picture (1, 3, H, W), made one by one, are from where it is to go; a scalar."""
    homographies = draw(image.shape[-2], image.shape[-1], manner.count, manner, generator)
    cutouts = torch.cat([view(image, one[None], eye.side) for one in homographies])
    seen = (augment(cutouts, manner.augmentation, generator) - eye.mean) / eye.std
    features = functional.normalize(eye.model.encode_image(seen), dim=-1)  # type: ignore[operator]
    distances = (features - eye.target).norm(dim=-1).div(2).arcsin().square().mul(2)
    mean: Tensor = distances.mean()
    return mean
