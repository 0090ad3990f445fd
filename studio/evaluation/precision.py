"""Object precision: is the true object found among others in the same sentence? (R-precision, Xu et al. 2018, in a form
where the colours of the context cannot win: all sentences that are ranked share the context.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from studio.evaluation.prompts import Prompt
from studio.score.perceptor import Perceptor


@dataclass(frozen=True, slots=True)
class Precision:
    """How often the truth ranks first, and among the first five.

    Attributes:
        at1: share of pictures.
        at5: share of pictures.
        error1: standard error of `at1`.
        error5: standard error of `at5`.
        among: how many sentences were ranked.
        pictures: how many pictures.
    """

    at1: float
    at5: float
    error1: float
    error5: float
    among: int
    pictures: int


def object_ranks(
    perceptor: Perceptor, pictures: Tensor, prompts: Sequence[Prompt], others: Sequence[str], count: int, seed: int
) -> tuple[int, ...]:
    """For each picture the rank of its object, from 0, among it and `count` other objects before the same context.

    Args:
        perceptor: the judge.
        pictures: (n, 3, S, S) in 0 to 1, at the size that it looks at.
        prompts: n.
        others: objects with their articles, to draw from.
        count: how many of them; fewer where there are no more.
        seed: of the draw, which depends on the prompt's place alone.
    """
    ranks = []
    for number, (picture, prompt) in enumerate(zip(pictures, prompts, strict=True)):
        rivals = [other for other in others if other != prompt.object]
        drawn = np.random.default_rng([seed, number]).permutation(len(rivals))[:count]
        texts = [prompt.text, *(f"{rivals[index]} {prompt.context}" for index in drawn)]
        ranks.append(_rank(perceptor, picture, texts))
    return tuple(ranks)


def context_ranks(
    perceptor: Perceptor, pictures: Tensor, prompts: Sequence[Prompt], contexts: Sequence[str]
) -> tuple[int, ...]:
    """For each picture the rank of its context, from 0, among all of `contexts` behind the same object."""
    return tuple(
        _rank(
            perceptor,
            picture,
            [
                prompt.text,
                *(f"{prompt.object} {other}" for other in dict.fromkeys(contexts) if other != prompt.context),
            ],
        )
        for picture, prompt in zip(pictures, prompts, strict=True)
    )


def precision(ranks: Sequence[int], among: int) -> Precision:
    """Ranks (from 0) as shares with their standard errors. Raises ValueError without any."""
    if not ranks:
        raise ValueError("there are no ranks to sum up")
    n = len(ranks)
    at1, at5 = (sum(rank < top for rank in ranks) / n for top in (1, 5))
    return Precision(at1, at5, math.sqrt(at1 * (1 - at1) / n), math.sqrt(at5 * (1 - at5) / n), among, n)


@torch.no_grad()
def _rank(perceptor: Perceptor, picture: Tensor, texts: Sequence[str]) -> int:
    """How many texts fit better than the first one; an equal one counts half, for it was not told apart."""
    scores = perceptor.embed_text(texts) @ perceptor.embed_image(picture[None].to(perceptor.device))[0]
    better, equal = int((scores[1:] > scores[0]).sum()), int((scores[1:] == scores[0]).sum())
    return better + -(-equal // 2)
