"""Which text fits which picture best, in the eyes of a perceptor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.score.looking import embed, looks
from studio.score.perceptor import Perceptor


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """How well n pictures and k texts fit.

    Attributes:
        cosine: (n, k), -1 to 1, on the CPU.
        probability: (n, k), the softmax over the texts of each picture, as sharp as the perceptor was trained.
    """

    cosine: Tensor
    probability: Tensor


def compare(pictures: Tensor, texts: Tensor, logit_scale: float) -> Similarity:
    """Compare embeddings of pictures (n, d) with those of texts (k, d), both of unit length.

    The probability is that of zero-shot classification (Radford et al. 2021): softmax over the texts of the cosines
    times `logit_scale`, the perceptor's.
    """
    cosine = pictures.cpu() @ texts.cpu().T
    return Similarity(cosine, (cosine * logit_scale).softmax(dim=-1))


def similarity(perceptor: Perceptor, images: Sequence[Tensor] | Tensor, texts: Sequence[str]) -> Similarity:
    """Compare pictures with texts.

    Args:
        perceptor: who looks.
        images: pictures (1, 3, h, w) in 0 to 1, each of its own size, or one batch (n, 3, H, W). A square picture is
            resized as a whole; another is covered by squares whose embeddings are averaged.
        texts: at least one.

    Raises:
        InputError: a text is empty or too long.
        ValueError: there are no pictures or no texts.
    """
    pictures = torch.split(images, 1) if isinstance(images, Tensor) else images
    if not len(pictures) or not texts:
        raise ValueError("a comparison needs at least one picture and one text")
    wanted = perceptor.embed_text(texts)
    seen = embed(perceptor, [looks(picture.float().cpu(), perceptor.image_size) for picture in pictures])
    return compare(seen, wanted, perceptor.logit_scale)
