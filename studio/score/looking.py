"""One embedding for each of many pictures of any size, many at a time: what comparing and searching begin with."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from studio.base.shortage import is_short
from studio.score.cutouts import views
from studio.score.perceptor import Perceptor
from studio.score.sampling import view

_AT_ONCE = {"cpu": 64}  # squares that go through the perceptor together; more gain nothing on a processor
_AT_ONCE_ELSEWHERE = 256


def looks(picture: Tensor, size: int) -> Tensor:
    """The squares that cover a picture: (k, 3, size, size), k from 1 for a square picture to `cutouts.MAX_VIEWS`.

    Args:
        picture: (1, 3, H, W) in 0 to 1.
        size: their side in pixels: what the perceptor looks at.
    """
    return view(picture, views(picture.shape[-2], picture.shape[-1]), size)


def embed(perceptor: Perceptor, pictures: Sequence[Tensor]) -> Tensor:
    """Embeddings (n, d) of n pictures, on the CPU: unit length, without gradient.

    A picture's is the mean direction of its squares', as `targets.embed_picture` has it with sides of 1. Where the
    device has too little memory for all at once, fewer are taken at once.

    Args:
        perceptor: who looks.
        pictures: of each its `looks`, (k, 3, S, S).
    """
    if not pictures:
        return torch.zeros(0, perceptor.dimensions)
    squares = torch.cat(list(pictures))
    at_once = _AT_ONCE.get(perceptor.device.type, _AT_ONCE_ELSEWHERE)
    found = _all(perceptor, squares, at_once)
    while found is None:  # outside of any handler, so that what was in memory is let go
        at_once //= 2
        found = _all(perceptor, squares, at_once)
    means = [part.mean(0) for part in torch.split(found, [len(picture) for picture in pictures])]
    return functional.normalize(torch.stack(means), dim=-1)


@torch.no_grad()
def _all(perceptor: Perceptor, squares: Tensor, at_once: int) -> Tensor | None:
    """Embeddings of squares, or None when so many at once are too many for the device's memory."""
    try:
        return torch.cat(
            [perceptor.embed_image(some.to(perceptor.device)).cpu() for some in torch.split(squares, at_once)]
        )
    except (MemoryError, RuntimeError) as error:
        if at_once == 1 or not is_short(error):
            raise
    return None
