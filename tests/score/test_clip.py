"""The open_clip perceptor: the same numbers as open_clip, a usable gradient, and refusals that say why."""

from __future__ import annotations

import copy
import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import nn

from studio.base.errors import InputError, ModelError
from studio.models.loading import Weights
from studio.score.clip import OPENAI_MEAN, OPENAI_STD, OpenClipPerceptor, build
from studio.score.cutouts import CutoutSettings
from studio.score.objective import ClipObjective
from studio.score.targets import Target
from studio.score.tokens import build_tokenizer

TEXTS = ["a red apple", "blue fish"]


@pytest.fixture(scope="module")
def perceptor(weights: Weights) -> OpenClipPerceptor:
    return build(weights, "cpu")


def changed(weights: Weights, **model_cfg: Any) -> Weights:
    """The weights with entries of the model configuration, or of its towers, replaced."""
    config = copy.deepcopy(dict(weights.config))
    for key, value in model_cfg.items():
        part = config["model_cfg"].get(key)
        config["model_cfg"][key] = {**part, **value} if isinstance(part, dict) and isinstance(value, dict) else value
    return dataclasses.replace(weights, config=config)


def test_embeds_texts_as_open_clip_does(perceptor: OpenClipPerceptor, plain_clip: nn.Module, weights: Weights) -> None:
    tokens = build_tokenizer(weights.config["tokenizer"], 16, name="tiny")(TEXTS)
    expected = plain_clip.encode_text(tokens, normalize=True)
    found = perceptor.embed_text(TEXTS)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    assert not found.requires_grad
    assert (found[0] - found[1]).norm() > 0.01


def test_embeds_pictures_as_open_clip_does(perceptor: OpenClipPerceptor, plain_clip: nn.Module) -> None:
    images = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    mean, std = torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1), torch.tensor([0.2, 0.3, 0.4]).view(3, 1, 1)
    expected = plain_clip.encode_image((images - mean) / std, normalize=True)
    found = perceptor.embed_image(images)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(3))


def test_gradient_is_finite_and_reaches_every_pixel(perceptor: OpenClipPerceptor) -> None:
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(3), requires_grad=True)
    perceptor.embed_image(images)[:, 0].sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()
    assert (images.grad != 0).all()


def test_an_objective_pulls_at_every_pixel_of_a_larger_picture(perceptor: OpenClipPerceptor) -> None:
    targets = [Target(embedding) for embedding in perceptor.embed_text(TEXTS)]
    image = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(4), requires_grad=True)
    settings = CutoutSettings(count=16, overscan=0.2)
    loss = ClipObjective(perceptor, targets, settings)(image, torch.Generator().manual_seed(5))
    loss.total.backward()
    assert image.grad is not None
    assert image.grad.isfinite().all()
    assert (image.grad != 0).all()
    assert 0 < loss.total.item() < math.pi**2


def test_describes_itself(perceptor: OpenClipPerceptor) -> None:
    assert (perceptor.name, perceptor.identity) == ("tiny", "c0ffee")
    assert (perceptor.image_size, perceptor.dimensions, perceptor.context_length) == (32, 16, 16)
    assert perceptor.device == torch.device("cpu")
    assert perceptor.logit_scale == pytest.approx(1 / 0.07, rel=1e-2)


def test_takes_the_model_over_frozen_and_in_evaluation_mode(plain_clip: nn.Module) -> None:
    model = copy.deepcopy(plain_clip).train().requires_grad_(True)
    tokenizer = build_tokenizer(None, 16, name="tiny")
    OpenClipPerceptor(model, tokenizer, OPENAI_MEAN, OPENAI_STD, name="tiny", identity="x")
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert not any(module.training for module in model.modules())
    assert model.visual.conv1.weight.is_contiguous(memory_format=torch.channels_last)


def test_remembers_texts(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    perceptor = build(weights, "cpu")
    first = perceptor.embed_text(["red", "red", "blue"])
    assert torch.equal(first[0], first[1])
    monkeypatch.setattr(perceptor, "_model", None)
    assert torch.equal(perceptor.embed_text(["blue", "red"]), first[[2, 0]])


def test_no_texts_give_no_embeddings(perceptor: OpenClipPerceptor) -> None:
    assert perceptor.embed_text([]).shape == (0, 16)


def test_one_string_is_no_list_of_texts(perceptor: OpenClipPerceptor) -> None:
    with pytest.raises(TypeError, match="sequence of strings"):
        perceptor.embed_text("red apple")


def test_pictures_must_have_the_right_size(perceptor: OpenClipPerceptor) -> None:
    with pytest.raises(ValueError, match=r"\(n, 3, 32, 32\), not \(1, 3, 16, 32\)"):
        perceptor.embed_image(torch.rand(1, 3, 16, 32))


def test_counts_tokens_with_their_marks(perceptor: OpenClipPerceptor) -> None:
    assert perceptor.count_tokens("red apple") == 4
    assert perceptor.count_tokens("red red red") == 5


def test_refuses_a_text_that_is_too_long(perceptor: OpenClipPerceptor) -> None:
    with pytest.raises(InputError, match="17 tokens and tiny reads 14"):
        perceptor.embed_text(["red", "apple " * 17])


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_reduced_precision_stays_near_and_differentiable(weights: Weights, precision: Any) -> None:
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(3), requires_grad=True)
    exact = build(weights, "cpu").embed_image(images)
    found = build(weights, "cpu", precision).embed_image(images)
    assert found.dtype == torch.float32
    assert not torch.equal(found, exact)
    torch.testing.assert_close(found, exact, atol=0.03, rtol=0)
    (gradient,) = torch.autograd.grad(found[:, 0].sum(), images)
    assert gradient.isfinite().all()
    assert (gradient != 0).any()


def test_building_moves_nobodys_random_numbers(weights: Weights) -> None:
    before = torch.random.get_rng_state()
    build(weights, "cpu")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_uses_openais_statistics_and_tokenizer_unless_told_otherwise(weights: Weights, plain_clip: nn.Module) -> None:
    longer = {**plain_clip.state_dict(), "token_embedding.weight": torch.zeros(49408, 32)}
    config = {"model_cfg": changed(weights, text_cfg={"vocab_size": 49408}).config["model_cfg"]}
    perceptor = build(dataclasses.replace(weights, config=config, tensors=longer), "cpu")
    assert perceptor.count_tokens("a photograph of an astronaut") == 7
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (OPENAI_MEAN, OPENAI_STD))
    grey = torch.full((1, 3, 32, 32), 0.5)
    torch.testing.assert_close(
        perceptor.embed_image(grey), plain_clip.encode_image((grey - mean) / std, normalize=True), atol=1e-5, rtol=0
    )


def test_builds_a_model_with_its_own_text_tower(weights: Weights) -> None:
    from open_clip.model import CustomTextCLIP

    own = changed(weights, custom_text=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        options = {key: value for key, value in own.config["model_cfg"].items() if key != "custom_text"}
        model = CustomTextCLIP(**copy.deepcopy(options)).eval()
    perceptor = build(dataclasses.replace(own, tensors=model.state_dict()), "cpu")
    tokens = build_tokenizer(weights.config["tokenizer"], 16, name="tiny")(TEXTS)
    torch.testing.assert_close(perceptor.embed_text(TEXTS), model.encode_text(tokens, normalize=True))


def test_builds_the_starters_tower(weights: Weights) -> None:
    from open_clip.model import CLIP

    from studio.models import towers

    towers.register()
    vision = {"timm_model_name": "keydream_smooth_s", "timm_model_pretrained": True, "timm_pool": "", "image_size": 64}
    starter = changed(weights, vision_cfg=None)
    starter.config["model_cfg"]["vision_cfg"] = vision
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        options = copy.deepcopy(starter.config["model_cfg"])
        options["vision_cfg"]["timm_model_pretrained"] = False
        model = CLIP(**options)
    perceptor = build(dataclasses.replace(starter, tensors=model.state_dict()), "cpu")
    assert perceptor.image_size == 64
    assert perceptor.embed_image(torch.rand(1, 3, 64, 64)).shape == (1, 16)


def test_names_tensors_that_do_not_fit(weights: Weights) -> None:
    tensors = dict(weights.tensors)
    del tensors["ln_final.bias"]
    tensors["extra"] = torch.zeros(1)
    tensors["visual.proj"] = torch.zeros(3, 3)
    with pytest.raises(ModelError) as caught:
        build(dataclasses.replace(weights, tensors=tensors), "cpu")
    assert "tiny" in caught.value.what
    for part in ("missing: ln_final.bias", "unknown: extra", "visual.proj is [3, 3], not [32, 16]"):
        assert part in caught.value.why
    assert caught.value.fix


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text_cfg": {"width": 10**6, "heads": 10**6}}, "is [32], not [1000000]"),
        ({"text_cfg": {"layers": 10**9}}, "1000000000 layers"),
        ({"vision_cfg": {"layers": [1, 1, 1, "many"]}}, "layers"),
        ({"vision_cfg": {"head_width": 0}}, "cannot build"),
        ({"vision_cfg": {"image_size": [32, 64]}}, "only squares"),
        ({"mystery": 1}, "mystery"),
        ({"vision_cfg": None}, "vision_cfg"),
        ({"text_cfg": {"hf_model_name": "roberta-base"}}, "Hugging Face"),
        ({"text_cfg": {"hf_tokenizer_name": "bert-base-uncased"}}, "only SigLIP's are known"),
        ({"vision_cfg": {"timm_model_name": "hf-hub:someone/something"}}, "Hugging Face"),
        ({"vision_cfg": {"timm_model_name": "no_such_tower"}}, "no_such_tower"),
        ({"text_cfg": {"vocab_size": 520}}, "token_embedding.weight is [525, 32], not [520, 32]"),
    ],
)
def test_refuses_a_network_that_it_cannot_build(weights: Weights, change: dict[str, Any], why: str) -> None:
    with pytest.raises(ModelError) as caught:
        build(changed(weights, **change), "cpu")
    assert why in caught.value.why
    assert "tiny" in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("mean", [0.5, 0.5], "mean"),
        ("mean", "grey", "mean"),
        ("std", [0.2, 0.0, 0.2], "greater than 0"),
        ("std", [0.2, float("nan"), 0.2], "std"),
        ("model_cfg", ["ViT-B-32"], "model_cfg"),
        (
            "tokenizer",
            {"merges": [f"a {letter}" for letter in "bcdefghijklm"]},
            "526 tokens and its text tower knows 525",
        ),
    ],
)
def test_refuses_a_broken_configuration(weights: Weights, key: str, value: object, why: str) -> None:
    with pytest.raises(ModelError) as caught:
        build(dataclasses.replace(weights, config={**weights.config, key: value}), "cpu")
    assert why in caught.value.why
