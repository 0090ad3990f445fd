"""How a BigGAN's latents are found: each way of searching does what its name says, on both kinds of generator."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import never
from studio.bench import deep
from studio.canvas.biggan import BigGanCanvas
from studio.canvas.biggan_model import build as build_starter
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.imagenet_model import build
from studio.dream import evolution, search
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.project.model import Medium
from studio.render.finding import Manner, found, manner


class Deaf:
    """A perceptor that is never asked: the prompts here name what they show."""

    identity = "deaf"


def darkness(pictures):
    return pictures.mean((1, 2, 3))


@pytest.fixture(scope="module")
def canvases():
    entry = find("", "biggan")
    starter = build_starter(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")
    published = build(deep.weights(deep.small()), "cpu", torch.float32)
    return {"starter": BigGanCanvas(starter, 32, 32), "published": ImageNetCanvas(published, 32, 32, truncation=0.5)}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    settings = evolution.EvolutionSettings(samples=8, generations=3, population=8, classes=2)
    monkeypatch.setattr(evolution, "EvolutionSettings", lambda: settings)
    smaller = search.SearchSettings(samples=8, generations=3, population=8, side=16)
    monkeypatch.setattr(search, "SearchSettings", lambda: smaller)


def searched(canvas, how):
    text = "a cat in the snow" if isinstance(canvas, BigGanCanvas) else "a goldfish and a hen"
    return list(found(canvas, text, darkness, Deaf(), torch.Generator().manual_seed(3), never(), how))


def test_what_the_options_say():
    assert manner(Medium("biggan")) == Manner()
    assert manner(Medium("biggan", options={"search": "gradient"})) == Manner(generations=0)
    assert manner(Medium("biggan", options={"search": "both", "population": 8})) == Manner(None, 8, 4)
    assert manner(Medium("biggan", options={"search": "cmaes"}), 70) == Manner(70)
    assert manner(Medium("vqgan", start="biggan")) == Manner()


@pytest.mark.parametrize("kind", ["starter", "published"])
def test_generations_are_counted_and_the_canvas_shows_the_best(canvases, kind):
    canvas = canvases[kind]
    stages = searched(canvas, Manner())
    assert [stage.generation for stage in stages] == [0, 1, 2, 3]
    assert [stage.loss for stage in stages] == sorted((stage.loss for stage in stages), reverse=True)
    assert float(darkness(canvas.image().detach())) == pytest.approx(stages[-1].loss, abs=0.03)


@pytest.mark.parametrize("kind", ["starter", "published"])
def test_the_gradient_alone_begins_from_the_best_sample(canvases, kind):
    assert [stage.generation for stage in searched(canvases[kind], Manner(generations=0))] == [0]


@pytest.mark.parametrize("kind", ["starter", "published"])
def test_both_in_turn_find_more(canvases, kind):
    assert searched(canvases[kind], Manner(refined=4))[-1].loss < searched(canvases[kind], Manner())[-1].loss


@pytest.mark.parametrize("kind", ["starter", "published"])
def test_a_population_may_have_another_size(canvases, kind):
    stages = searched(canvases[kind], Manner(population=6, generations=5))
    assert [stage.generation for stage in stages] == [0, 0, 1, 2, 3, 4, 5]
