"""A random CLIP small enough to build in every test run, and a perceptor simple enough to reckon by hand."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from studio.models.loading import Weights

MERGES = ["r e", "re d</w>", "a p", "ap p", "app l", "appl e</w>", "b l", "bl u", "blu e</w>", "f i", "s h</w>"]

MODEL_CFG = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "patch_size": 16, "width": 32, "layers": 1, "head_width": 16},
    "text_cfg": {"context_length": 16, "vocab_size": 512 + len(MERGES) + 2, "width": 32, "heads": 2, "layers": 1},
}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@pytest.fixture(scope="session")
def plain_clip() -> nn.Module:
    """What `weights` describe, straight from open_clip."""
    from open_clip.model import CLIP

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        model = CLIP(**copy.deepcopy(MODEL_CFG))
    for parameter in model.parameters():  # values that fp16 holds exactly, as files do
        parameter.data = parameter.data.half().float()
    return model.eval()


@pytest.fixture(scope="session")
def weights(plain_clip: nn.Module) -> Weights:
    config = {
        "model_cfg": copy.deepcopy(MODEL_CFG),
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.3, 0.4],
        "tokenizer": {"merges": MERGES},
    }
    tensors = {name: tensor.half() for name, tensor in plain_clip.state_dict().items()}
    return Weights("tiny", "clip", config, tensors, "c0ffee")


class ColourPerceptor:
    """Sees the mean colour of a picture, as a direction from mid-grey; knows three words."""

    name = "colours"
    image_size = 8
    dimensions = 3
    context_length = 8
    identity = "colours"
    logit_scale = 10.0
    device = torch.device("cpu")
    words: ClassVar = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        return torch.tensor([self.words[text] for text in texts])

    def embed_image(self, images: Tensor) -> Tensor:
        self.seen.append(images.detach())
        return nn.functional.normalize(images.mean((2, 3)) - 0.5, dim=-1)

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def check_text(self, text: str) -> None:
        assert text in self.words


@pytest.fixture
def colours() -> ColourPerceptor:
    return ColourPerceptor()
