"""What the generator learns: every drawing has a place, and backgrounds of a kind are unlike each other."""

from __future__ import annotations

import numpy as np
import pytest

from studio.scenery.backgrounds import KINDS, Backgrounds
from studio.starter.artwork import STYLES
from studio.starter.repertoire import choose, gather, slots_of


@pytest.fixture(scope="module")
def repertoire(kinds, atlas):
    return gather(kinds, atlas, 2, 3)


def test_every_drawing_stands_in_a_place_of_its_own_kind(repertoire, kinds, atlas):
    assert set(repertoire.thing_slots.flatten().tolist()) == set(range(len(atlas.names)))
    for kind, row in enumerate(repertoire.thing_slots.tolist()):
        assert all(int(atlas.kind[number]) == kind for number in row)
    assert repertoire.thing_slots.shape[1] % len(STYLES) == 0
    assert np.array_equal(repertoire.thing_slots.numpy(), slots_of(len(kinds), atlas).numpy())


def test_places_of_a_style_hold_its_drawings(repertoire, atlas):
    each = repertoire.thing_slots.shape[1] // len(STYLES)
    for row in repertoire.thing_slots.tolist():
        for place, number in enumerate(row):
            assert int(atlas.style[number]) == place // each


def test_there_are_as_many_backgrounds_of_each_kind_as_asked_for(repertoire):
    assert len(repertoire.scenes) == 2 * len(KINDS)
    assert repertoire.scene_slots.tolist()[0] == [0, 1]
    assert [place["name"] for place in repertoire.names["places"]] == [kind.name for kind in KINDS]
    assert all(place["phrases"] and len(place["looks"]) == 2 for place in repertoire.names["places"])


def test_backgrounds_that_are_chosen_are_unlike_each_other():
    plain = next(number for number, kind in enumerate(KINDS) if kind.name == "plain")
    numbers = choose(plain, 5, 3)
    assert len(set(numbers)) == 5
    brush = Backgrounds(8)
    colours = [brush.draw(np.random.default_rng([3, plain, n]), plain).phrase.split()[-2] for n in numbers]
    assert len(set(colours)) >= 3
