"""Between two of a generator's pictures: an outline of its own, and every place is of the one or of the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.canvas.biggan_fitting import one_hot
from studio.canvas.biggan_model import Latents, build
from studio.canvas.morphing import Ends, distances
from studio.canvas.placement import FIELD_SIDE, PLACE, REACH, TINT
from studio.models.catalogue import find
from studio.models.loading import read_weights


@pytest.fixture(scope="module")
def model():
    entry = find("", "biggan")
    return build(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")


def latents(model, thing: int, scene: int) -> Latents:
    return one_hot(model, thing, scene, (0.0,) * PLACE, (-1.0,) * TINT)


def morph(model, a: Latents, b: Latents, t: float, width: int, height: int):
    return Ends.drawn(model, a, b, width, height).between(t)


def half_way(a: Latents, b: Latents, t: float = 0.5) -> Latents:
    return replace(a, things=torch.lerp(a.things, b.things, t), scenes=torch.lerp(a.scenes, b.scenes, t))


def test_every_place_of_the_background_is_of_the_one_or_of_the_other(model):
    a, b = latents(model, 3, 5), latents(model, 60, 300)
    found = morph(model, a, b, 0.5, 48, 32)
    assert found.backdrop.shape == (1, 3, 32, 48)
    ends = [morph(model, end, end, 0.5, 48, 32).backdrop for end in (a, b)]
    off = torch.stack([(found.backdrop - end).abs().amax(1) for end in ends]).amin(0)
    assert float((off > 0.02).float().mean()) < 0.25  # a mixture is nowhere like either
    mixed = torch.stack([((ends[0] + ends[1]) / 2 - end).abs().amax(1) for end in ends]).amin(0)
    assert float((mixed > 0.02).float().mean()) > 0.9
    shares = [float((off == (found.backdrop - end).abs().amax(1)).float().mean()) for end in ends]
    assert min(shares) > 0.3


def test_colours_are_of_the_one_or_of_the_other_too(model):
    a, b = latents(model, 3, 5), latents(model, 60, 300)
    colours = morph(model, a, b, 0.5, 48, 32).fields[:, 1:]
    ends = [model.fields(end.things)[:, 1:] for end in (a, b)]
    off = torch.stack([(colours - end).abs().amax(1) for end in ends]).amin(0)
    assert float((off > 0.02).float().mean()) < 0.25


def test_near_its_ends_it_looks_like_them(model):
    a, b = latents(model, 3, 5), latents(model, 60, 300)
    for t, end in ((1e-3, a), (1 - 1e-3, b)):
        drawn = morph(model, a, b, t, 64, 64).drawn(model, half_way(a, b, t))
        assert float((drawn - model.draw(end, 64, 64)).abs().mean()) < 0.01


def test_places_and_tints_move_and_mixtures_do_not(model):
    a, b, c = latents(model, 3, 5), latents(model, 60, 300), latents(model, 200, 30)
    found = morph(model, a, b, 0.5, 32, 32)
    middle = half_way(a, b)
    before = found.drawn(model, middle)
    assert torch.equal(found.drawn(model, replace(middle, things=c.things, scenes=c.scenes)), before)
    moved = {name: (getattr(middle, name) + 0.4).requires_grad_() for name in ("place", "tint")}
    after = found.drawn(model, replace(middle, **moved))
    assert float((after.detach() - before).abs().mean()) > 0.01
    after.sum().backward()
    assert all(bool(tensor.grad.abs().sum() > 0) for tensor in moved.values())


def test_distances_go_on_where_the_field_ends():
    side = 64
    row, column = torch.meshgrid(torch.arange(side) + 0.5, torch.arange(side) + 0.5, indexing="ij")
    true = (20 - torch.hypot(row - 32, column - 30)) / (REACH * side / FIELD_SIDE)  # of a disc
    found = distances(true.clamp(-1, 1)[None, None])[0, 0]
    assert float((found - true).abs().max()) < 0.2
    near = true.abs() < 0.5
    assert torch.equal(found[near], true[near])


@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_without_an_outline_there_are_no_distances(value):
    field = torch.full((1, 1, 8, 8), value)
    assert torch.equal(distances(field), field)
