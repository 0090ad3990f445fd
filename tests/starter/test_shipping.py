"""What is shipped reads back as it was, in half precision; what cannot be shipped leaves the old file alone."""

from __future__ import annotations

import hashlib
import os

import pytest
import torch

from studio.base.errors import FileError, ModelError
from studio.models.loading import read_weights
from studio.starter.shipping import ship

CONFIG = {"depth": 2, "merges": ["a b</w>", "ü é"], "nested": {"x": [1.5, None]}}


def test_weights_read_back(tmp_path):
    tensors = {"w": torch.randn(3, 4), "count": torch.tensor(12), "b": torch.zeros(2, dtype=torch.bfloat16)}
    path = tmp_path / "folder" / "weights.safetensors"
    digest = ship(path, "vqgan", CONFIG, tensors)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    weights = read_weights(path, name="new", expect_kind="vqgan", expect_sha256=digest)
    assert weights.config == CONFIG
    assert weights.tensors.keys() == tensors.keys()
    assert torch.equal(weights.tensors["w"], tensors["w"].half())
    assert weights.tensors["b"].dtype == torch.float16
    assert weights.tensors["count"].dtype == torch.int64
    assert int(weights.tensors["count"]) == 12


def test_the_same_weights_are_the_same_bytes(tmp_path):
    tensors = {"b": torch.ones(3), "a": torch.zeros(2)}
    first = ship(tmp_path / "1.safetensors", "clip", CONFIG, tensors)
    assert {ship(tmp_path / "1.safetensors", "clip", CONFIG, tensors) for _ in range(8)} == {first}
    assert ship(tmp_path / "2.safetensors", "clip", CONFIG, dict(reversed(tensors.items()))) == first
    assert ship(tmp_path / "3.safetensors", "clip", CONFIG | {"depth": 3}, tensors) != first


def test_memory_layout_does_not_matter(tmp_path):
    tensor = torch.randn(2, 3, 4, 5)
    turned = {"channels last": tensor.to(memory_format=torch.channels_last), "plain": tensor}
    digests = {ship(tmp_path / "w.safetensors", "clip", {}, {"w": value}) for value in turned.values()}
    assert len(digests) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 70000.0])
def test_what_is_not_finite_in_half_precision_is_not_shipped(tmp_path, value):
    path = tmp_path / "w.safetensors"
    ship(path, "clip", {}, {"w": torch.ones(2)})
    before = path.read_bytes()
    with pytest.raises(ModelError) as caught:
        ship(path, "clip", {}, {"fine": torch.ones(1), "norm.running_var": torch.tensor([1.0, value])})
    assert caught.value.what == f"The weights could not be written to {path}"
    assert "norm.running_var" in caught.value.why
    assert "fine" not in caught.value.why
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_old_weights(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    ship(path, "clip", {}, {"w": torch.ones(2)})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError) as caught:
        ship(path, "clip", {}, {"w": torch.zeros(2)})
    assert caught.value.why == "The disk is full"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
