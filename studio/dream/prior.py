"""What keeps latents among those that a generator was trained on (the regularisers of Big Sleep, Murdock 2021)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from studio.canvas.imagenet import ImageNetCanvas
from studio.score.objective import Loss, Objective

NOISE = 0.01
"""Weight of the noise's statistics: Big Sleep's, where CLIP's cosine counts a hundred times as much."""

CLASSES = 0.02
"""Weight of the mixtures' entropy: of everything at once, a generator draws a blur."""

_EDGE = 4.0  # how much more noise of too great a square counts


class LatentPrior(Objective):
    """Noise with the statistics of the normal distribution, and few classes at a time. Of the pictures, it sees none.

    Args:
        canvas: whose latents.
        noise: weight of `abnormality`.
        classes: weight of `uncertainty`.
    """

    def __init__(self, canvas: ImageNetCanvas, noise: float = NOISE, classes: float = CLASSES) -> None:
        self._canvas = canvas
        self._noise = noise
        self._classes = classes

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        """See `studio.score.objective.Objective`; images and generator are not looked at."""
        parts = {
            "noise": self._noise * abnormality(self._canvas.parameters()[0]),
            "classes": self._classes * uncertainty(self._canvas.mixtures()),
        }
        total = torch.stack(list(parts.values())).sum()
        return Loss(total, {name: part.detach() for name, part in parts.items()})


def abnormality(noise: Tensor) -> Tensor:
    """How far the statistics of noise (..., layers, n) are from the standard normal distribution's; a scalar.

    The sum of |mean|, |1 - deviation|, |skew| and |kurtosis - 3| of each layer, averaged over the layers, and four
    times the mean square where it is above 1, as in Big Sleep (whose constant below that is left out).
    """
    mean = noise.mean(-1, keepdim=True)
    apart = noise - mean
    deviation = apart.square().mean(-1, keepdim=True).clamp_min(1e-12).sqrt()
    scores = apart / deviation
    skew, kurtosis = scores.pow(3).mean(-1), scores.pow(4).mean(-1) - 3
    each = mean[..., 0].abs() + (1 - deviation[..., 0]).abs() + skew.abs() + kurtosis.abs()
    return each.mean() + _EDGE * (noise.square().mean() - 1).clamp_min(0)


def uncertainty(mixtures: Tensor) -> Tensor:
    """The entropy of mixtures (..., classes), averaged, as a share of the greatest: 0 (one class) to 1 (all alike)."""
    entropy = -(mixtures * mixtures.clamp_min(1e-12).log()).sum(-1)
    return entropy.mean() / math.log(max(2, mixtures.shape[-1]))
