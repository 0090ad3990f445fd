"""Many objectives at once: each has its own picture and chance, and a perceptor sees all their views in one pass.

What an objective says does not depend on its companions, but for the rounding of larger products.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.score.objective import Look, Loss, Objective


def together(
    objectives: Sequence[Objective], images: Tensor, generators: Sequence[torch.Generator]
) -> tuple[Loss, ...]:
    """The loss of each picture by its own objective.

    Args:
        objectives: B of them.
        images: (B, 3, H, W), nominally in 0 to 1.
        generators: B of them, on the CPU; each objective draws from its own, as much as it does alone.
    """
    asking = [
        objective.asking(image[None], generator)
        for objective, image, generator in zip(objectives, images, generators, strict=True)
    ]
    losses: dict[int, Loss] = {}
    looks: dict[int, Look] = {}

    def go_on(place: int, embeddings: Tensor | None) -> None:
        try:
            looks[place] = next(asking[place]) if embeddings is None else asking[place].send(embeddings)
        except StopIteration as end:
            losses[place] = end.value

    for place in range(len(asking)):
        go_on(place, None)
    while looks:
        first = next(iter(looks.values())).perceptor
        same = {place: look for place, look in looks.items() if look.perceptor is first}
        seen = first.embed_image(torch.cat([look.views for look in same.values()]))
        done = 0
        for place, look in same.items():
            embeddings = seen[done : done + len(look.views)]
            done += len(embeddings)
            del looks[place]
            go_on(place, embeddings)
    return tuple(losses[place] for place in range(len(asking)))
