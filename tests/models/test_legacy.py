"""Pickles are read as data: the same containers and tensors that torch finds, and nothing that they carry ever runs."""

from __future__ import annotations

import collections
import contextlib
import io
import os
import pickle
import zipfile

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.models import legacy
from studio.models.legacy import Name, PickleFault, StorageRef, TensorRef, Thing, read

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.binary(max_size=20),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.frozensets(st.text(max_size=3) | st.integers(), max_size=4),
        st.sets(st.text(max_size=3), max_size=4),
    ),
    max_leaves=20,
)


def understood(value: object, protocol: int = 2) -> object:
    return read(io.BytesIO(pickle.dumps(value, protocol)))


@given(VALUES, st.integers(4, pickle.HIGHEST_PROTOCOL))
def test_plain_values_come_out_as_python_reads_them(value, protocol):
    assert understood(value, protocol) == value


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_all_protocols_are_understood(protocol):
    value = {"a": [1, 2.5, "text", None, True, (1, 2, 3, 4), -5, 10**30], "b": {"c": []}, ("d", 3): "e"}
    assert understood(value, protocol) == value


def test_what_is_shared_stays_shared_and_circles_are_kept():
    shared = [1]
    a, b = understood([shared, shared])
    assert a is b
    circle: list[object] = []
    circle.append(circle)
    found = understood(circle)
    assert found[0] is found


def test_ordered_mappings_are_mappings():
    ordered = collections.OrderedDict([("b", 1), ("a", 2)])
    assert understood(ordered) == {"b": 1, "a": 2}
    assert list(understood(ordered)) == ["b", "a"]


class Callback:
    """Stands for the callbacks of pytorch_lightning, whose class is not to be imported."""

    def __init__(self):
        self.best = 3.5


def test_objects_become_inert_things():
    thing = understood({Callback: Callback()})
    ((name, made),) = thing.items()
    assert name == Name(f"{__name__}.Callback")
    assert isinstance(made, Thing)
    assert made.state == {"best": 3.5}
    assert not isinstance(made, Callback)


class Trap:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("call", [(os.mkdir,), (exec,), (eval,)], ids=["mkdir", "exec", "eval"])
def test_calls_are_kept_and_never_made(tmp_path, protocol, call):
    sentinel = tmp_path / "was here"
    text = f"__import__('os').mkdir({str(sentinel)!r})"
    argument = str(sentinel) if call[0] is os.mkdir else text
    content = pickle.dumps(Trap(*call, argument), protocol)
    pickle.loads(content)
    assert sentinel.is_dir()  # the trap works
    sentinel.rmdir()
    thing = read(io.BytesIO(content))
    assert isinstance(thing, Thing)
    assert thing.given == (argument,)
    assert not sentinel.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'touch /tmp/was-here'\ntR.",
        b"(ios\nsystem\nS'x'\n.",  # INST
        b"(cos\nsystem\nS'x'\no.",  # OBJ
        b"\x80\x02\x82\x01.",  # EXT1
        b"\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00\x97.",  # NEXT_BUFFER
        b"P1\n.",  # PERSID
    ],
)
def test_rare_instructions_are_refused_or_inert(content):
    with contextlib.suppress(PickleFault):
        assert isinstance(read(io.BytesIO(content)), Thing)


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b".",
            b"\x80\x02.",
            b"\x80\x02K",
            b"0.",
            b"((.",
            b"\x80\x02K\x01s.",
            b"\x80\x02h\x09.",
            b"}K\x01K\x02K\x03u.",
        ),
        *(b"\x80\x02]}K\x01as.", b"K\x01K\x02.", b"ccollections\nOrderedDict\nK\x01\x85R.", b"\xff" * 30),
        *(b"\x80\x02cx\ny\n", b"I99999999999999999999999999\n", b"L" + b"9" * 5000 + b"L\n."),
    ],
)
def test_damaged_pickles_are_said_to_be(content):
    with pytest.raises(PickleFault):
        read(io.BytesIO(content))


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read_and_never_anything_else(content):
    with contextlib.suppress(PickleFault):
        read(io.BytesIO(b"\x80\x02" + content))


def test_a_tower_of_tuples_as_a_key_is_refused_at_once():
    """Hashing it would take 2**60 steps."""
    content = b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"}h\x00K\x01s."
    with pytest.raises(PickleFault, match="as a key"):
        read(io.BytesIO(content))


def test_copying_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(legacy, "MAX_INSTRUCTIONS", 5000)
    pairs = [(str(number), number) for number in range(50)]
    once = pickle.dumps(pairs, 2)[:-1] + b"q\xff0"
    again = b"ccollections\nOrderedDict\nh\xff\x85R0"
    read(io.BytesIO(once + again + b"N."))
    with pytest.raises(PickleFault, match="without end"):
        read(io.BytesIO(once + again * 200 + b"N."))


def test_too_many_instructions_are_refused(monkeypatch):
    monkeypatch.setattr(legacy, "MAX_INSTRUCTIONS", 100)
    with pytest.raises(PickleFault, match="too many"):
        read(io.BytesIO(b"N0" * 200 + b"N."))


def pickle_of(value: object, tmp_path) -> bytes:
    """What `torch.save` writes for the pickle in its zip."""
    torch.save(value, tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive:
        return archive.read("x/data.pkl")


def test_tensors_are_references_to_storages(tmp_path):
    weight = torch.arange(12, dtype=torch.float16).reshape(3, 4)
    found = read(io.BytesIO(pickle_of({"w": weight.T, "p": torch.nn.Parameter(weight)}, tmp_path)))
    storage = StorageRef("HalfStorage", "0", 12)
    assert found == {"w": TensorRef(storage, 0, (4, 3), (1, 4)), "p": TensorRef(storage, 0, (3, 4), (4, 1))}


@pytest.mark.parametrize(
    ("size", "stride", "offset"), [((4,), (1,), 9), ((13,), (1,), 0), ((2, 2), (12, 1), 0), ((-1,), (1,), 0)]
)
def test_a_tensor_beyond_its_storage_is_refused(size, stride, offset, tmp_path):
    class Liar:
        def __init__(self):
            numbers = torch.zeros(12).untyped_storage()
            self.storage = torch.storage.TypedStorage(wrap_storage=numbers, dtype=torch.float32, _internal=True)

        def __reduce__(self):
            arguments = (self.storage, offset, size, stride, False, collections.OrderedDict())
            return torch._utils._rebuild_tensor_v2, arguments

    content = pickle_of(Liar(), tmp_path)
    with pytest.raises(PickleFault, match="tensor"):
        read(io.BytesIO(content))
