"""Networks of the published sizes with random weights: what there is to measure and to prove where nothing is fetched.

BigGAN-deep's are in `studio.bench.deep`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from studio.canvas.networks import Networks, VqganConfig
from studio.models.architectures import model_cfg
from studio.models.loading import Weights

_F16 = {
    "ch": 128,
    "ch_mult": [1, 1, 2, 2, 4],
    "num_res_blocks": 2,
    "attn_resolutions": [16],
    "resolution": 256,
    "z_channels": 256,
}
_F8 = _F16 | {"ch_mult": [1, 1, 2, 4], "attn_resolutions": [32]}

VQGANS: Mapping[str, Mapping[str, Any]] = {
    "vqgan-imagenet-f16-1024": {"ddconfig": _F16, "embed_dim": 256, "n_embed": 1024},
    "vqgan-imagenet-f16-16384": {"ddconfig": _F16, "embed_dim": 256, "n_embed": 16384},
    "vqgan-gumbel-f8": {"ddconfig": _F8, "embed_dim": 256, "n_embed": 8192, "quantiser": "gumbel"},
}
"""The configurations of the catalogue's VQGANs, as their yaml files have them."""


def vqgan(name: str, seed: int = 0) -> Weights:
    """One of `VQGANS` with random weights. Raises KeyError for another name."""
    config = VQGANS[name]
    with torch.device("meta"):
        networks = Networks(VqganConfig.read(config, name=name))
    return Weights(name, "vqgan", config, drawn(networks.state_dict(), seed), f"{seed:064x}")


def perceptor(architecture: str, seed: int = 0) -> Weights:
    """One of open_clip's architectures with random weights, and OpenAI's tokenizer.

    Raises:
        ModelError: there is none of that name.
    """
    from open_clip.model import CLIP, CustomTextCLIP  # takes seconds

    config = model_cfg(architecture)
    described = copy.deepcopy(config)
    kind = CustomTextCLIP if described.pop("custom_text", False) else CLIP
    with torch.device("meta"):
        shapes = kind(**described).state_dict()
    return Weights(architecture, "clip", {"model_cfg": config}, drawn(shapes, seed), f"{seed:064x}")


def drawn(like: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Random weights of the same names and shapes: products keep the variance of what they get, norms do nothing."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, tensor in like.items():
        last = name.rpartition(".")[2]
        if not tensor.is_floating_point():
            tensors[name] = torch.zeros(tensor.shape, dtype=tensor.dtype)
        elif last == "logit_scale":
            tensors[name] = torch.tensor(math.log(1 / 0.07))  # CLIP's beginning
        elif tensor.ndim < 2 and last in ("weight", "running_var"):
            tensors[name] = torch.ones(tensor.shape)
        elif "bias" in last or last == "running_mean":
            tensors[name] = torch.zeros(tensor.shape)
        else:
            numbers = torch.randn(tensor.shape, generator=generator)
            tensors[name] = numbers / max(1, tensor[0].numel()) ** 0.5 if "embedding" not in name else 0.02 * numbers
    return tensors
