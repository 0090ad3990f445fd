"""The textbook's networks: built once, as they come, in single precision; each dream of theirs is a plain loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.bench.reference import Eye, decoded
from studio.canvas import networks
from studio.models.loading import Weights
from studio.score.clip import OPENAI_MEAN, OPENAI_STD


class Textbook:
    """A VQGAN and perceptors, without anything that Keydream does to them.

    Args:
        vqgan: weights of the VQGAN.
        perceptors: weights of those who look, and the side of what they look at, in pixels.
        device: where.

    Attributes:
        codebook: (n, d), the VQGAN's codes.
    """

    def __init__(self, vqgan: Weights, perceptors: Sequence[tuple[Weights, int]], device: torch.device) -> None:
        self._config = networks.VqganConfig.read(vqgan.config, name=vqgan.name)
        drawing = networks.Networks(self._config)
        drawing.load_state_dict({name: tensor.float() for name, tensor in vqgan.tensors.items()})
        self._drawing = drawing.eval().requires_grad_(False).to(device)
        nowhere = torch.zeros(())
        self._eyes = [eye(weights, side, nowhere, device) for weights, side in perceptors]
        self._device = device
        self.codebook: Tensor = self._drawing.quantize.embedding.weight

    def noise(self, width: int, height: int, generator: torch.Generator) -> Tensor:
        """Latents (1, d, h, w) of codes chosen at random, as VQGAN-CLIP begins; what is optimised."""
        rows, columns = (-(-side // self._config.factor) for side in (height, width))
        chosen = torch.randint(len(self.codebook), (rows * columns,), generator=generator)
        codes = functional.one_hot(chosen, len(self.codebook)).float().to(self._device) @ self.codebook
        return codes.T.reshape(1, -1, rows, columns).contiguous().requires_grad_()

    def picture(self, latents: Tensor, width: int, height: int) -> Tensor:
        """The picture (1, 3, height, width) of latents, by taming's own decoder."""
        made = decoded(self._drawing, latents) * 2 - 1
        return functional.pixel_shuffle(made, self._config.pixel_shuffle)[..., :height, :width] / 2 + 0.5

    def eyes(self, targets: Sequence[Tensor]) -> list[Eye]:
        """Who looks; `targets` says, (d,) for each of them, where the picture is to go."""
        pairs = zip(self._eyes, targets, strict=True)
        return [replace(each, target=target.to(self._device)) for each, target in pairs]

    def bound(self, latents: Tensor) -> Callable[[], None]:
        """What VQGAN-CLIP does after each step: keeps every channel of latents within the range of the codebook."""
        low, high = (edge.view(1, -1, 1, 1) for edge in (self.codebook.amin(0), self.codebook.amax(0)))

        @torch.no_grad()
        def clamp() -> None:
            latents.copy_(latents.maximum(low).minimum(high))

        return clamp


def eye(weights: Weights, side: int, target: Tensor, device: torch.device) -> Eye:
    """A perceptor as it comes.

    Args:
        weights: its weights.
        side: of what it looks at, in pixels.
        target: (d,), where the picture is to go.
        device: where.
    """
    mean, std = (torch.tensor(values, device=device).view(1, 3, 1, 1) for values in _normal(weights))
    return Eye(_tower(weights).to(device), side, mean, std, target.to(device))


def _normal(weights: Weights) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(weights.config.get("mean", OPENAI_MEAN)), tuple(weights.config.get("std", OPENAI_STD))


def _tower(weights: Weights) -> nn.Module:
    """open_clip's own network with these weights, as it comes."""
    from open_clip.model import CLIP, CustomTextCLIP

    from studio.models import towers

    towers.register()
    described = dict(weights.config["model_cfg"])
    kind: Callable[..., nn.Module] = CustomTextCLIP if described.pop("custom_text", False) else CLIP
    model = kind(**described)
    model.load_state_dict({name: tensor.float() for name, tensor in weights.tensors.items()}, strict=False)
    return model.eval().requires_grad_(False)
