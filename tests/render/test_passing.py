"""What a frame hands on is the same from memory and from the store."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.base.errors import FileError
from studio.render.checkpoint import pack
from studio.render.passing import Found, Made
from studio.render.pictures import encoded, levels

KEY = "ab" * 32


@pytest.fixture
def made():
    picture = torch.rand(1, 3, 5, 7, generator=torch.Generator().manual_seed(0)) * 1.4 - 0.2
    return Made(levels(picture), pack({"latents": picture}))


def test_memory_and_the_store_hand_on_the_same(made, store):
    found = Found(store.put(KEY, png=encoded(made.levels), latents=made.packed))
    assert made.picture().shape == (1, 3, 5, 7) and torch.equal(made.picture(), found.picture())
    assert torch.equal(made.state()["latents"], found.state()["latents"])


def test_without_latents_there_is_no_state(made, store):
    found = Found(store.put(KEY, png=encoded(made.levels)))
    assert found.state() is None and replace(made, packed=None).state() is None


def test_what_is_gone_or_damaged_is_no_state_and_no_picture(made, store):
    found = Found(store.put(KEY, png=encoded(made.levels), latents=made.packed))
    found.entry.latents.write_bytes(b"junk")
    assert found.state() is None
    found.entry.latents.unlink()
    found.entry.picture.unlink()
    assert found.state() is None
    with pytest.raises(FileError, match="Render again"):
        found.picture()
