"""Dyeing gives a drawing the hue of a colour and keeps its shape and its light and shade."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.scenery.colours import COLOURS, dye


def drawing(rgba: np.ndarray) -> Image.Image:
    premultiplied = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], -1)
    pixels = np.rint(premultiplied * 255).astype(np.uint8)
    return Image.frombytes("RGBa", pixels.shape[1::-1], pixels.tobytes())


def some(seed: int = 1) -> Image.Image:
    return drawing(np.random.default_rng(seed).random((6, 9, 4)))


def values(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float32) / 255


def test_colours_are_told_apart_by_name_and_look():
    assert len({colour.name for colour in COLOURS}) == len(COLOURS)
    looks = np.array([colour.rgb for colour in COLOURS])
    assert looks.min() >= 0
    assert looks.max() <= 1
    apart = np.abs(looks[:, None] - looks[None]).max(-1) + np.eye(len(COLOURS))
    assert apart.min() > 0.1


@pytest.mark.parametrize("colour", COLOURS, ids=[colour.name for colour in COLOURS])
def test_the_shape_is_kept_and_colours_stay_premultiplied(colour):
    before, after = some(), dye(some(), colour)
    assert (after.mode, after.size) == ("RGBa", before.size)
    assert np.array_equal(values(after)[..., 3], values(before)[..., 3])
    assert bool((values(after)[..., :3] <= values(after)[..., 3:] + 1 / 255).all())


@pytest.mark.parametrize("colour", COLOURS, ids=[colour.name for colour in COLOURS])
def test_an_even_drawing_takes_the_colour_itself(colour):
    grey = np.full((4, 4, 4), 0.4)
    grey[..., 3] = 1
    assert np.abs(values(dye(drawing(grey), colour))[..., :3] - colour.rgb).max() < 0.01


@pytest.mark.parametrize("name", ["red", "green", "blue"])
def test_the_hue_of_every_pixel_is_the_colours(name):
    colour = next(colour for colour in COLOURS if colour.name == name)
    opaque = np.random.default_rng(2).random((8, 8, 4))
    opaque[..., 3] = 1
    assert bool((values(dye(drawing(opaque), colour)).argmax(-1, keepdims=False) == 3).all())  # alpha is 1
    assert set(values(dye(drawing(opaque), colour))[..., :3].argmax(-1).ravel()) == {
        ["red", "green", "blue"].index(name)
    }


def test_lighter_stays_lighter():
    ramp = np.linspace(0.1, 0.9, 12).reshape(1, 12, 1).repeat(4, -1)
    ramp[..., 3] = 1
    for colour in COLOURS:
        light = values(dye(drawing(ramp), colour))[0, :, :3].sum(-1)
        assert bool((np.diff(light) >= 0).all()), colour.name
        assert light[-1] > light[0], colour.name


def test_a_drawing_of_nothing_stays_nothing():
    assert values(dye(drawing(np.zeros((3, 3, 4))), COLOURS[0])).max() == 0
