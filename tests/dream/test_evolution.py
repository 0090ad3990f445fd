"""Evolution of the published BigGAN's latents: it improves, is repeatable, and may be refined by gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import InputError
from studio.bench import deep
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.imagenet_model import build
from studio.dream.evolution import EvolutionSettings, Population, evolve

QUICK = EvolutionSettings(samples=8, generations=6, population=8, classes=3)


@pytest.fixture(scope="module")
def model():
    return build(deep.weights(deep.small()), "cpu", torch.float32)


class Deaf:
    """A perceptor that is never asked, for the prompts here name their classes."""

    identity = "deaf"


def darkness(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.mean((1, 2, 3))


def run(model, seed: int = 1, token=None, settings=QUICK, judged=darkness):
    generator = torch.Generator().manual_seed(seed)
    text = "a goldfish and a tiger shark and a hen"
    return list(evolve(model, text, judged, Deaf(), generator, token or never(), settings=settings, truncation=0.8))


def test_losses_never_rise_and_are_of_the_picture_that_is_found(model):
    found = run(model)
    losses = [report.loss for report in found]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] - 0.003
    assert found[-1].done == found[-1].total == 8 + 6 * 8
    canvas = ImageNetCanvas(model, 32, 32, truncation=0.8)
    canvas.adopt(found[-1].noise, found[-1].mixture)
    assert float(darkness(canvas.image().detach())) == pytest.approx(losses[-1], abs=1e-3)
    assert set(found[-1].mixture[0].nonzero()[:, 0].tolist()) == {1, 3, 8}


def test_a_seed_repeats_itself(model):
    one, again, other = (run(model, seed)[-1].noise for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_refined_by_gradients_it_finds_more(model):
    settings = replace(QUICK, refined=2, steps=4)
    found = run(model, settings=settings)
    assert found[-1].done == found[-1].total == 8 + 6 * (8 + 2)
    assert found[-1].loss < run(model)[-1].loss


def test_of_no_generations_the_best_sample_is_given(model):
    assert len(run(model, settings=replace(QUICK, generations=0))) == 1


def test_what_is_no_number_never_wins(model):
    def odd(pictures):
        losses = darkness(pictures)
        return torch.where(losses < 0.5, torch.nan, losses)

    found = run(model, judged=odd)
    assert all(report.loss >= 0.5 for report in found)


def test_it_can_be_cancelled(model):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(model, token=token)


@pytest.mark.parametrize("odd", [{"samples": 0}, {"population": 3}, {"spread": 0.0}, {"steps": 0}, {"refined": -1}])
def test_settings_are_checked(odd):
    with pytest.raises(InputError):
        replace(QUICK, **odd)


def test_vectors_of_zeros_are_the_given_mixture_without_noise(model):
    population = Population(model, torch.tensor([2, 5]), torch.tensor([0.75, 0.25]), darkness, 1.0)
    noise, mixtures = population.decoded(torch.zeros(1, population.dimensions))
    assert float(noise.abs().sum()) == 0
    assert mixtures[0, [2, 5]].tolist() == pytest.approx([0.75, 0.25])
