"""How much memory it takes a perceptor to look with a gradient: probed with one view and with two.

Views do not know of each other, so what a perceptor keeps of the second it keeps of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from studio.score.perceptor import Perceptor

COPIES = 8
"""How often cutouts are held at most while they are cut, changed and handed over, in single precision: measured."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Bytes that a perceptor takes in a step.

    Attributes:
        fixed: kept whatever it looks at.
        view: kept of each view that it looks at together with others.
        cutout: held at most of each cutout, before it is looked at.
    """

    fixed: int
    view: int
    cutout: int

    def needs(self, cutouts: int, together: int) -> int:
        """Bytes for so many cutouts, of which some are looked at together."""
        return self.fixed + min(cutouts, together) * self.view + cutouts * self.cutout


_known: WeakKeyDictionary[Perceptor, Looking] = WeakKeyDictionary()


def looking(perceptor: Perceptor) -> Looking:
    """What a perceptor takes; measured once, by looking at one grey view and at two, and remembered."""
    if perceptor not in _known:
        one, two = (_kept(perceptor, count) for count in (1, 2))
        view = max(0, two - one)
        _known[perceptor] = Looking(max(0, one - view), view, COPIES * 3 * 4 * perceptor.image_size**2)
    return _known[perceptor]


def _kept(perceptor: Perceptor, count: int) -> int:
    side = perceptor.image_size
    views = torch.full((count, 3, side, side), 0.5, device=perceptor.device, requires_grad=True)
    tower = getattr(perceptor, "tower", None)
    frozen = tower.parameters() if isinstance(tower, nn.Module) else ()
    own = {parameter.untyped_storage().data_ptr() for parameter in frozen}
    found: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        seen = perceptor.embed_image(views)
    del seen  # until here it held what was kept, so that no two had one address
    return sum(found.values())
