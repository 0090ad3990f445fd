"""What is converted computes what OpenAI's own code computes, which came with the weights (openai/CLIP, model.py).

The package clip-anytorch carries that code; of it the networks alone are read here.
"""

from __future__ import annotations

import importlib.util
import json
import types
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.base.cancel import CancelToken
from studio.base.progress import silent
from studio.models.architectures import model_cfg
from studio.models.converting import convert
from studio.models.loading import read_weights
from studio.render.proving import prove
from studio.score import clip, tokens

from .conftest import seeded

TEXTS = ["a red apple on the moon", "blue fish"]

SMALL = {
    "embed_dim": 32,
    "quick_gelu": True,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 64, "heads": 1, "layers": 2},
}
RESIDUAL = SMALL | {"vision_cfg": {"image_size": 64, "layers": [1, 2, 1, 1], "width": 16, "patch_size": None}}


@pytest.fixture(scope="module")
def published() -> types.ModuleType:
    found = importlib.util.find_spec("clip")
    if found is None or not found.submodule_search_locations:
        pytest.skip("clip-anytorch is not installed: OpenAI's own code is the reference here")
    path = Path(found.submodule_search_locations[0]) / "model.py"
    spec = importlib.util.spec_from_file_location("openai_clip_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def theirs(published: types.ModuleType, config: dict[str, Any]) -> torch.nn.Module:
    """OpenAI's network of one of open_clip's configurations."""
    vision, text = config["vision_cfg"], config["text_cfg"]
    layers = tuple(vision["layers"]) if isinstance(vision["layers"], list) else vision["layers"]
    return seeded(
        lambda: published.CLIP(
            config["embed_dim"], vision["image_size"], layers, vision["width"], vision["patch_size"],
            text["context_length"], text["vocab_size"], text["width"], text["heads"], text["layers"],
        )
    )  # fmt: skip


def agree(model: torch.nn.Module, config: dict[str, Any], folder: Path, told: bool) -> None:
    """An archive like the published ones, converted, embeds texts and pictures as the network it was made from."""
    side, length = config["vision_cfg"]["image_size"], config["text_cfg"]["context_length"]
    for name, number in (("input_resolution", side), ("context_length", length), ("vocab_size", 49408)):
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(number))  # the published archives hold these beside the weights
    words = tokens.build_tokenizer(None, length, name="openai")(TEXTS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(model, (torch.zeros(1, 3, side, side), words), check_trace=False).save(folder / "theirs.pt")
    (folder / "told.json").write_text(json.dumps({"model_cfg": config}))
    made = convert(
        folder / "theirs.pt",
        folder / "made.safetensors",
        name="mine",
        prove=prove,
        config=folder / "told.json" if told else None,
        token=CancelToken(),
        report=silent,
    )
    weights = read_weights(folder / "made.safetensors", name="mine", expect_kind="clip", expect_sha256=made.sha256)
    perceptor = clip.build(weights, "cpu")
    images = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    mean, std = (torch.tensor(three).view(3, 1, 1) for three in (clip.OPENAI_MEAN, clip.OPENAI_STD))
    with torch.no_grad():
        for found, expected in (
            (perceptor.embed_text(TEXTS), model.encode_text(words)),
            (perceptor.embed_image(images), model.encode_image((images - mean) / std)),
        ):
            expected = torch.nn.functional.normalize(expected, dim=-1)
            torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
            assert (expected[0] - expected[1]).norm() > 1e-4


@pytest.mark.parametrize("config", [SMALL, RESIDUAL], ids=["transformer", "residual"])
def test_small_ones_embed_as_the_published_code_does(tmp_path, published, config):
    agree(theirs(published, config), config, tmp_path, told=True)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["ViT-B-32-quickgelu", "RN50x4-quickgelu"])
def test_the_published_sizes_embed_as_the_published_code_does(tmp_path, published, architecture):
    config = model_cfg(architecture)
    vision = {"patch_size": None, **config["vision_cfg"]}
    agree(theirs(published, {**config, "vision_cfg": vision}), config, tmp_path, told=False)
