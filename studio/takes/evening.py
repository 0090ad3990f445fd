"""Looking for even speed: pictures on the way between takes, more of them where more changes, and the choice of frames.

See `studio.takes.pace` for what is measured and how it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from studio.base.progress import Progress, Report
from studio.canvas.resample import resample
from studio.score.perceptor import Perceptor
from studio.takes import pace
from studio.takes.course import Spot, Timing, eased, legs, place
from studio.takes.pace import Change
from studio.takes.way import Way

MEASURED = 64
"""Pixels of the longer side at which pictures are compared while even steps are looked for."""

_FINE = 0.25  # of a step: as much as neighbouring pictures may differ among which even steps are chosen
_NARROW = 1 / 2048  # of a leg: nothing is looked for between pictures so near; what jumps there, jumps
_MANY = 16  # pictures for each step, at most


def even(way: Way, perceptor: Perceptor, timing: Timing, *, report: Report) -> list[tuple[float, ...]]:
    """The mixes of the frames of each leg at which every step of the walk changes equally much.

    All legs together have as many frames as without even speed; longer ones get more of them. Between a take and
    itself nothing changes, and the frames stay as they are.
    """
    usual = eased(timing)
    ways = legs(way.count, loop=timing.loop)
    moving = [leg for leg in ways if way.same(Spot(*leg, 0.5)).mix]
    if not moving or not usual:
        return [usual] * len(ways)
    steps = len(moving) * (timing.frames + 1)
    looks = [_Leg(leg, way, perceptor) for leg in moving]
    first = [place / (2 * (timing.frames + 1)) for place in range(2 * (timing.frames + 1) + 1)]
    wanted = [first] * len(looks)
    seen = 0
    while any(wanted):
        for look, mixes in zip(looks, wanted, strict=True):
            for _ in look.add(mixes):
                seen += 1
                report(Progress(seen, seen + sum(map(len, wanted)), "looking for even steps"))
        room = _MANY * steps - sum(len(look.mixes) for look in looks)
        wanted = _coarse(looks, steps, room)
    bands = [pace.band(*look.seen()) for look in looks]
    chosen = pace.choose(bands, steps)
    found = {
        look.leg: tuple(look.mixes[place] for place in places[1:-1]) for look, places in zip(looks, chosen, strict=True)
    }
    return [found.get(leg, usual) for leg in ways]


class _Leg:
    """Pictures between two takes among which the frames are chosen, in the order of their mixes."""

    def __init__(self, leg: tuple[int, int], way: Way, perceptor: Perceptor) -> None:
        self.leg = leg
        self.mixes: list[float] = []
        self._way = way
        self._perceptor = perceptor
        self._seen: dict[float, tuple[Tensor, Tensor]] = {}

    def add(self, mixes: Sequence[float]) -> Iterator[None]:
        """Look at further pictures, one after the other."""
        start, end = self.leg
        drawn = self._way.draw([place(start, end, mix) for mix in mixes])
        for mix, (_, picture) in zip(mixes, drawn, strict=True):
            self._seen[mix] = pace.embed(self._perceptor, picture)[0], small(picture)[0]
            yield
        self.mixes = sorted(self._seen)

    def seen(self) -> tuple[Tensor, Tensor]:
        """Embeddings and small pictures, in the order of the mixes."""
        embeddings, pictures = zip(*(self._seen[mix] for mix in self.mixes), strict=True)
        return torch.stack(embeddings), torch.stack(pictures)

    def change(self) -> Change:
        """From each picture to the next."""
        embeddings, pictures = self.seen()
        only = pace.band(embeddings, pictures, 1)
        return only.steps(range(len(self.mixes)))


def _coarse(looks: Sequence[_Leg], steps: int, room: int) -> list[list[float]]:
    """Where between the pictures of each leg further ones are needed, the most needed ones while there is room."""
    changes = [look.change() for look in looks]
    whole = pace.together(changes)
    means = [float(part.sum()) / steps for part in (whole.angle, whole.pixels)]
    gaps = []
    for number, (look, change) in enumerate(zip(looks, changes, strict=True)):
        parts = [part / mean / 2 for part, mean in zip((change.angle, change.pixels), means, strict=True) if mean]
        for gap, (low, high) in enumerate(zip(look.mixes[:-1], look.mixes[1:], strict=True)):
            size = float(sum(part[gap] for part in parts))
            if size > _FINE and high - low > _NARROW:
                gaps.append((-size, number, (low + high) / 2))
    wanted: list[list[float]] = [[] for _ in looks]
    for _, number, mix in sorted(gaps)[: max(0, room)]:
        wanted[number].append(mix)
    return [sorted(mixes) for mixes in wanted]


def small(picture: Tensor) -> Tensor:
    """A picture (1, 3, H, W) at `MEASURED` pixels on its longer side, or as it is where it has fewer."""
    height, width = picture.shape[-2:]
    scale = min(1.0, MEASURED / max(height, width))
    return resample(picture, max(1, round(width * scale)), max(1, round(height * scale)))
