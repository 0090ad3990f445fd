"""The published BigGAN-deep, read from checked weights: noise and mixtures of ImageNet's classes to pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.canvas.biggan_deep import ARCHITECTURE, DeepConfig, DeepNetworks, folded
from studio.models.loading import Weights, match
from studio.models.precision import DTYPES, fastest
from studio.models.unfilled import Unfilled, allocate

NOISE_EDGE = 2.0
"""How far noise goes from 0, before it is multiplied by the truncation (Brock et al. 2019, the truncation trick)."""

_LARGEST = {"cpu": 16 << 20}
"""Bytes of a tensor, above which a batch is parted: glibc gives larger ones back to the system each time, and to fetch
their pages anew takes as long as to compute what is in them."""

_LARGEST_ELSEWHERE = 512 << 20


class ImageNetModel:
    """A frozen BigGAN-deep on a device.

    Called as pytorch-pretrained-biggan's model is, and as Big Sleep calls it, with noise and classes for every layer.

    Attributes:
        name: what the catalogue calls it.
        identity: hex digest of the weights' file.
        config: how large it is.
        layers: how many layers may each have noise and classes of their own.
        noise: how many numbers the noise has.
        classes: how many classes there are.
        side: width and height of its pictures, in pixels.
        device: where it is.
        dtype: in what it computes.
    """

    def __init__(
        self, networks: DeepNetworks, config: DeepConfig, dtype: torch.dtype, *, name: str, identity: str
    ) -> None:
        networks.prepare()
        self.device = networks.embeddings.weight.device
        self.dtype = dtype
        networks.generator.to(dtype)
        self._networks = networks.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self.name = name
        self.identity = identity
        self.config = config
        self.layers, self.noise, self.classes, self.side = config.layers, config.noise, config.classes, config.side

    def __call__(self, noise: Tensor, classes: Tensor, truncation: float = 1.0) -> Tensor:
        """Pictures (n, 3, side, side) in 0 to 1, differentiable.

        Args:
            noise: (n, noise), or (n, layers, noise), as the published model takes it: multiplied by the truncation.
            classes: (n, classes), or (n, layers, classes): mixtures of classes, adding up to 1.
            truncation: above 0, up to 1: of the statistics that the generator normalises by.

        Raises:
            ValueError: the truncation is outside.
        """
        return self._drawn(noise, classes, truncation, None)

    @torch.no_grad()
    def draw(self, noise: Tensor, classes: Tensor, truncation: float = 1.0) -> Tensor:
        """The same without gradient, for any number of pictures in bounded memory."""
        size = torch.finfo(self.dtype).bits // 8
        return self._drawn(noise, classes, truncation, _LARGEST.get(self.device.type, _LARGEST_ELSEWHERE) // size)

    def _drawn(self, noise: Tensor, classes: Tensor, truncation: float, most: int | None) -> Tensor:
        if not 0 < truncation <= 1:
            raise ValueError(f"a truncation is above 0 and at most 1, not {truncation}")
        noise, embedded = (self._every(values) for values in (noise, self._networks.embeddings(classes)))
        conditions = torch.cat([noise, embedded], -1).to(self.dtype)
        pictures: Tensor = self._networks.generator(conditions, truncation, most)
        return pictures * 0.5 + 0.5

    def _every(self, values: Tensor) -> Tensor:
        return values[:, None].expand(-1, self.layers, -1) if values.ndim == 2 else values


def is_deep(weights: Weights) -> bool:
    """Whether weights of the kind "biggan" are of the published architecture, and not the starter's."""
    return weights.config.get("architecture") == ARCHITECTURE


def build(weights: Weights, device: torch.device | str, dtype: torch.dtype | None = None) -> ImageNetModel:
    """The BigGAN-deep that `weights` hold, on `device`, in `dtype` or what is fastest there.

    The configuration is the published one, under the architecture "biggan-deep"; names are the published state dict's.

    Raises:
        ModelError: the configuration is unusable, or a tensor is missing, left over or of another shape. It is found
            out before memory is taken for more than the weights themselves.
    """
    config = DeepConfig.read(weights.config, name=weights.name)
    tensors = folded(weights.tensors, config, name=weights.name)
    with torch.device("meta"), Unfilled():
        networks = DeepNetworks(config)
    if sum(v.numel() for v in networks.state_dict().values()) == sum(v.numel() for v in tensors.values()):
        allocate(networks)  # otherwise the networks stay without memory, and `match` says what is wrong
    match(tensors, networks, name=weights.name)
    drawn = dtype or DTYPES[fastest(device)]
    return ImageNetModel(networks.to(device), config, drawn, name=weights.name, identity=weights.sha256)
