"""Which latents of a published BigGAN come closest to a picture: the best of many samples, then followed downhill."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.adam import adam
from studio.canvas.imagenet_model import NOISE_EDGE, ImageNetModel
from studio.canvas.resample import resample, triangle

GLANCE = 32
"""Pixels at which samples are compared with the picture, each way."""

SAMPLES = 64
"""How many classes are looked at, evenly spread over all."""

STEPS = 16
"""Of the optimiser, after that."""

_LOOK = 64  # pixels, at which the latents are followed downhill
_BEST = 4  # samples that the first mixture is made of
_RATE = 0.05
_SHARPNESS = 8.0  # logits of a mixture are this times its parameters, as on a canvas


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A picture of many a class.

    Attributes:
        noise: (n, noise), standard normal, truncated.
        classes: (n,), the class of each.
        glances: (n, 3, GLANCE, GLANCE).
    """

    noise: Tensor
    classes: Tensor
    glances: Tensor


_known: weakref.WeakKeyDictionary[ImageNetModel, dict[float, Samples]] = weakref.WeakKeyDictionary()


def samples(model: ImageNetModel, truncation: float) -> Samples:
    """A model's samples, always the same; drawn once for a truncation."""
    drawn = _known.setdefault(model, {})
    if truncation not in drawn:
        count = min(SAMPLES, model.classes)
        noise = truncated((count, model.noise), torch.Generator().manual_seed(0)).to(model.device)
        classes = torch.arange(count, device=model.device) * model.classes // count
        one_hot = functional.one_hot(classes, model.classes).float()
        seen = resample(model.draw(truncation * noise, one_hot, truncation), GLANCE, GLANCE, kernel=triangle)
        drawn[truncation] = Samples(noise, classes, seen)
    return drawn[truncation]


def truncated(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Standard normal noise of a shape, drawn on the generator's device, without what is beyond `NOISE_EDGE`.

    By the inverse of the distribution's function, so that every number takes one draw.
    """
    edge = torch.special.ndtr(torch.tensor(NOISE_EDGE, dtype=torch.float64))
    even = torch.rand(shape, generator=generator, device=generator.device, dtype=torch.float64)
    noise = torch.special.ndtri(1 - edge + (2 * edge - 1) * even)
    cut: Tensor = noise.clamp(-NOISE_EDGE, NOISE_EDGE).float()
    return cut


def fit(model: ImageNetModel, picture: Tensor, truncation: float) -> tuple[Tensor, Tensor]:
    """Noise and mixtures, of every layer, (1, layers, noise) and (1, layers, classes), of what is most like a picture.

    Deterministic, in `SAMPLES` pictures (the first time) and `STEPS` steps.

    Args:
        model: the generator.
        picture: (1, 3, h, w) in 0 to 1, on the model's device.
        truncation: above 0, up to 1.
    """
    seen = samples(model, truncation)
    small, wanted = (resample(picture, side, side, kernel=triangle).clamp(0, 1) for side in (GLANCE, _LOOK))
    best = (seen.glances - small).abs().mean((1, 2, 3)).topk(min(_BEST, len(seen.classes)), largest=False).indices
    noise = seen.noise[best[:1]][:, None].repeat(1, model.layers, 1).requires_grad_()
    among = torch.zeros(1, model.layers, len(best), device=model.device)
    among[..., 0] = 3 / _SHARPNESS  # most of it is the best one, whose noise it is
    among.requires_grad_()
    chosen = functional.one_hot(seen.classes[best], model.classes).float()
    optimiser = adam([noise, among], lr=_RATE)
    least, kept = float("inf"), (noise.detach().clone(), _mixed(among, chosen).detach())
    for _ in range(STEPS):
        drawn = model(truncation * noise, _mixed(among, chosen), truncation)
        loss = (resample(drawn, _LOOK, _LOOK, kernel=triangle) - wanted).abs().mean()
        if float(loss.detach()) < least:
            least, kept = float(loss.detach()), (noise.detach().clone(), _mixed(among, chosen).detach())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            noise.clamp_(-NOISE_EDGE, NOISE_EDGE)
    return kept


def _mixed(among: Tensor, chosen: Tensor) -> Tensor:
    mixed: Tensor = (_SHARPNESS * among).softmax(-1) @ chosen
    return mixed
