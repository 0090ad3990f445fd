"""Which stroke of one drawing becomes which of another, and in what order they lie on the way.

Strokes that lie over each other must keep their order, or one would jump in front of the other half-way. So strokes are
paired from the lowest up: a stroke may be paired once all those under it are, in both drawings, and of those that may,
the nearest two become a pair. The order of the pairs then shows both drawings as they are.
"""

from __future__ import annotations

import torch
from torch import Tensor

from studio.canvas.drawing import Drawing, in_pixels, samples

_PLACES = 9  # on each curve, where strokes are compared
_AT_ONCE = 256  # strokes that are compared with all others at once, to bound memory
_COLOUR = 0.5  # of a picture's width that a change from black to white counts as
_WIDTH = 0.1  # that a stroke e times as wide counts as
_SOFT = 2.0  # pixels, more than both edges of two strokes are soft


def paired(a: Drawing, b: Drawing, width: int, height: int) -> tuple[Drawing, Drawing]:
    """Both drawings with their strokes in one order and from the same end, so that stroke i of `a` becomes i of `b`.

    Args:
        a: a drawing.
        b: another, of as many strokes of as many points.
        width: in pixels, of the picture on which both must look as before.
        height: of that picture.
    """
    cost, turned = _costs(a, b)
    below = [_under(drawing, width, height).cpu() for drawing in (a, b)]
    orders = _ordered(cost.cpu(), *below)
    one, other = (order.to(a.points.device) for order in orders)
    turn = turned[one, other]
    b = b[other]
    points = torch.where(turn[:, None, None], b.points.flip(1), b.points)
    return a[one], Drawing(points, b.widths, b.colours, b.paper)


def _costs(a: Drawing, b: Drawing) -> tuple[Tensor, Tensor]:
    """How far strokes are from each other (N, N), and whether they are nearer when the second begins at its end."""
    places = samples(b.points, 3).flatten(1)
    ends = samples(b.points.flip(1), 3).flatten(1)
    mine = samples(a.points, 3).flatten(1)
    count = mine.shape[1] // 2
    straight, turned = (torch.cdist(mine, theirs) ** 2 / count for theirs in (places, ends))
    colours = torch.cdist(a.colours, b.colours) ** 2 * (2 * _COLOUR) ** 2
    widths = torch.cdist(a.widths[:, None], b.widths[:, None]) ** 2 * (2 * _WIDTH) ** 2
    return torch.minimum(straight, turned) + colours + widths, turned < straight


def _under(drawing: Drawing, width: int, height: int) -> Tensor:
    """Whether stroke i lies under stroke j somewhere, or might: (N, N)."""
    points, widths = in_pixels(drawing, width, height)
    places = samples(points, _PLACES)
    # whatever lies between two places is at most half their distance from one of them along the chord; a curve bends
    # away from its chords by no more than that
    gap = (places[:, 1:] - places[:, :-1]).norm(dim=2).amax(1)
    strokes, count = places.shape[:2]
    every = places.flatten(0, 1)
    nearest = [
        torch.cdist(some.flatten(0, 1), every).view(len(some), count, strokes, count).amin((1, 3))
        for some in torch.split(places, _AT_ONCE)
    ]
    reach = widths / 2 + gap + _SOFT / 2
    touching: Tensor = torch.cat(nearest) < reach[:, None] + reach
    return touching.triu(1)


def _ordered(cost: Tensor, under_a: Tensor, under_b: Tensor) -> tuple[Tensor, Tensor]:
    count = len(cost)
    left_a, left_b = under_a.sum(0), under_b.sum(0)  # how many under each are still to be paired
    orders: tuple[list[int], list[int]] = ([], [])
    for _ in range(count):
        ready_a, ready_b = torch.nonzero(left_a == 0)[:, 0], torch.nonzero(left_b == 0)[:, 0]
        row, column = divmod(int(cost[ready_a][:, ready_b].argmin()), len(ready_b))
        one, other = int(ready_a[row]), int(ready_b[column])
        orders[0].append(one)
        orders[1].append(other)
        left_a, left_b = left_a - under_a[one].long(), left_b - under_b[other].long()
        left_a[one] = left_b[other] = -1
    return torch.tensor(orders[0]), torch.tensor(orders[1])
