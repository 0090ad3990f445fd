"""What a generator can draw, in the eyes of a perceptor: every class and background seen once, to be found by text."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from studio.canvas.biggan_model import BigGanModel
from studio.canvas.resample import resample, triangle
from studio.score.perceptor import Perceptor

_GROUND = 0.9  # a light grey: white things keep their outline
_AT_ONCE = 32
_SEEN = 4  # drawings of a class that are looked at


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Embeddings of what a generator draws, of unit length.

    Attributes:
        perceptor: in whose eyes.
        things: (classes, d), the mean of a few drawings of each, before light grey.
        grounds: (kinds of background, looks, d).
        slots: (kinds of background, looks), the numbers of the backgrounds.
    """

    perceptor: Perceptor
    things: Tensor
    grounds: Tensor
    slots: Tensor

    def classes(self, text: str, count: int) -> tuple[int, ...]:
        """The classes that fit a text best. Raises InputError when it is empty or too long."""
        scores = self.things @ self.perceptor.embed_text([text])[0]
        return tuple(scores.topk(min(count, len(scores))).indices.tolist())

    def scenes(self, text: str, count: int) -> tuple[int, ...]:
        """The backgrounds, by their numbers, that fit a text best. Raises InputError when it is empty or too long."""
        scores = self.grounds.flatten(0, 1) @ self.perceptor.embed_text([text])[0]
        best = scores.topk(min(count, len(scores))).indices
        return tuple(self.slots.flatten()[best.to(self.slots.device)].tolist())


_known: dict[tuple[str, str], Gallery] = {}


def gallery(model: BigGanModel, perceptor: Perceptor) -> Gallery:
    """A model's drawings in the eyes of a perceptor; drawn once for the two, which takes some seconds."""
    key = model.identity, perceptor.identity
    if key not in _known:
        _known[key] = _look(model, perceptor)
    return _known[key]


@torch.no_grad()
def _look(model: BigGanModel, perceptor: Perceptor) -> Gallery:
    side = perceptor.image_size

    def seen(pictures: Tensor) -> Tensor:
        return perceptor.embed_image(resample(pictures, side, side, kernel=triangle).to(perceptor.device))

    places = model.thing_slots.shape[1]
    looks = model.thing_slots[:, :: max(1, places // _SEEN)][:, :_SEEN]
    parts = []
    for numbers in torch.split(looks.flatten(), _AT_ONCE):
        drawn = model.things(numbers)
        parts.append(seen(drawn[:, :3] + _GROUND * (1 - drawn[:, 3:])))
    things = torch.nn.functional.normalize(torch.cat(parts).view(*looks.shape, -1).mean(1), dim=-1)
    grounds = torch.cat([seen(model.scenes(numbers)) for numbers in torch.split(model.scene_slots.flatten(), _AT_ONCE)])
    return Gallery(perceptor, things, grounds.view(*model.scene_slots.shape, -1), model.scene_slots)
