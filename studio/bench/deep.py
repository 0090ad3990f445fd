"""BigGAN-deep of the published sizes with random weights, under the published names, for measuring and comparing."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from studio.canvas.biggan_deep import ARCHITECTURE, DeepConfig, DeepNetworks
from studio.models.loading import Weights

_FIRST = [(False, 16, 16), (True, 16, 16), (False, 16, 16), (True, 16, 8), (False, 8, 8)]
_LARGER = [(True, 8, 8), (False, 8, 8)]
_LAST = [(True, 8, 4), (False, 4, 4), (True, 4, 2), (False, 2, 2), (True, 2, 1)]

LAYERS = {
    128: [*_FIRST, *_LAST],
    256: [*_FIRST, *_LARGER, *_LAST],
    512: [*_FIRST, *_LARGER, *_LAST, (False, 1, 1), (True, 1, 1)],
}
"""The blocks of the published generators, by the side of their pictures: doubling, channels before and after."""


def config(side: int) -> dict[str, Any]:
    """The configuration of a published generator, as a converted file holds it; of 128, 256 or 512 pixels."""
    return {
        "architecture": ARCHITECTURE,
        "output_dim": side,
        "z_dim": 128,
        "class_embed_dim": 128,
        "channel_width": 128,
        "num_classes": 1000,
        "layers": [list(layer) for layer in LAYERS[side]],
        "attention_layer_position": 8,
        "eps": 1e-4,
        "n_stats": 51,
    }


def small(classes: int = 12) -> dict[str, Any]:
    """The configuration of one that draws 32x32 pixels in a moment, with every kind of layer."""
    layers = [[True, 16, 8], [True, 8, 4], [True, 4, 2], [False, 2, 2], [False, 2, 1]]
    return config(128) | {
        "output_dim": 32,
        "z_dim": 12,
        "class_embed_dim": 12,
        "channel_width": 8,
        "num_classes": classes,
        "layers": layers,
        "attention_layer_position": 2,
    }


@torch.no_grad()
def weights(values: dict[str, Any], seed: int = 0) -> Weights:
    """Random weights for a configuration, such that pictures have contrast: layers keep the variance of what they get.

    Spectral norms come with their vectors, after some steps of the power iteration, as training leaves them.
    """
    read = DeepConfig.read(values, name="random")
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in DeepNetworks(read).state_dict().items()}
    for part in ("weight", "bias"):  # published with channels that nobody sees
        key = f"generator.conv_to_rgb.{part}"
        shapes[key] = torch.Size((read.width, *shapes[key][1:]))
    generator = torch.Generator().manual_seed(seed)
    tensors: dict[str, Tensor] = {}
    for key, shape in shapes.items():
        drawn = torch.randn(shape, generator=generator)
        if key.endswith("running_vars"):
            tensors[key] = 0.5 + drawn.abs()
        elif key.endswith("gamma"):
            tensors[key] = torch.full(shape, 0.7)
        elif key.endswith(("running_means", "bias")):
            tensors[key] = 0.1 * drawn
        elif key in ("generator.bn.weight", "embeddings.weight"):
            tensors[key] = 3 * drawn
        else:
            tensors |= _normed(key, drawn / drawn[0].numel() ** 0.5, generator)
    return Weights("random", "biggan", values, tensors, f"{seed:064x}")


def _normed(key: str, weight: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    matrix = weight.flatten(1)
    left = torch.randn(len(matrix), generator=generator)
    for _ in range(10):
        right = torch.nn.functional.normalize(matrix.mT @ left, dim=0)
        left = torch.nn.functional.normalize(matrix @ right, dim=0)
    return {f"{key}_orig": weight, f"{key}_u": left, f"{key}_v": right}
