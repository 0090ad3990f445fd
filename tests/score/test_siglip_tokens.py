"""SigLIP's texts are cut as open_clip cuts them, and files that are none of SigLIP's are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, processors

from studio.base.errors import InputError, ModelError
from studio.models.loading import TOKENIZER, Weights
from studio.models.precision import Precision
from studio.score import tokens
from studio.score.clip import build
from studio.score.siglip_tokens import SiglipTokenizer, is_siglips

from .tokenizer_files import gemma, t5

TEXTS = [
    "a red apple on the moon",
    "A RED, apple!",
    "the_moon; (a) apple's",
    "  ünï   42 ",
    "“red” – apple…",
    "&amp; a <extra_id_0> red",
    "",
    "x" * 200,
    "a " * 80,
]

MODEL_CFG = {
    "embed_dim": 192,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 224,
        "timm_model_name": "vit_tiny_patch16_224",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 16,
        "vocab_size": 64,
        "hf_tokenizer_name": "timm/ViT-B-16-SigLIP",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 32,
        "heads": 2,
        "layers": 1,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
    },
}
"""open_clip's ViT-B-16-SigLIP made small; tests/models compares the published size."""


@pytest.fixture(scope="module")
def plain() -> torch.nn.Module:
    """The model itself, from open_clip."""
    from open_clip.model import CustomTextCLIP

    config = copy.deepcopy(MODEL_CFG)
    del config["custom_text"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        model = CustomTextCLIP(**config).eval()
    return model


@pytest.fixture(scope="module")
def weights(plain: torch.nn.Module) -> Weights:
    tensors = dict(plain.state_dict()) | {TOKENIZER: torch.frombuffer(bytearray(t5()), dtype=torch.uint8)}
    return Weights("sig", "clip", {"model_cfg": MODEL_CFG, "mean": [0.5] * 3, "std": [0.5] * 3}, tensors, "aa")


def test_letters_become_small_and_signs_go() -> None:
    tokenizer = SiglipTokenizer(t5(), 8, 64, name="sig")
    plain = tokenizer(["a red apple"])
    assert plain.tolist() == [[3, 4, 5, 1, 1, 1, 1, 1]]
    assert torch.equal(tokenizer(["A  “Red”, apple!"]), plain)
    assert torch.equal(tokenizer(["a_red_apple"]), plain)


def test_gemmas_are_padded_with_their_first_piece() -> None:
    tokenizer = SiglipTokenizer(gemma(), 8, 400, name="sig2")
    row = tokenizer(["Red!"])[0].tolist()
    words = tokenizer.encode("red")
    assert row == [*words, 1, *[0] * (7 - len(words))]


@pytest.mark.parametrize("file", [t5, gemma])
def test_what_is_too_long_is_cut_off_before_its_end(file: Callable[[], bytes]) -> None:
    tokenizer = SiglipTokenizer(file(), 6, 400, name="sig")
    assert tokenizer(["a " * 20]).shape == (1, 6)
    assert tokenizer(["a " * 20])[0, -1] == 1
    assert len(tokenizer.encode("a " * 20)) >= 20


@pytest.mark.parametrize(("file", "pad"), [(t5, "</s>"), (gemma, "<pad>")])
def test_open_clip_cuts_them_the_same(tmp_path: Path, file: Callable[[], bytes], pad: str) -> None:
    """Against `HFTokenizer`, which needs transformers; as the hub has it, padding stands in a file beside it."""
    pytest.importorskip("transformers", reason="open_clip's HFTokenizer is the reference here")
    from open_clip.tokenizer import HFTokenizer

    (tmp_path / "tokenizer.json").write_bytes(file())
    beside = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": pad, "model_max_length": 64}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(beside))
    theirs = HFTokenizer(str(tmp_path), context_length=64, clean="canonicalize")
    assert torch.equal(SiglipTokenizer(file(), 64, 400, name="sig")(TEXTS), theirs(TEXTS))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<html>", "could not be read"),
        (b"\xff\xfe", "could not be read"),
        (b"{}", "could not be read"),
        (t5(65), "65 tokens and its text tower knows 64"),
        (gemma(), "400 tokens and its text tower knows 64"),
    ],
)
def test_a_file_that_is_none_of_its_own_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ModelError, match=why) as caught:
        SiglipTokenizer(data, 16, 64, name="sig")
    assert "tokenizer.json" in caught.value.fix


def test_one_that_begins_texts_with_a_mark_is_refused() -> None:
    other = Tokenizer.from_str(t5().decode())
    other.post_processor = processors.TemplateProcessing(single="</s> $A", special_tokens=[("</s>", 1)])
    with pytest.raises(ModelError, match="does not end a text with one mark"):
        SiglipTokenizer(other.to_str().encode(), 16, 64, name="sig")


@pytest.mark.parametrize(
    ("repository", "known"),
    [
        ("timm/ViT-B-16-SigLIP2", True),
        ("me/my-siglip", True),
        ("bert-base-uncased", False),
        ("a/siglip?x=/../y", False),
    ],
)
def test_which_are_known(repository: str, known: bool) -> None:
    assert is_siglips(repository) == known


# --- as a perceptor -------------------------------------------------------------------------------------------------


def test_it_embeds_as_open_clips_model_does(weights: Weights, plain: torch.nn.Module) -> None:
    perceptor = build(weights, "cpu")
    texts = ["a red apple", "blue fish"]
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        expected = plain.encode_text(SiglipTokenizer(t5(), 16, 64, name="sig")(texts), normalize=True)
        torch.testing.assert_close(perceptor.embed_text(texts), expected, atol=1e-5, rtol=0)
        assert (expected[0] - expected[1]).norm() > 1e-3
        shown = plain.encode_image(images * 2 - 1, normalize=True)
        torch.testing.assert_close(perceptor.embed_image(images), shown, atol=1e-5, rtol=0)
    images.requires_grad_()
    perceptor.embed_image(images)[:, 0].sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()
    assert (images.grad != 0).all()


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_in_reduced_precision_it_stays_near(weights: Weights, precision: Precision) -> None:
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(2))
    exact, near = build(weights, "cpu").embed_image(images), build(weights, "cpu", precision).embed_image(images)
    assert torch.nn.functional.cosine_similarity(exact, near).min() > 0.99


def test_it_counts_one_mark(weights: Weights) -> None:
    perceptor = build(weights, "cpu")
    assert perceptor.count_tokens("a red apple") == 4
    perceptor.check_text("a " * 15)
    with pytest.raises(InputError, match="16 tokens and sig reads 15"):
        perceptor.check_text("a " * 16)
    with pytest.raises(InputError, match="says nothing"):
        perceptor.check_text("?!")


def test_without_the_file_it_says_what_to_fetch(weights: Weights) -> None:
    tensors = {key: tensor for key, tensor in weights.tensors.items() if key != TOKENIZER}
    with pytest.raises(ModelError) as caught:
        build(replace(weights, tensors=tensors), "cpu")
    assert "https://huggingface.co/timm/ViT-B-16-SigLIP/resolve/main/tokenizer.json" in caught.value.fix
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        tokens.of(replace(weights, tensors={}))
