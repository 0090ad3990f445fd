"""Fitting the published generator's latents to a picture."""

from __future__ import annotations

import pytest
import torch

from studio.bench import deep
from studio.canvas.imagenet_fitting import fit, samples, truncated
from studio.canvas.imagenet_model import build


@pytest.fixture(scope="module")
def model():
    return build(deep.weights(deep.small()), "cpu", torch.float32)


def test_samples_are_drawn_once_and_of_different_classes(model):
    drawn = samples(model, 0.7)
    assert drawn is samples(model, 0.7)
    assert drawn.classes.tolist() == list(range(model.classes))
    assert not torch.equal(drawn.glances, samples(model, 1.0).glances)


def test_truncated_noise_is_normal_within_its_edges():
    noise = truncated((200_000,), torch.Generator().manual_seed(1))
    assert float(noise.abs().max()) <= 2
    assert float(noise.mean()) == pytest.approx(0, abs=0.01)
    assert float(noise.std()) == pytest.approx(0.8796, abs=0.01)  # scipy.stats.truncnorm(-2, 2).std()


def test_a_fit_is_better_than_its_best_sample(model):
    goal = model(torch.full((1, model.noise), 0.3), torch.full((1, model.classes), 1 / model.classes), 0.7)
    noise, mixtures = fit(model, goal, 0.7)
    assert noise.shape == (1, model.layers, model.noise)
    assert torch.allclose(mixtures.sum(-1), torch.ones(1, model.layers))
    best = (samples(model, 0.7).glances - goal).abs().mean((1, 2, 3)).min()
    assert float((model(0.7 * noise, mixtures, 0.7) - goal).abs().mean()) < float(best)
