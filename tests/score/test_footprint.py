from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.models.loading import Weights
from studio.score.clip import build
from studio.score.footprint import COPIES, looking
from studio.score.perceptor import Perceptor


def kept(perceptor: Perceptor, count: int) -> int:
    """Bytes that are really kept of so many views, those of the network itself counted in."""
    found: dict[int, int] = {}
    hold: list[Tensor] = []  # so that no two have one address

    def keep(tensor: Tensor) -> Tensor:
        found[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        hold.append(tensor)
        return tensor

    views = torch.rand(count, 3, perceptor.image_size, perceptor.image_size, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        perceptor.embed_image(views)
    return sum(found.values())


def test_what_is_kept_of_one_view_more_is_kept_of_each(weights: Weights) -> None:
    perceptor = build(weights, "cpu")
    assert kept(perceptor, 9) - kept(perceptor, 4) == pytest.approx(5 * looking(perceptor).view, rel=0.02)


def test_those_looked_at_together_count_and_all_cutouts_are_held(weights: Weights) -> None:
    looks = looking(build(weights, "cpu"))
    assert looks.needs(8, 100) - looks.needs(8, 3) == 5 * looks.view > 0
    assert looks.needs(8, 3) - looks.needs(7, 3) == looks.cutout == COPIES * 3 * 4 * 32**2


def test_it_is_measured_once(weights: Weights) -> None:
    perceptor = build(weights, "cpu")
    assert looking(perceptor) is looking(perceptor)
