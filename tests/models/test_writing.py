"""What is written tensor by tensor is what the safetensors library reads, the same bytes each time, or not at all."""

from __future__ import annotations

import hashlib

import pytest
import torch
from safetensors.torch import load_file

from studio.base.errors import ModelError
from studio.models import writing
from studio.models.loading import Lazy, read_weights

TENSORS = {
    "b": torch.arange(6.0).reshape(2, 3),
    "a": torch.linspace(0, 1, 5).half(),
    "brain": torch.linspace(0, 1, 3).bfloat16(),
    "count": torch.tensor(7),
    "flags": torch.tensor([True, False, True]),
    "empty": torch.zeros(0, 4),
}


def lazy(tensor: torch.Tensor) -> Lazy:
    return Lazy(tensor.dtype, tuple(tensor.shape), lambda: tensor)


def written(path, tensors=TENSORS, step=lambda done, total: None, **config) -> str:
    return writing.write(
        path, "clip", config, {key: lazy(value) for key, value in tensors.items()}, what="The model x", step=step
    )


def test_the_library_reads_what_is_written(tmp_path):
    path, steps = tmp_path / "x.safetensors", []
    digest = written(path, step=lambda done, total: steps.append((done, total)), depth=3)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    found = load_file(path)
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[key], value) and found[key].dtype == value.dtype for key, value in TENSORS.items())
    weights = read_weights(path, name="x", expect_kind="clip", expect_sha256=digest)
    assert weights.config == {"depth": 3}
    assert steps[-1] == (51, 51)
    assert len(steps) == len(TENSORS)


def test_the_order_of_names_changes_no_byte(tmp_path):
    backwards = dict(reversed(TENSORS.items()))
    assert written(tmp_path / "a", depth=3) == written(tmp_path / "b", backwards, depth=3)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_what_is_not_finite_is_named(tmp_path, value):
    with pytest.raises(ModelError, match="The tensor w has values that are not finite"):
        written(tmp_path / "x", {"w": torch.tensor([1.0, value], dtype=torch.float64)})


def test_a_tensor_that_is_not_as_said_is_named(tmp_path):
    said = {"w": Lazy(torch.float32, (2, 2), lambda: torch.zeros(4))}
    with pytest.raises(ModelError, match="w is not as its file says"):
        writing.write(tmp_path / "x", "clip", {}, said, what="The model x", step=lambda done, total: None)


def test_too_many_tensors_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "MAX_HEADER", 200)
    with pytest.raises(ModelError, match="too many"):
        written(tmp_path / "x")
