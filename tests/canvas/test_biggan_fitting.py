"""Latents for a picture: those of one drawing, and the nearest that can be found."""

from __future__ import annotations

import pytest
import torch

from studio.canvas.biggan_fitting import fit, glances, one_hot
from studio.canvas.biggan_model import build
from studio.canvas.placement import PLACE, TINT
from studio.models.catalogue import find
from studio.models.loading import read_weights


@pytest.fixture(scope="module")
def model():
    entry = find("", "biggan")
    return build(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")


def test_one_drawing_counts_wholly_in_every_layer(model):
    latents = one_hot(model, 7, 3, (0.0,) * PLACE, (-1.0,) * TINT)
    assert latents.things.shape == (1, model.layers, model.config.things.drawings)
    assert latents.things[0, :, 7].tolist() == [1.0] * model.layers
    assert float(latents.things.sum()) == model.layers
    assert latents.scenes[0].argmax() == 3


def test_what_was_looked_at_is_looked_at_once(model):
    assert glances(model) is glances(model)


def test_the_background_of_a_picture_is_found_again(model):
    wanted = one_hot(model, 7, 200, (0.0,) * PLACE, (-1.0,) * TINT)
    with torch.no_grad():
        picture = model.draw(wanted, 48, 48)
    found = fit(model, picture, 48, 48)
    assert int(model.scene_kinds[found.scenes[0].argmax()]) == int(model.scene_kinds[200])
    with torch.no_grad():
        assert float((model.draw(found, 48, 48) - picture).abs().mean()) < 0.1
