"""Random weights of the published architecture."""

from __future__ import annotations

import pytest
import torch

from studio.bench import deep
from studio.canvas.biggan_deep import DeepConfig
from studio.canvas.imagenet_model import build


@pytest.mark.parametrize(("side", "layers"), [(128, 11), (256, 13), (512, 15)])
def test_the_published_sizes_are_sizes_that_can_be(side, layers):
    config = DeepConfig.read(deep.config(side), name="published")
    assert (config.side, config.layers, config.classes) == (side, layers, 1000)


def test_a_seed_has_its_weights_and_pictures_have_contrast():
    one, again, other = (deep.weights(deep.small(), seed) for seed in (1, 1, 2))
    assert all(torch.equal(again.tensors[key], value) for key, value in one.tensors.items())
    assert one.sha256 != other.sha256
    model = build(one, "cpu", torch.float32)
    noise = torch.linspace(-1, 1, model.noise)[None]
    assert float(model(noise, torch.full((1, model.classes), 1 / model.classes)).std()) > 0.05
