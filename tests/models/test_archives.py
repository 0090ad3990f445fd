"""Every form of a checkpoint gives the tensors that torch itself reads from it; hostile ones are refused by name."""

from __future__ import annotations

import collections
import contextlib
import os
import struct
import warnings
import zipfile

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from studio.base.errors import ModelError
from studio.models.archives import opened

STATE = collections.OrderedDict(
    whole=torch.arange(24, dtype=torch.float32).reshape(2, 3, 4),
    half=torch.linspace(0, 1, 7).half(),
    brain=torch.linspace(-3, 3, 5).bfloat16(),
    count=torch.tensor(7),
    flags=torch.tensor([True, False]),
    small=torch.arange(5, dtype=torch.uint8),
    turned=torch.arange(12.0).reshape(3, 4).T,
    part=torch.arange(30.0)[10:20:3],
    nothing=torch.zeros(0, 3),
)


def read_all(path) -> dict[str, torch.Tensor]:
    with opened(path) as archive:
        found = {name: lazy.read() for name, lazy in archive.tensors.items()}
        for name, lazy in archive.tensors.items():
            assert (found[name].dtype, tuple(found[name].shape)) == (lazy.dtype, tuple(lazy.shape))
            assert found[name].is_contiguous()
        return found


def same(found, expected) -> bool:
    return found.keys() == expected.keys() and all(torch.equal(found[key], expected[key]) for key in expected)


@pytest.mark.parametrize(("zipped", "form"), [(True, "torch"), (False, "old torch")])
def test_checkpoints_give_what_torch_reads(tmp_path, zipped, form):
    path = tmp_path / "x.pt"
    torch.save(STATE, path, _use_new_zipfile_serialization=zipped)
    assert same(read_all(path), torch.load(path, weights_only=True))
    with opened(path) as archive:
        assert archive.form == form


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_inside_of_mappings_have_dotted_names_and_those_in_lists_none(tmp_path, zipped):
    path = tmp_path / "x.pt"
    torch.save({"epoch": 3, "state_dict": STATE, "optimizer": {"state": [torch.ones(3)]}}, path)
    assert same(read_all(path), {f"state_dict.{key}": value for key, value in STATE.items()})


def test_shared_storages_are_read_for_each(tmp_path):
    table = torch.arange(10.0)
    torch.save({"a": table, "b": table[2:5]}, tmp_path / "x.pt")
    found = read_all(tmp_path / "x.pt")
    assert found["b"].tolist() == [2, 3, 4]


def test_safetensors_come_with_their_metadata(tmp_path):
    expected = {key: value.contiguous() for key, value in STATE.items()}
    save_file(expected, tmp_path / "x.safetensors", {"kind": "clip"})
    assert same(read_all(tmp_path / "x.safetensors"), expected)
    with opened(tmp_path / "x.safetensors") as archive:
        assert archive.metadata == {"kind": "clip"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")
def test_a_torchscript_archive_gives_its_modules_tensors_and_its_code_is_not_looked_at(tmp_path):
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Sequential(torch.nn.ReLU())
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(module.eval().half().float(), torch.zeros(1, 3, 8, 8)).save(tmp_path / "x.pt")
    found = read_all(tmp_path / "x.pt")
    expected = module.state_dict()
    assert same({key: found[key] for key in expected}, expected)
    with opened(tmp_path / "x.pt") as archive:
        assert archive.form == "torchscript"


class Trap:
    def __init__(self, sentinel):
        self.sentinel = sentinel

    def __reduce__(self):
        return (os.mkdir, (str(self.sentinel),))


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_checkpoint_never_runs(tmp_path, zipped):
    sentinel, path = tmp_path / "was here", tmp_path / "x.pt"
    torch.save({"w": torch.ones(2), "trap": Trap(sentinel)}, path, _use_new_zipfile_serialization=zipped)
    torch.load(path, weights_only=False)
    assert sentinel.is_dir()  # the trap works
    sentinel.rmdir()
    assert read_all(path)["w"].tolist() == [1, 1]
    assert not sentinel.exists()


def refused(path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_all(path)
    assert path.name in caught.value.what
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"PK", b"PK\x03\x04", b"PK\x03\x04" + bytes(60), b"\x80\x02", b"\x80\x02K\x01."),
        *(b"<html>", b"\x89PNG\r\n\x1a\n" + bytes(50), b"\x08\0\0\0\0\0\0\0{notjson"),
    ],
)
def test_what_is_no_checkpoint_is_refused(tmp_path, content):
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    refused(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "There is no file" in refused(tmp_path / "none.pt").why
    assert "could not be read" in refused(tmp_path).why


def rewritten(path, change) -> None:
    """Write the zip again with its entries changed: `change` gets name and data and gives data, None or several."""
    with zipfile.ZipFile(path) as old:
        entries = [(info.filename, old.read(info)) for info in old.infolist()]
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as new:
        warnings.simplefilter("ignore")
        for name, data in entries:
            changed = change(name, data)
            for each in changed if isinstance(changed, list) else [changed]:
                if isinstance(each, tuple):
                    new.writestr(name, each[0], compress_type=each[1])
                elif each is not None:
                    new.writestr(name, each)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda name, data: None if name.endswith("data/0") else data, "missing"),
        (lambda name, data: data[:-1] if name.endswith("data/0") else data, "not 96 bytes"),
        (lambda name, data: (data, zipfile.ZIP_DEFLATED) if "data/0" in name else data, "compressed"),
        (lambda name, data: (data, zipfile.ZIP_DEFLATED) if "data.pkl" in name else data, "compressed"),
        (lambda name, data: [data, data] if name.endswith("data/0") else data, "several files of one name"),
        (lambda name, data: None if name.endswith("data.pkl") else data, "no checkpoint"),
        (lambda name, data: (bytes(1 << 20), zipfile.ZIP_DEFLATED) if "byteorder" in name else data, "compressed"),
        (lambda name, data: b"big" if name.endswith("byteorder") else data, "byte order"),
        (lambda name, data: data.replace(b"FloatStorage", b"QInt8Storage") if "data.pkl" in name else data, "QInt8"),
        (lambda name, data: b"N." if "data.pkl" in name else data, "no tensors"),
        (lambda name, data: b"garbage" if "data.pkl" in name else data, "damaged"),
    ],
)
def test_hostile_zips_are_refused_by_name(tmp_path, change, why):
    path = tmp_path / "x.pt"
    torch.save({"w": STATE["whole"]}, path)
    rewritten(path, change)
    assert why in refused(path).why


def test_a_flipped_byte_in_a_zip_is_found(tmp_path):
    path = tmp_path / "x.pt"
    torch.save({"w": torch.arange(10_000.0)}, path)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("x/data/0").header_offset + 2000
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert "damaged" in refused(path).why


@pytest.mark.parametrize("cut", [1, 50, 200])
def test_a_cut_old_checkpoint_is_refused(tmp_path, cut):
    path = tmp_path / "x.pt"
    torch.save({"w": STATE["whole"]}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-cut])
    refused(path)


def test_an_old_checkpoint_of_another_length_is_refused(tmp_path):
    path = tmp_path / "x.pt"
    torch.save({"w": STATE["whole"]}, path, _use_new_zipfile_serialization=False)
    data = path.read_bytes()
    count = struct.pack("<q", 24)
    at = data.rindex(count)
    path.write_bytes(data[:at] + struct.pack("<q", 1 << 60) + data[at + 8 :])
    assert "does not fit" in refused(path).why


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> list[bytes]:
    """A file of each form."""
    path, state = tmp_path_factory.mktemp("good") / "x.pt", {"w": STATE["whole"], "h": STATE["half"]}
    files = []
    for zipped in (True, False):
        torch.save({"state_dict": state, "epoch": 3}, path, _use_new_zipfile_serialization=zipped)
        files.append(path.read_bytes())
    save_file(state, path)
    return [*files, path.read_bytes()]


@given(st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_refused_in_words_or_change_numbers_alone(good, tmp_path, data):
    content = bytearray(data.draw(st.sampled_from(good)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with contextlib.suppress(ModelError):
        read_all(path)


def test_a_tensor_that_repeats_one_number_a_billion_times_is_refused(tmp_path):
    torch.save({"w": torch.zeros(1).expand(1 << 30)}, tmp_path / "x.pt")
    assert "more numbers than there are" in refused(tmp_path / "x.pt").why


def test_tensors_that_are_all_the_same_numbers_are_refused(tmp_path):
    table = torch.zeros(1000)
    torch.save({f"w{number}": table for number in range(4)}, tmp_path / "x.pt")
    assert len(read_all(tmp_path / "x.pt")) == 4
    torch.save({f"w{number}": table for number in range(5)}, tmp_path / "x.pt")
    assert "more numbers than there are" in refused(tmp_path / "x.pt").why


def test_a_safetensors_header_that_is_too_long_is_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", 90 << 20) + b"{" + b" " * 100)
    assert "cut short" in refused(path).why


def test_no_more_is_read_than_what_is_asked_for(tmp_path, monkeypatch):
    torch.save({f"w{number}": torch.ones(1000) for number in range(20)}, tmp_path / "x.pt")
    read = []
    real = zipfile.ZipFile.read
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda this, entry: read.append(entry) or real(this, entry))
    with opened(tmp_path / "x.pt") as archive:
        archive.tensors["w3"].read()
    assert sum(1 for entry in read if isinstance(entry, zipfile.ZipInfo) and "/data/" in entry.filename) == 1
