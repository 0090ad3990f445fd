"""What the rest of the studio asks of a CLIP model, whichever library it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor


class Perceptor(Protocol):
    """A frozen model that puts texts and pictures on one unit sphere, where what belongs together lies close.

    Attributes:
        name: what the artist calls it.
        image_size: the side S of the square pictures it looks at, in pixels.
        dimensions: the length d of an embedding.
        context_length: how many tokens of text it reads, the marks of start and end counted in.
        identity: hex digest of its weights and configuration; frames are keyed by it.
        logit_scale: what cosines are multiplied by before a softmax over texts, as it was trained; greater than 0.
        device: where it computes and where its embeddings lie.
    """

    name: str
    image_size: int
    dimensions: int
    context_length: int
    identity: str
    logit_scale: float
    device: torch.device

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embeddings (n, d) of n texts: unit length, without gradient.

        Raises:
            InputError: a text is empty or too long.
        """

    def embed_image(self, images: Tensor) -> Tensor:
        """Embeddings (n, d) of pictures (n, 3, S, S) in 0 to 1: unit length, differentiable.

        Values outside 0 to 1 are taken as they are. The model's own normalisation happens inside.
        """

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` takes of `context_length`, the marks of start and end counted in."""

    def check_text(self, text: str) -> None:
        """Do nothing, or raise InputError when `text` is empty or takes more than `context_length` tokens."""
