"""Weights are read whole and checked, or refused in plain words; no code that a file carries is ever run."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from studio.base.errors import ModelError
from studio.models.loading import MAX_HEADER, TOKENIZER, Weights, glance, match, read_weights

REFETCH = "Fetch or train the model again, or choose another"


def refused(path: Path, kind: str = "clip", **options: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_weights(path, name="mine", expect_kind=kind, **options)
    assert caught.value.what == "The model mine could not be used"
    assert caught.value.fix
    return caught.value


def test_a_good_file_is_read_whole(honest, write):
    digest = hashlib.sha256(honest).hexdigest()
    weights = read_weights(write(honest), name="mine", expect_kind="clip", expect_sha256=digest)
    assert (weights.name, weights.kind, weights.sha256) == ("mine", "clip", digest)
    assert weights.config == {"depth": 3, "names": ["a", "b"]}
    assert weights.tensors["w"].dtype == torch.float16
    assert weights.tensors["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert weights.tensors["n"].tolist() == [7]


def test_a_glance_shows_what_a_file_says_of_itself_and_its_tokenizer(craft, write, honest):
    weights = glance(write(honest), name="mine", expect_kind="clip")
    assert (weights.kind, weights.config, weights.tensors, weights.sha256) == (
        "clip",
        {"depth": 3, "names": ["a", "b"]},
        {},
        "",
    )
    words = {"dtype": "U8", "shape": [3], "data_offsets": [0, 3]}
    seen = glance(craft({TOKENIZER: words}, b"abc"), name="mine", expect_kind="clip")
    assert bytes(seen.tensors[TOKENIZER].tolist()) == b"abc"


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [(None, "clip", "There is no file"), (20, "clip", "cut short|damaged"), (2000, "vqgan", "holds clip")],
)
def test_a_glance_refuses_what_it_sees(honest, tmp_path, content, kind, why):
    if content:
        (tmp_path / "x").write_bytes(honest[:content])
    with pytest.raises(ModelError, match=why):
        glance(tmp_path / "x", name="mine", expect_kind=kind)
    with pytest.raises(ModelError, match="could not be read"):
        glance(tmp_path, name="mine", expect_kind=kind)


def test_a_missing_file_is_named(tmp_path):
    error = refused(tmp_path / "nowhere.safetensors")
    assert error.why == f"There is no file {tmp_path / 'nowhere.safetensors'}"
    assert error.fix == REFETCH


def test_a_folder_is_no_file_of_weights(tmp_path):
    assert f"{tmp_path} could not be read" in refused(tmp_path).why


class Trap:
    """Unpickling it writes a file."""

    def __init__(self, sentinel: Path) -> None:
        self.sentinel = sentinel

    def __reduce__(self):
        return (os.mkdir, (str(self.sentinel),))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_and_never_run(write, tmp_path, protocol):
    sentinel = tmp_path / "was here"
    content = pickle.dumps(Trap(sentinel), protocol)
    pickle.loads(content)
    assert sentinel.is_dir()  # the trap works
    sentinel.rmdir()
    error = refused(write(content))
    assert not sentinel.exists()
    if protocol >= 2:
        assert "pickled checkpoint" in error.why
        assert "run any code" in error.why
        assert "keydream models add" in error.fix


@pytest.mark.parametrize("zipped", [True, False])
def test_a_torch_checkpoint_is_refused_and_never_run(tmp_path, zipped):
    sentinel, path = tmp_path / "was here", tmp_path / "model.ckpt"
    torch.save({"state_dict": Trap(sentinel)}, path, _use_new_zipfile_serialization=zipped)
    assert "pickled checkpoint" in refused(path).why
    assert not sentinel.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\0" * 8, b"\0" * 64, b"GIF89a" + bytes(40), b"\xff" * 64, b"<html>not found</html>"],
    ids=["empty", "one byte", "only a length", "zeros", "gif", "ones", "a web page"],
)
def test_what_is_no_safetensors_file_is_refused(write, content):
    error = refused(write(content))
    assert "is no safetensors file, or it is cut short" in error.why
    assert error.fix == REFETCH


def test_a_file_cut_anywhere_is_refused(honest, write):
    for length in range(0, len(honest), 7):
        refused(write(honest[:length]))
    refused(write(honest[:-1]))


def test_a_file_with_something_behind_it_is_refused(honest, write):
    assert "is damaged" in refused(write(honest + b"\0")).why


@pytest.mark.parametrize("length", [MAX_HEADER + 1, 1 << 40, (1 << 64) - 1])
def test_a_huge_header_is_refused_by_its_length_alone(craft, length):
    assert "is no safetensors file, or it is cut short" in refused(craft({}, length=length)).why


def test_a_header_longer_than_the_file_is_refused(craft):
    assert "is damaged" in refused(craft({}, length=1 << 20)).why


@pytest.mark.parametrize("header", [b"{", b"{}}", b"{" + b"\xff" * 20, b'{"__metadata__": 3}', b'{"a": []}'])
def test_a_header_that_is_no_description_is_refused(craft, header):
    assert "is damaged" in refused(craft(header)).why


def tensor(start: int, stop: int, shape: list[int] | None = None, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": [(stop - start) // 4] if shape is None else shape, "data_offsets": [start, stop]}


@pytest.mark.parametrize(
    "tensors",
    [
        {"a": tensor(0, 8), "b": tensor(4, 12)},
        {"a": tensor(0, 8), "b": tensor(0, 8)},
        {"a": tensor(0, 4), "b": tensor(8, 12)},
        {"a": tensor(0, 400)},
        {"a": tensor(0, 12, [5])},
        {"a": tensor(0, 12, [1 << 40, 1 << 40])},
        {"a": tensor(0, 12, [3], "Q7")},
        {"a": tensor(12, 0, [3])},
    ],
    ids=["overlap", "same place", "gap", "beyond the end", "shape", "vast shape", "type", "backwards"],
)
def test_tensors_that_lie_wrong_are_refused(craft, tensors):
    error = refused(craft(tensors, bytes(12)))
    assert "is damaged" in error.why
    assert error.fix == REFETCH


def test_another_kind_is_refused_by_name(honest, write):
    error = refused(write(honest), kind="vqgan")
    assert "holds clip, and vqgan is needed" in error.why
    assert error.fix == "Choose another model"


def test_a_file_without_a_kind_is_refused(write):
    assert "holds an unnamed kind of model" in refused(write(save({"a": torch.zeros(1)}))).why


def test_another_file_than_the_catalogues_is_refused(honest, write):
    digest = hashlib.sha256(honest).hexdigest()
    error = refused(write(honest), expect_sha256="0" * 64)
    assert "is not the file it should be" in error.why
    assert digest[:12] in error.why


@pytest.mark.parametrize("config", ["", "{", "[1, 2]", "3", "null", "[" * 100_000, "9" * 5000])
def test_a_configuration_that_is_none_is_refused(write, config):
    path = write(save({"a": torch.zeros(1)}, {"kind": "clip", "config": config}))
    assert f"The header of {path} does not" in refused(path).why


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_values_that_are_not_finite_are_refused_by_the_tensors_name(write, value, dtype):
    spoilt = torch.zeros(3, 5, dtype=dtype)
    spoilt[1, 2] = value
    path = write(save({"fine": torch.ones(2), "spoilt.weight": spoilt}, {"kind": "clip", "config": "{}"}))
    assert refused(path).why == f"The tensor spoilt.weight in {path} has values that are not finite"


def test_a_value_too_large_for_single_precision_is_refused(write):
    path = write(save({"a": torch.tensor([1e300], dtype=torch.float64)}, {"kind": "clip", "config": "{}"}))
    assert "not finite" in refused(path).why


def test_complex_numbers_are_refused(write):
    path = write(save({"a": torch.zeros(2, dtype=torch.complex64)}, {"kind": "clip", "config": "{}"}))
    assert "holds complex numbers" in refused(path).why


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), places=st.integers(1, 6))
def test_a_damaged_file_is_read_or_refused_but_nothing_else(honest, tmp_path_factory, seed, places):
    damaged, dice = bytearray(honest), random.Random(seed)
    for _ in range(places):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    path.write_bytes(damaged)
    try:
        weights = read_weights(path, name="mine", expect_kind="clip")
    except ModelError as error:
        assert error.why
    else:
        assert isinstance(weights, Weights)
        assert all(bool(torch.isfinite(value.float()).all()) for value in weights.tensors.values())


def network() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))


def state() -> dict[str, torch.Tensor]:
    return {key: torch.full_like(value, 2) for key, value in network().state_dict().items()}


def test_fitting_weights_are_loaded_in_the_networks_precision():
    module = network()
    match(
        {key: value.half() if value.is_floating_point() else value for key, value in state().items()}, module, name="m"
    )
    assert all(bool((value == 2).all()) for value in module.state_dict().values())
    assert module[0].weight.dtype == torch.float32
    assert module[1].num_batches_tracked.dtype == torch.int64


def unfit(tensors: dict[str, torch.Tensor]) -> str:
    module = network()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    with pytest.raises(ModelError) as caught:
        match(tensors, module, name="mine")
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())
    assert caught.value.what == "The model mine could not be used"
    assert caught.value.fix == REFETCH
    return caught.value.why


def test_missing_tensors_are_named():
    tensors = state()
    del tensors["0.bias"]
    assert unfit(tensors) == "Its weights do not fit its network (missing: 0.bias)"


def test_unknown_tensors_are_named():
    assert unfit(state() | {"extra": torch.zeros(1)}) == "Its weights do not fit its network (unknown: extra)"


def test_misshaped_tensors_are_named_with_both_shapes():
    why = unfit(state() | {"0.weight": torch.zeros(3, 2)})
    assert why == "Its weights do not fit its network (0.weight is [3, 2], not [2, 3])"


def test_a_broadcastable_shape_is_not_enough():
    assert "0.bias is [1], not [2]" in unfit(state() | {"0.bias": torch.zeros(1)})


def test_many_faults_are_cut_short():
    why = unfit({f"x{number}": torch.zeros(1) for number in range(9)})
    assert "missing: 0.bias, 0.weight, 1.bias …; unknown: x0, x1, x2 …" in why


def test_the_configuration_is_json_and_only_json(write):
    config = {"a": [1, 2.5, None, True, "ü"], "b": {"c": {}}}
    content = save({"a": torch.zeros(1)}, {"kind": "vqgan", "config": json.dumps(config)})
    assert read_weights(write(content), name="mine", expect_kind="vqgan").config == config
