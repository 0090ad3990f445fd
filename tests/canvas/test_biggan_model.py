"""The shipped BigGAN: called as BigGAN is, drawing what it is told, and refusing weights that are not its own."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest
import torch

from studio.base.errors import ModelError
from studio.canvas.biggan_model import BigGanConfig, BigGanModel, Latents, build
from studio.models.catalogue import find
from studio.models.loading import Weights, read_weights


@pytest.fixture(scope="module")
def weights() -> Weights:
    entry = find("", "biggan")
    return read_weights(entry.path, name=entry.name, expect_kind="biggan", expect_sha256=entry.sha256)


@pytest.fixture(scope="module")
def model(weights) -> BigGanModel:
    return build(weights, "cpu")


def noise(model, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, model.noise, generator=torch.Generator().manual_seed(1))


def hot(count: int, index: int) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor([index]), count).float()


def test_it_is_called_with_noise_and_classes_for_all_layers_or_for_each(model):
    classes, scenes = hot(len(model.config.classes), 5), hot(len(model.config.places), 7)
    flat = noise(model, 1)
    picture = model(flat, classes, scenes)
    assert picture.shape == (1, 3, model.side, model.side)
    each = model(flat[:, None].expand(-1, model.layers, -1), classes[:, None].expand(-1, model.layers, -1), scenes)
    assert torch.allclose(picture, each, atol=1e-5)
    assert model(flat, classes, scenes, width=48, height=32).shape == (1, 3, 32, 48)


def test_truncation_cuts_noise_off(model):
    classes, scenes = hot(len(model.config.classes), 5), hot(len(model.config.places), 7)
    wild = noise(model, 1) * 9
    assert torch.equal(model(wild, classes, scenes, 0.5), model(wild.clamp(-1, 1), classes, scenes, 0.5))
    assert not torch.equal(model(wild, classes, scenes, 0.5), model(wild, classes, scenes, 2.0))


def test_pictures_have_gradients_towards_all_latents(model):
    things = torch.full((1, model.layers, model.config.things.drawings), 0.0)
    things[..., :2] = 0.5
    scenes = torch.zeros(1, model.config.scenes.drawings)
    scenes[:, :2] = 0.5
    parts = [things, torch.zeros(1, 5), torch.zeros(1, 4), scenes]
    latents = Latents(*(part.requires_grad_() for part in parts))
    weights = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    (model.draw(latents, 32, 32) * weights).sum().backward()
    assert all(bool((part.grad != 0).any()) and bool(torch.isfinite(part.grad).all()) for part in parts)


def test_it_knows_what_its_drawings_are_called(model):
    names = [nouns[0] for nouns in model.config.classes]
    assert "octopus" in names
    own = model.thing_kinds == names.index("octopus")
    drawn = model.things(own.nonzero().flatten()[:3])
    assert drawn.shape[1:] == (4, model.side, model.side)
    assert 0.1 < float(drawn[:, 3].mean()) < 0.9  # a thing, and something around it
    red, _, blue = (drawn[:, :3].sum((0, 2, 3)) / drawn[:, 3].sum()).tolist()
    assert red > blue + 0.1


def test_the_nights_are_darker_than_the_snow(model):
    places = [place.name for place in model.config.places]
    night, snow = (float(model.scenes(model.scene_slots[places.index(name)]).mean()) for name in ("night", "snow"))
    assert night < 0.25 < 0.6 < snow


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: config.pop("classes"),
        lambda config: config["things"].update(widths=[3]),
        lambda config: config["things"].update(drawings=10**9),
        lambda config: config.update(places=[]),
        lambda config: config.update(classes=[["x"]] * 3),
    ],
)
def test_a_configuration_that_is_wrong_is_refused(weights, spoil):
    config = json.loads(json.dumps(dict(weights.config)))
    spoil(config)
    with pytest.raises(ModelError, match="could not be used"):
        build(replace(weights, config=config), "cpu")


def test_weights_that_do_not_fit_are_named(weights):
    tensors = dict(weights.tensors)
    gone = tensors.pop(sorted(tensors)[0])
    assert gone is not None
    with pytest.raises(ModelError, match="could not be used"):
        build(replace(weights, tensors=tensors), "cpu")


def test_the_configuration_reads_back(weights):
    config = BigGanConfig.read(weights.config, name="x")
    assert len(config.classes) == 626
    assert len(config.places) == 33


def test_mixtures_are_the_same_however_the_maps_lie_in_memory(model):
    branch = model._scenes
    weights = torch.rand(2, branch.shape.layers, branch.shape.drawings, generator=torch.Generator().manual_seed(0))
    weights = weights / weights.sum(-1, keepdim=True)
    drawn = branch.mixed(weights)
    copied = copy.deepcopy(branch)
    copied.maps.data = copied.maps.contiguous()
    assert not copied.maps.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(copied.mixed(weights), drawn)
