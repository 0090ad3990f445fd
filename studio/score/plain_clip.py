"""CLIP (Radford et al. 2021) in plain torch: the starter's, whose image tower is one of `studio.models.towers`, and all
whose image tower is a vision transformer as OpenAI's and LAION's are.

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
from studio.score.attention import QuickGelu

_TEXT = {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}
"""What a text tower is described by here, with open_clip's values for what is left out."""

_VISION = {"image_size": 224, "patch_size": 16, "width": 768, "layers": 12, "head_width": 64}
"""What a vision transformer is described by; likewise."""

_OURS = {"timm_model_pretrained": (False, True), "timm_pool": ("",), "timm_proj": ("linear",)}
"""What one of our towers is described by besides its name and size, with what is understood of it."""


def understands(model_cfg: Mapping[str, Any]) -> bool:
    """Whether a model configuration describes a `PlainClip` and nothing more; of all others, open_clip knows more.

    Args:
        model_cfg: open_clip's, without `custom_text`; its towers are mappings.
    """
    vision, text = model_cfg["vision_cfg"], model_cfg["text_cfg"]
    sizes = [model_cfg.get("embed_dim"), *text.values()]
    if "timm_model_name" in vision:
        sizes.append(vision.get("image_size"))
        known = vision.keys() == _OURS.keys() | {"timm_model_name", "image_size"}
        known = known and str(vision["timm_model_name"]) in TOWERS and all(vision[key] in _OURS[key] for key in _OURS)
    else:
        sizes += vision.values()
        known = vision.keys() <= _VISION.keys()
    return (
        known
        and text.keys() <= _TEXT.keys()
        and model_cfg.keys() - {"quick_gelu"} == {"embed_dim", "vision_cfg", "text_cfg"}
        and type(model_cfg.get("quick_gelu", False)) is bool
        and all(type(size) is int and size > 0 for size in sizes)
    )


class PlainClip(nn.Module):
    """A network that `understands` its configuration, with weights that are to be loaded.

    Attributes:
        dimensions: length of an embedding.

    Args:
        embed_dim: length of an embedding.
        vision_cfg: `timm_model_name`, one of `TOWERS`, and `image_size` in pixels; or see `_VISION`.
        text_cfg: see `_TEXT`.
        quick_gelu: whether transformers have OpenAI's x sigmoid(1.702 x) for an activation.
    """

    def __init__(
        self, embed_dim: int, vision_cfg: Mapping[str, Any], text_cfg: Mapping[str, int], quick_gelu: bool = False
    ) -> None:
        super().__init__()
        text = _TEXT | dict(text_cfg)
        width = text["width"]
        self.dimensions = embed_dim
        if "timm_model_name" in vision_cfg:
            visual: nn.Module = _ImageTower(vision_cfg["timm_model_name"], vision_cfg["image_size"], embed_dim)
        else:
            visual = _VisionTransformer(_VISION | dict(vision_cfg), embed_dim, quick_gelu)
        self.visual = visual
        self.transformer = _Transformer(width, text["layers"], text["heads"], quick_gelu)
        self.token_embedding = nn.Embedding(text["vocab_size"], width)
        self.positional_embedding = nn.Parameter(torch.zeros(text["context_length"], width))
        self.ln_final = _Norm(width)
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


class _VisionTransformer(nn.Module):
    """Patches and a place for the whole picture, which is what is given back (Dosovitskiy et al. 2021)."""

    def __init__(self, config: Mapping[str, int], embed_dim: int, quick_gelu: bool) -> None:
        super().__init__()
        width, patch, side = config["width"], config["patch_size"], config["image_size"]
        self.image_size = (side, side)
        self.conv1 = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros((side // patch) ** 2 + 1, width))
        self.ln_pre = _Norm(width)
        self.transformer = _Transformer(width, config["layers"], width // config["head_width"], quick_gelu)
        self.ln_post = _Norm(width)
        self.proj = nn.Parameter(torch.zeros(width, embed_dim))

    def forward(self, x: Tensor) -> Tensor:
        patches = self.conv1(x).flatten(2).permute(0, 2, 1)
        whole = self.class_embedding.to(patches.dtype).expand(len(patches), 1, -1)
        x = torch.cat([whole, patches], 1)
        x = self.ln_post(self.transformer(self.ln_pre(x + self.positional_embedding.to(x.dtype))))
        features: Tensor = x[:, 0] @ self.proj
        return features


class _Transformer(nn.Module):
    def __init__(self, width: int, layers: int, heads: int, quick_gelu: bool) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(_Block(width, heads, quick_gelu) for _ in range(layers))

    def forward(self, x: Tensor, attn_mask: Tensor | None = None) -> Tensor:
        for block in self.resblocks:
            x = block(x, attn_mask)
        return x


class _Block(nn.Module):
    """open_clip's `ResidualAttentionBlock`; keeps the shape (n, places, width)."""

    def __init__(self, width: int, heads: int, quick_gelu: bool) -> None:
        super().__init__()
        self.ln_1 = _Norm(width)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = _Norm(width)
        active = QuickGelu() if quick_gelu else nn.GELU()
        parts = {"c_fc": nn.Linear(width, 4 * width), "gelu": active, "c_proj": nn.Linear(4 * width, width)}
        self.mlp = nn.Sequential(OrderedDict(parts))

    def forward(self, x: Tensor, attn_mask: Tensor | None) -> Tensor:
        seen = self.ln_1(x)
        x = x + self.attn(seen, seen, seen, need_weights=False, attn_mask=attn_mask)[0]
        moved: Tensor = x + self.mlp(self.ln_2(x))
        return moved


class _Norm(nn.LayerNorm):
    """In the precision that it is given, though autocast would have it give single precision."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).to(x.dtype)
