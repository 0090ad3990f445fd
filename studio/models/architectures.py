"""open_clip's model configurations by name, read without importing open_clip, which takes seconds."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.base.errors import ModelError

Shapes = Mapping[str, tuple[int, ...]]
"""Tensors' names and shapes."""


def model_cfg(architecture: str) -> dict[str, Any]:
    """The configuration of one of open_clip's architectures, such as "ViT-B-32-quickgelu".

    Raises:
        ModelError: there is none of that name.
    """
    found = _folder() / f"{architecture}.json"
    if architecture not in names():
        raise ModelError(
            f"There is no architecture {architecture[:60]!r}",
            "open_clip knows none of that name",
            "Choose one of https://github.com/mlfoundations/open_clip/tree/main/src/open_clip/model_configs",
        )
    config: dict[str, Any] = json.loads(found.read_text("utf-8"))
    return config


@functools.cache
def names() -> tuple[str, ...]:
    """All of open_clip's architectures, by name."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def likely(shapes: Shapes) -> tuple[str, ...]:
    """The architectures that tensors may belong to, by the sizes of their towers; activations leave no trace."""
    return tuple(name for name in names() if _fits(model_cfg(name), shapes))


def _fits(config: Mapping[str, Any], shapes: Shapes) -> bool:
    vision, text = config.get("vision_cfg", {}), config.get("text_cfg", {})
    tokens = shapes.get("token_embedding.weight", shapes.get("text.token_embedding.weight"))
    places = shapes.get("positional_embedding", shapes.get("text.positional_embedding"))
    if tokens != (text.get("vocab_size"), text.get("width")):
        return False
    if places != (text.get("context_length"), text.get("width")):
        return False
    layers = len({name.split("resblocks.")[1].split(".")[0] for name in shapes if _of_text(name)})
    if layers != text.get("layers") or ("text.token_embedding.weight" in shapes) != bool(config.get("custom_text")):
        return False
    if (model := vision.get("timm_model_name")) is not None:
        return "visual.conv1.weight" not in shapes and bool(model) and _has_places(str(model), vision, shapes)
    grid = shapes.get("visual.positional_embedding") or shapes.get("visual.attnpool.positional_embedding")
    if grid is None:
        return False
    if isinstance(vision.get("layers"), list):
        last = shapes.get("visual.attnpool.c_proj.weight")
        cells = (int(vision["image_size"]) // 32) ** 2 + 1
        return last is not None and last[0] == config["embed_dim"] and grid == (cells, int(vision["width"]) * 32)
    side, patch = vision.get("image_size"), vision.get("patch_size")
    if not isinstance(side, int) or not isinstance(patch, int):
        return False
    depth = len({name.split(".")[3] for name in shapes if name.startswith("visual.transformer.resblocks.")})
    return (
        shapes.get("visual.conv1.weight") == (vision.get("width"), 3, patch, patch)
        and grid == ((side // patch) ** 2 + 1, vision.get("width"))
        and depth == vision.get("layers")
        and shapes.get("visual.proj") == (vision.get("width"), config["embed_dim"])
    )


def _has_places(model: str, vision: Mapping[str, Any], shapes: Shapes) -> bool:
    """Whether a tower of timm's has as many places as its name tells; what the name does not tell is passed over."""
    patch, places = re.search(r"_patch(\d+)_siglip", model), shapes.get("visual.trunk.pos_embed")
    side = vision.get("image_size")
    if patch is None or not isinstance(side, int):
        return True
    return places is not None and places[1:2] == ((side // int(patch[1])) ** 2,)


def _of_text(name: str) -> bool:
    return name.startswith(("transformer.resblocks.", "text.transformer.resblocks."))


@functools.cache
def _folder() -> Path:
    found = importlib.util.find_spec("open_clip")
    if found is None or not found.submodule_search_locations:
        raise ModelError("open_clip is not installed", "Perceptors need it", "pip install open_clip_torch")
    return Path(found.submodule_search_locations[0]) / "model_configs"
