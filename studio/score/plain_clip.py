"""The starter's kind of CLIP in plain torch: one of `studio.models.towers`, a text transformer (Radford et al. 2021).

It has open_clip's names for its weights and computes what open_clip's `CLIP` computes. Building it takes no time, while
open_clip is imported for seconds, for it brings timm and torchvision along.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.models.towers import TOWERS

_TEXT = {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}
"""What a text tower is described by here, with open_clip's values for what is left out."""

_VISION = {"timm_model_pretrained": (False, True), "timm_pool": ("",), "timm_proj": ("linear",)}
"""What an image tower is described by besides its name and size, with what is understood of it."""


def understands(model_cfg: Mapping[str, Any]) -> bool:
    """Whether a model configuration describes a `PlainClip` and nothing more; of all others, open_clip knows more.

    Args:
        model_cfg: open_clip's, without `custom_text`; its towers are mappings.
    """
    vision, text = model_cfg["vision_cfg"], model_cfg["text_cfg"]
    numbers = [model_cfg.get("embed_dim"), vision.get("image_size"), *text.values()]
    return (
        model_cfg.keys() == {"embed_dim", "vision_cfg", "text_cfg"}
        and vision.keys() == _VISION.keys() | {"timm_model_name", "image_size"}
        and str(vision["timm_model_name"]) in TOWERS
        and all(vision[key] in known for key, known in _VISION.items())
        and text.keys() <= _TEXT.keys()
        and all(type(number) is int and number > 0 for number in numbers)
    )


class PlainClip(nn.Module):
    """A network that `understands` its configuration, with weights that are to be loaded.

    Attributes:
        dimensions: length of an embedding.

    Args:
        embed_dim: length of an embedding.
        vision_cfg: `timm_model_name`, one of `TOWERS`, and `image_size` in pixels.
        text_cfg: see `_TEXT`.
    """

    def __init__(self, embed_dim: int, vision_cfg: Mapping[str, Any], text_cfg: Mapping[str, int]) -> None:
        super().__init__()
        text = _TEXT | dict(text_cfg)
        width = text["width"]
        self.dimensions = embed_dim
        self.visual = _ImageTower(vision_cfg["timm_model_name"], vision_cfg["image_size"], embed_dim)
        self.transformer = _TextTransformer(width, text["layers"], text["heads"])
        self.token_embedding = nn.Embedding(text["vocab_size"], width)
        self.positional_embedding = nn.Parameter(torch.zeros(text["context_length"], width))
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.zeros(width, embed_dim))
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_image(self, image: Tensor, normalize: bool = False) -> Tensor:
        """(n, 3, S, S), normalised, to (n, d), of unit length if `normalize`."""
        features: Tensor = self.visual(image)
        return functional.normalize(features, dim=-1) if normalize else features

    def encode_text(self, text: Tensor, normalize: bool = False) -> Tensor:
        """(n, context_length) tokens to (n, d): what the mark of the end holds, the token of the highest number."""
        places = text.shape[1]
        mask = torch.full((places, places), -torch.inf, device=text.device).triu_(1)  # nobody sees what comes later
        x = self.ln_final(self.transformer(self.token_embedding(text) + self.positional_embedding, mask))
        features = x[torch.arange(len(x), device=x.device), text.argmax(dim=-1)] @ self.text_projection
        return functional.normalize(features, dim=-1) if normalize else features


class _ImageTower(nn.Module):
    """One of `TOWERS` and a projection, named as open_clip's `TimmModel` names them."""

    def __init__(self, name: str, side: int, embed_dim: int) -> None:
        super().__init__()
        self.image_size = (side, side)
        self.trunk = TOWERS[name]()
        self.head = nn.Sequential(OrderedDict(proj=nn.Linear(self.trunk.num_features, embed_dim, bias=False)))

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.head(self.trunk(x))
        return features


class _TextTransformer(nn.Module):
    def __init__(self, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(_Block(width, heads) for _ in range(layers))

    def forward(self, x: Tensor, attn_mask: Tensor) -> Tensor:
        for block in self.resblocks:
            x = block(x, attn_mask)
        return x


class _Block(nn.Module):
    """open_clip's `ResidualAttentionBlock`; keeps the shape (n, places, width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(width)
        parts = {"c_fc": nn.Linear(width, 4 * width), "gelu": nn.GELU(), "c_proj": nn.Linear(4 * width, width)}
        self.mlp = nn.Sequential(OrderedDict(parts))

    def forward(self, x: Tensor, attn_mask: Tensor) -> Tensor:
        seen = self.ln_1(x)
        x = x + self.attn(seen, seen, seen, need_weights=False, attn_mask=attn_mask)[0]
        moved: Tensor = x + self.mlp(self.ln_2(x))
        return moved
