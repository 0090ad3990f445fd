"""Checkpoints: what is laid down comes back bit for bit, or not at all."""

from __future__ import annotations

import os

import pytest
import torch

from studio.base import atomic
from studio.base.errors import FileError
from studio.dream.state import DreamState
from studio.render.checkpoint import Checkpoints, pack, unpack

STATE = DreamState(
    {
        "canvas/latents": torch.tensor([[0.1, float("inf")], [-0.0, 1e-40]]),
        "adam/0/step": torch.tensor(3.0),
        "generator": torch.arange(5, dtype=torch.uint8),
        "good/canvas/size": torch.tensor([1, 2]),
        "seen from the side": torch.arange(6.0).reshape(2, 3).T,
    },
    {"step": 3, "averaged": 2**40, "good/step": 2},
)


def same(a, b):
    return (
        a.numbers == b.numbers
        and a.tensors.keys() == b.tensors.keys()
        and all(x.dtype == b.tensors[k].dtype and torch.equal(x, b.tensors[k]) for k, x in a.tensors.items())
    )


@pytest.fixture
def kept(tmp_path):
    return Checkpoints(tmp_path / "checkpoints")


def test_a_state_comes_back_bit_for_bit(kept):
    kept.save("a", STATE)
    assert same(kept.load("a"), STATE)
    assert torch.signbit(kept.load("a").tensors["canvas/latents"][1, 0])
    kept.save("a", DreamState({"x": torch.ones(1)}, {"step": 9}))
    assert kept.load("a").step == 9, "the latest counts"


def test_what_was_not_laid_down_is_not_there(kept):
    assert kept.load("a") is None
    kept.discard("a")
    kept.sweep()
    kept.save("a", STATE)
    kept.discard("a")
    assert kept.load("a") is None


@pytest.mark.parametrize("keep", [0, 10, 32, 40, -1])
def test_a_damaged_one_does_not_count(kept, tmp_path, keep):
    kept.save("a", STATE)
    path = tmp_path / "checkpoints" / "a.checkpoint"
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    assert kept.load("a") is None
    flipped = bytearray(whole)
    flipped[keep] ^= 1
    path.write_bytes(bytes(flipped))
    assert kept.load("a") is None


def test_a_failed_one_leaves_the_last(kept, monkeypatch):
    kept.save("a", STATE)

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_flush", full)
    with pytest.raises(FileError, match="disk is full"):
        kept.save("a", DreamState({"x": torch.ones(1)}, {"step": 9}))
    assert same(kept.load("a"), STATE)


def test_old_ones_are_swept(kept, tmp_path):
    kept.save("new", STATE)
    kept.save("old", STATE)
    os.utime(tmp_path / "checkpoints" / "old.checkpoint", (1, 1))
    kept.sweep()
    assert kept.load("old") is None and kept.load("new") is not None


def test_junk_is_no_safetensors_file():
    for junk in (b"", b"junk" * 10, b"\xff" * 100):
        with pytest.raises(ValueError, match="no safetensors"):
            unpack(junk)
    assert torch.equal(unpack(pack({"x": torch.ones(2)}))["x"], torch.ones(2))
