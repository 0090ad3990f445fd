"""The starter's networks without open_clip: the same numbers as open_clip's, and nothing that is half understood."""

from __future__ import annotations

import copy
import dataclasses
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from studio.base import paths
from studio.base.errors import ModelError
from studio.models import towers
from studio.models.loading import Weights, read_weights
from studio.score import clip
from studio.score.plain_clip import PlainClip, understands

TEXTS = ["a red apple in the grass", "A purple heart on a starry night!", "ein Bär & 3 Kühe", "x"]

CONFIG = {
    "embed_dim": 8,
    "vision_cfg": {
        "timm_model_name": "keydream_judge_s",
        "timm_model_pretrained": False,
        "timm_pool": "",
        "timm_proj": "linear",
        "image_size": 48,
    },
    "text_cfg": {"context_length": 6, "vocab_size": 514, "width": 12, "heads": 2, "layers": 2},
}

VIT = {
    "embed_dim": 8,
    "vision_cfg": {"image_size": 32, "patch_size": 8, "width": 24, "layers": 2, "head_width": 8},
    "text_cfg": {"context_length": 6, "vocab_size": 514, "width": 12, "heads": 2, "layers": 2},
}

PROGRAM = """
import sys
from pathlib import Path
from studio.cli import run
status = run(["render", "first-walk", "--frames", "0:1", "--size", "32x32", "--draft", "-o", sys.argv[1]])
assert not status, status
assert Path(sys.argv[1]).is_file()
heavy = ("open_clip", "timm", "torchvision", "scipy", "cma", "sympy", "torch._dynamo", "transformers", "PySide6")
print("loaded:", *(name for name in heavy if name in sys.modules))
"""


def changed(part: str = "", **entries: Any) -> dict[str, Any]:
    """`CONFIG` with entries of a part, or of itself, replaced; None takes one out."""
    config = copy.deepcopy(CONFIG)
    held = config[part] if part else config
    held.update(entries)
    for name in [name for name, value in held.items() if value is None]:
        del held[name]
    return config


def random_weights(config: dict[str, Any]) -> Weights:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        made = PlainClip(**config)
        for parameter in made.parameters():
            nn.init.normal_(parameter, std=0.1)
    return Weights("plain", "clip", {"model_cfg": config, "tokenizer": {"merges": []}}, made.state_dict(), "0")


def theirs(weights: Weights) -> nn.Module:
    """open_clip's own network of the same file."""
    from open_clip.model import CLIP

    towers.register()
    model = CLIP(**copy.deepcopy(dict(weights.config["model_cfg"])))
    model.load_state_dict({name: tensor.float() for name, tensor in weights.tensors.items()})
    return model.eval()


@pytest.mark.parametrize("name", ["clip", "evaluator"])
@torch.no_grad()
def test_embeds_as_open_clips_network_of_the_same_file_does(name: str) -> None:
    path = paths.resources() / "starter" / f"{name}.safetensors"
    weights = read_weights(path, name=name, expect_kind="clip")
    perceptor = clip.build(weights, "cpu")
    assert isinstance(perceptor._model, PlainClip)
    model, side = theirs(weights), perceptor.image_size
    tokens = perceptor._tokenizer(TEXTS)
    wanted = model.encode_text(tokens, normalize=True)
    torch.testing.assert_close(perceptor.embed_text(TEXTS), wanted, atol=1e-6, rtol=0)
    pictures = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(1))
    mean, std = (torch.tensor(weights.config[key]).view(3, 1, 1) for key in ("mean", "std"))
    wanted = model.encode_image((pictures - mean) / std, normalize=True)
    torch.testing.assert_close(perceptor.embed_image(pictures), wanted, atol=1e-6, rtol=0)
    assert perceptor.logit_scale == float(model.logit_scale.exp())
    assert perceptor.dimensions == wanted.shape[1]


@pytest.mark.parametrize("config", [CONFIG, VIT, VIT | {"quick_gelu": True}], ids=["starter", "vit", "openai"])
@torch.no_grad()
def test_names_and_numbers_are_open_clips_with_any_weights(config: dict[str, Any]) -> None:
    weights = random_weights(config)
    ours, other = PlainClip(**config).eval(), theirs(weights)
    assert {k: v.shape for k, v in ours.state_dict().items()} == {k: v.shape for k, v in other.state_dict().items()}
    ours.load_state_dict(weights.tensors)
    tokens = torch.tensor([[512, 65, 66, 513, 0, 0], [512, 513, 0, 0, 0, 0], [512, 9, 9, 9, 9, 513]])
    side = config["vision_cfg"]["image_size"]
    pictures = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(2))
    for normalize in (False, True):
        torch.testing.assert_close(ours.encode_text(tokens, normalize), other.encode_text(tokens, normalize))
        torch.testing.assert_close(ours.encode_image(pictures, normalize), other.encode_image(pictures, normalize))


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
@pytest.mark.parametrize("quick", [False, True])
def test_in_every_precision_a_perceptor_sees_what_open_clips_sees(
    quick: bool, precision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = random_weights(VIT | {"quick_gelu": quick})
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(2), requires_grad=True)
    ours = clip.build(weights, "cpu", precision)
    monkeypatch.setattr(clip, "understands", lambda _: False)
    other = clip.build(weights, "cpu", precision)
    assert isinstance(ours._model, PlainClip)
    assert not isinstance(other._model, PlainClip)
    assert torch.equal(ours.embed_text(["a", "red"]), other.embed_text(["a", "red"]))
    gradients = []
    for one in (ours, other):
        seen = one.embed_image(pictures)
        assert torch.equal(seen, other.embed_image(pictures))
        gradients.append(torch.autograd.grad(seen[:, 0].sum(), pictures)[0])
    assert torch.equal(*gradients)


def test_what_is_left_out_is_as_open_clip_has_it() -> None:
    config = changed(text_cfg={"width": 16, "heads": 2, "layers": 1})
    assert understands(config)
    model = PlainClip(**config)
    assert model.positional_embedding.shape == (77, 16)
    assert model.token_embedding.weight.shape == (49408, 16)


@pytest.mark.parametrize(
    "config",
    [
        changed(quick_gelu=1),
        changed(init_logit_bias=-10.0),
        changed(embed_dim=None),
        changed(embed_dim="8"),
        changed(embed_dim=0),
        changed("vision_cfg", timm_model_name="resnet50"),
        changed("vision_cfg", timm_model_name=["keydream_judge_s"]),
        changed("vision_cfg", timm_model_name=None),
        changed("vision_cfg", timm_pool="avg"),
        changed("vision_cfg", timm_pool=None),
        changed("vision_cfg", timm_proj="mlp"),
        changed("vision_cfg", timm_drop=0.5),
        changed("vision_cfg", image_size=[48, 48]),
        changed("vision_cfg", image_size=True),
        changed("text_cfg", heads=2.0),
        changed("text_cfg", mlp_ratio=2.0),
        changed("text_cfg", pool_type="last"),
        changed("text_cfg", no_causal_mask=True),
        changed("text_cfg", layers=0),
        changed("text_cfg", layers=-1),
        VIT | {"vision_cfg": {"layers": [1, 2, 3, 4], "width": 8, "image_size": 32}},
        VIT | {"vision_cfg": {"pool_type": "avg"}},
        VIT | {"vision_cfg": {"image_size": [32, 32]}},
        VIT | {"vision_cfg": {"head_width": 0}},
    ],
)
def test_anything_else_is_open_clips(config: dict[str, Any]) -> None:
    assert understands(CONFIG)
    assert understands(VIT)
    assert not understands(config)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (changed("text_cfg", heads=5), "cannot build"),
        (changed("text_cfg", width=10**6, heads=1), "not [1000000]"),
        (changed("text_cfg", context_length=10**6), "positional_embedding is [6, 12], not [1000000, 12]"),
        (changed("text_cfg", layers=10**6), "1000000 layers"),
        (changed(embed_dim=10**9), "not [12, 1000000000]"),
        (changed("vision_cfg", timm_model_name="keydream_smooth_m"), "missing: visual.trunk"),
        (CONFIG | {"vision_cfg": {"width": 10**6, "layers": 1}}, "missing: visual.class_embedding"),
        (CONFIG | {"vision_cfg": {"width": 7, "layers": 1}}, "cannot build"),
    ],
)
def test_a_hostile_configuration_is_refused_before_memory_is_taken(config: dict[str, Any], why: str) -> None:
    weights = random_weights(CONFIG)
    with pytest.raises(ModelError) as caught:
        clip.build(dataclasses.replace(weights, config={**weights.config, "model_cfg": config}), "cpu")
    assert why in caught.value.why


def test_a_render_needs_none_of_what_takes_seconds_to_import(tmp_path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "walk.gif")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "loaded:"
