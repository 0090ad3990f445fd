"""A perceptual loss: how far apart two pictures are in the eyes of a perceptor, at every scale of its image tower.

As in LPIPS (Zhang et al. 2018, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric"), with all
channels weighted alike. Features of a tower trained against attacks lie closer to what people see than those of
another (Engstrom et al. 2019, "Adversarial Robustness as a Prior for Learned Representations").
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.base.errors import ModelError


class Seeing(Protocol):
    """The part of a perceptor that is used here.

    Attributes:
        name: what the artist calls it.
        image_size: the side of the square pictures it looks at, in pixels.
        identity: hex digest of its weights and configuration.
        tower: its image tower, with a sequence `stages` somewhere inside.
    """

    name: str
    image_size: int
    identity: str

    @property
    def tower(self) -> nn.Module:
        """The image tower."""

    def embed_image(self, images: Tensor) -> Tensor:
        """Embeddings of pictures (n, 3, S, S) in 0 to 1, differentiable."""


class PerceptualLoss:
    """Compares pictures by the features that leave a tower's `stages` at each of its resolutions.

    Args:
        perceptor: whose tower it is; SmoothResNet and timm's towers that are built of `stages` will do.

    Attributes:
        identity: of the perceptor.

    Raises:
        ModelError: the tower has no `stages`.
    """

    def __init__(self, perceptor: Seeing) -> None:
        found = [module.stages for module in perceptor.tower.modules() if hasattr(module, "stages")]
        if not found or not isinstance(found[0], nn.Sequential | nn.ModuleList):
            raise ModelError(
                f"The model {perceptor.name} cannot tell how alike two pictures are",
                "Its image tower is not built of stages, whose features would be compared",
                "Choose a starter CLIP or a convolutional one",
            )
        self.identity = perceptor.identity
        self._perceptor = perceptor
        self._seen: list[Tensor] = []
        for stage in found[0]:
            stage.register_forward_hook(self._watch)

    def features(self, images: Tensor) -> list[Tensor]:
        """The last features at each resolution, (n, c, h, w), of unit length at every place; finest first.

        Args:
            images: (n, 3, h, w) in 0 to 1; resampled when the perceptor looks at another size.
        """
        side = self._perceptor.image_size
        if images.shape[-2:] != (side, side):
            images = functional.interpolate(images, (side, side), mode="bilinear", antialias=True)
        self._seen = []
        self._perceptor.embed_image(images)
        last = {features.shape[-2:]: features for features in self._seen}
        self._seen = []
        return [functional.normalize(features.float(), dim=1) for features in last.values()]

    def __call__(self, images: Tensor, wanted: Tensor) -> Tensor:
        """The squared distance of the features, averaged over places, resolutions and pictures: 0 (alike) to 4.

        Differentiable in `images`; both are (n, 3, h, w) in 0 to 1.
        """
        with torch.no_grad():
            targets = self.features(wanted)
        pairs = zip(self.features(images), targets, strict=True)
        return torch.stack([(ours - theirs).square().sum(1).mean() for ours, theirs in pairs]).mean()

    def _watch(self, stage: nn.Module, inputs: object, output: Tensor) -> None:
        self._seen.append(output)
