"""Searching the generator: what is named is drawn, evolution does not make it worse, and a seed repeats itself."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import InputError
from studio.canvas.biggan_model import build
from studio.dream.search import SearchSettings, candidates, search
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.score import clip

QUICK = SearchSettings(samples=8, generations=2, population=6, side=32)


@pytest.fixture(scope="module")
def model():
    entry = find("", "biggan")
    return build(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")


@pytest.fixture(scope="module")
def perceptor():
    entry = find("", "clip")
    return clip.build(read_weights(entry.path, name=entry.name, expect_kind="clip"), "cpu")


def darkness(pictures: torch.Tensor) -> torch.Tensor:
    """A judge who wants it dark."""
    return pictures.mean((1, 2, 3))


def run(model, perceptor, text: str, seed: int = 1, token=None, settings=QUICK):
    generator = torch.Generator().manual_seed(seed)
    return list(search(model, text, darkness, perceptor, generator, token or never(), settings=settings))


def test_it_draws_what_is_named_where_it_is_named(model, perceptor):
    best = run(model, perceptor, "an octopus on a starry night")[-1].latents
    names = [nouns[0] for nouns in model.config.classes]
    places = [place.name for place in model.config.places]
    assert names[int(model.thing_kinds[best.things[0].mean(0).argmax()])] == "octopus"
    assert places[int(model.scene_kinds[best.scenes[0].argmax()])] == "night"


def test_losses_never_rise_and_are_the_judges(model, perceptor):
    found = run(model, perceptor, "a cat in the snow")
    losses = [report.loss for report in found]
    assert losses == sorted(losses, reverse=True)
    assert found[-1].done == found[-1].total == 8 + 2 * 6
    assert float(darkness(model.draw(found[-1].latents, 32, 32))) == pytest.approx(losses[-1], abs=0.02)


def test_a_seed_repeats_itself(model, perceptor):
    one, again, other = (run(model, perceptor, "a cat in the snow", seed)[-1].latents for seed in (1, 1, 2))
    assert torch.equal(one.place, again.place)
    assert not torch.equal(one.place, other.place)


def test_what_is_not_named_is_found_by_the_perceptor(model, perceptor):
    found = candidates(model, "a feline pet with whiskers", perceptor, 3)
    assert len({int(model.thing_kinds[number]) for number, _ in found.things}) == 3
    assert found.scenes


def test_it_can_be_cancelled(model, perceptor):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(model, perceptor, "a cat", token=token)


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"population": 1}, {"spread": 0.0}, {"side": 1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="A search cannot have"):
        SearchSettings(**wrong)
