"""What the generator draws, found by text: by a perceptor that knows it."""

from __future__ import annotations

import pytest
import torch

from studio.canvas.biggan_model import build
from studio.dream.gallery import gallery
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.score import clip


@pytest.fixture(scope="module")
def seen():
    models = [find("", kind) for kind in ("biggan", "clip")]
    weights = [read_weights(entry.path, name=entry.name, expect_kind=entry.kind) for entry in models]
    model, perceptor = build(weights[0], "cpu"), clip.build(weights[1], "cpu")
    return model, gallery(model, perceptor), perceptor


def test_classes_are_found_by_their_names(seen):
    model, found, _ = seen
    names = [nouns[0] for nouns in model.config.classes]
    right = sum(name in [names[kind] for kind in found.classes(f"a {name}", 5)] for name in names[::25])
    assert right >= 0.8 * len(names[::25])


def test_backgrounds_are_found_by_their_words(seen):
    model, found, _ = seen
    places = [place.name for place in model.config.places]
    for text, place in (("on a starry night", "night"), ("under water", "underwater"), ("a brick wall", "wall")):
        kinds = [places[int(model.scene_kinds[number])] for number in found.scenes(text, 5)]
        assert place in kinds


def test_embeddings_are_of_unit_length_and_kept(seen):
    model, found, perceptor = seen
    assert torch.allclose(found.things.norm(dim=-1), torch.ones(len(found.things)), atol=1e-4)
    assert found.grounds.shape[:2] == model.scene_slots.shape
    assert gallery(model, perceptor) is found
