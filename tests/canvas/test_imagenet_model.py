"""The published generator as the studio draws with it: per-layer latents, bounded memory, faults found early."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from studio.base.errors import ModelError
from studio.bench import deep
from studio.canvas import imagenet_model
from studio.canvas.imagenet_model import build, is_deep


@pytest.fixture(scope="module")
def weights():
    return deep.weights(deep.small())


@pytest.fixture(scope="module")
def model(weights):
    return build(weights, "cpu", torch.float32)


def latents(model, count: int):
    generator = torch.Generator().manual_seed(2)
    noise = torch.randn(count, model.layers, model.noise, generator=generator)
    return noise, torch.randn(count, model.layers, model.classes, generator=generator).softmax(-1)


def test_latents_of_every_layer_count(model):
    noise, classes = latents(model, 1)
    before = model(noise, classes)
    assert before.shape == (1, 3, model.side, model.side)
    assert 0 <= float(before.min()) <= float(before.max()) <= 1
    for layer in range(model.layers):
        other = noise.clone()
        other[:, layer] *= -1
        assert not torch.equal(model(other, classes), before)
    same = model(noise[:, :1].expand_as(noise), classes[:, :1].expand_as(classes))
    assert torch.allclose(model(noise[:, 0], classes[:, 0]), same, atol=1e-5)


def test_a_batch_drawn_in_parts_is_the_same_batch(model, monkeypatch):
    noise, classes = latents(model, 5)
    whole = model(noise, classes, 0.6)
    for largest in (1, 60_000, 1 << 30):
        monkeypatch.setitem(imagenet_model._LARGEST, "cpu", largest)
        assert torch.allclose(model.draw(noise, classes, 0.6), whole, atol=1e-5)
    assert not model.draw(noise, classes).requires_grad


def test_half_precision_draws_nearly_the_same(weights, model):
    noise, classes = latents(model, 2)
    half = build(weights, "cpu", torch.bfloat16)(noise, classes)
    assert half.dtype == torch.float32
    assert float((half - model(noise, classes)).abs().mean()) < 0.02


def test_a_truncation_outside_is_refused(model):
    for truncation in (0.0, 1.5):
        with pytest.raises(ValueError, match="truncation"):
            model(*latents(model, 1), truncation)


def test_weights_that_do_not_fit_are_named(weights):
    tensors = dict(weights.tensors)
    del tensors["embeddings.weight"]
    with pytest.raises(ModelError, match=r"missing: embeddings\.weight"):
        build(dataclasses.replace(weights, tensors=tensors), "cpu")
    tensors = dict(weights.tensors) | {"generator.layers.0.conv_1.weight_orig": torch.ones(2, 2, 3, 3)}
    with pytest.raises(ModelError):
        build(dataclasses.replace(weights, tensors=tensors), "cpu")


def test_which_architecture_it_is(weights):
    assert is_deep(weights)
    assert not is_deep(dataclasses.replace(weights, config={"things": {}}))
