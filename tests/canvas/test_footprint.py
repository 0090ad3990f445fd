from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from studio.canvas import attention, normswish
from studio.canvas.networks import build
from studio.canvas.vqgan import VqganCanvas
from studio.models.loading import Weights

Weigh = Callable[[dict[str, Any]], Weights]


def kept(canvas: VqganCanvas) -> int:
    """Bytes that `image` really keeps for its gradient, the weights left out."""
    weights = {each.untyped_storage().data_ptr() for network in canvas._model._dreamt for each in network.parameters()}
    found: dict[int, int] = {}
    hold: list[Tensor] = []  # so that no two have one address

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
            hold.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        picture = canvas.image()
    del picture
    return sum(found.values())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("change", [{}, {"attention_side": 4}, {"pixel_shuffle": 2}])
@pytest.mark.parametrize("thrift", [0, 1, 2])
@pytest.mark.parametrize("weights", [0, attention.MOST])
def test_what_is_kept_is_counted_within_a_tenth(
    config: dict[str, Any],
    weigh: Weigh,
    change: dict[str, int],
    thrift: int,
    weights: int,
    precision: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(normswish, "SMALLEST", 1 << 10)
    monkeypatch.setattr(attention, "MOST", weights)
    config |= change
    if "pixel_shuffle" in change:
        config["ddconfig"] |= {"in_channels": 12, "out_ch": 12}
    canvas = VqganCanvas(build(weigh(config), "cpu", precision), 128, 96)
    for _ in range(thrift):
        assert canvas.spare()
    assert kept(canvas) == pytest.approx(canvas.footprint().kept, rel=0.1)


def test_thrift_takes_less_and_twice_as_many_pixels_twice_as_much(config: dict[str, Any], weigh: Weigh) -> None:
    config["ddconfig"]["num_res_blocks"] = 3
    canvas = VqganCanvas(build(weigh(config), "cpu"), 64, 64)
    found = [canvas.footprint()]
    while canvas.spare():
        found.append(canvas.footprint())
    assert [each.most for each in found] == sorted((each.most for each in found), reverse=True)
    assert [each.kept for each in found] == sorted((each.kept for each in found), reverse=True)
    assert len({each.most for each in found}) == 3
    canvas.resize(64, 128)
    assert canvas.footprint().most == 2 * found[-1].most
