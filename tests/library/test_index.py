"""An index keeps what it was told, whatever happens between: checked against a plain dictionary."""

from __future__ import annotations

import errno
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import FileError
from studio.library import index as index_module
from studio.library.index import MANIFEST, Index, place_of
from studio.library.scan import Found
from studio.library.segments import Record

SPEC = importlib.util.spec_from_file_location(
    "keydream_faulty_files", Path(__file__).parents[1] / "faults" / "faulty_files.py"
)
assert SPEC is not None
assert SPEC.loader is not None
FAULTY: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

Content = dict[str, tuple[Found, str, tuple[float, ...]]]


def make(tmp_path: Path, **options: Any) -> Index:
    return Index(**{"root": tmp_path / "pictures", "identity": "c0ffee", "dimensions": 3, **options})


def told(index: Index, names: dict[str, int]) -> None:
    """Add pictures: a number is what an embedding and a time are made of; below 0 the picture is broken."""
    whole = {name: number for name, number in names.items() if number >= 0}
    embeddings = np.array([[number, number / 8, 1] for number in whole.values()], np.float16).reshape(-1, 3)
    records = [Record(Found(name, 7, number)) for name, number in whole.items()]
    broken = [Record(Found(name, 7, number), f"why {number}") for name, number in names.items() if number < 0]
    index.add(embeddings, [*records, *broken])


def content(index: Index) -> dict[str, int]:
    """What an index knows, in the words of `told`; embeddings and records agree, or this fails."""
    paths, embeddings = index.export()
    rows = dict(zip(paths, embeddings.tolist(), strict=True))
    assert list(paths) == sorted(paths)
    found = {}
    for record in index.records():
        assert record.file.path not in found
        found[record.file.path] = record.file.mtime
        if record.reason:
            assert record.file.path not in rows
            assert record.reason == f"why {record.file.mtime}"
        else:
            assert rows[record.file.path] == [record.file.mtime, record.file.mtime / 8, 1]
    assert index.rows == len(rows)
    return found


def test_an_index_begins_empty_and_writes_nothing(tmp_path: Path) -> None:
    index = make(tmp_path)
    assert content(index) == {}
    assert index.lost == ""
    assert not index.place.exists()


def test_what_is_added_is_there_for_others(tmp_path: Path) -> None:
    told(make(tmp_path), {"a": 1, "caf\udce9": 2, "c": -3})
    assert content(make(tmp_path)) == {"a": 1, "caf\udce9": 2, "c": -3}


def test_later_words_count(tmp_path: Path) -> None:
    index = make(tmp_path)
    told(index, {"a": 1, "b": 2, "c": -3})
    told(index, {"b": -4, "c": 5})
    index.remove(["a", "never known"])
    assert content(index) == content(make(tmp_path)) == {"b": -4, "c": 5}


def test_merging_leaves_one_segment_and_the_same_content(tmp_path: Path) -> None:
    index = make(tmp_path)
    for number in range(6):
        told(index, {f"n{number}": number, "same": number + 10})
    before = content(index)
    index.merge()
    assert len(index.parts) == 1
    assert content(index) == content(make(tmp_path)) == before
    assert len(list(index.place.glob("*.npy"))) == 1


def test_small_segments_are_merged_at_need(tmp_path: Path) -> None:
    index = make(tmp_path)
    for number in range(80):
        told(index, {f"n{number}": number})
    assert len(index.parts) <= 33
    assert content(make(tmp_path)) == {f"n{number}": number for number in range(80)}


def test_full_segments_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "FULL", 10)
    index = make(tmp_path)
    told(index, {f"full{number}": number for number in range(10)})
    [full] = index.parts
    for number in range(5):
        told(index, {f"n{number}": number})
    index.merge()
    assert [len(part.dead) for part in index.parts] == [10, 5]
    assert index.parts[0] is full
    index.remove([f"full{number}" for number in range(6)])
    assert full not in index.parts
    assert content(make(tmp_path)) == {**{f"full{n}": n for n in range(6, 10)}, **{f"n{n}": n for n in range(5)}}


def test_everything_can_be_removed(tmp_path: Path) -> None:
    index = make(tmp_path)
    told(index, {"a": 1, "b": 2})
    index.remove(["a", "b"])
    assert content(index) == content(make(tmp_path)) == {}
    assert list(index.place.glob("*.np?")) == []


@given(
    st.lists(
        st.one_of(
            st.dictionaries(st.sampled_from("abcdef"), st.integers(-8, 63), min_size=1),
            st.sets(st.sampled_from("abcdef")),
            st.just("merge"),
            st.just("again"),
        ),
        max_size=12,
    )
)
def test_it_is_as_good_as_a_dictionary(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    place = tmp_path_factory.mktemp("index")
    index, model = make(place, place=place), {}
    for step in steps:
        if isinstance(step, dict):
            told(index, step)
            model |= step
        elif isinstance(step, set):
            index.remove(step)
            model = {name: number for name, number in model.items() if name not in step}
        elif step == "merge":
            index.merge()
        else:
            index = make(place, place=place)
        assert content(index) == model
    assert content(make(place, place=place)) == model
    assert len(list(place.glob("*.npy"))) == len(index.parts)


def test_a_failing_disk_leaves_the_index_as_it_was_or_as_it_should_be(tmp_path: Path) -> None:
    struck = []
    for fail_at in range(1, 1000):
        place = tmp_path / str(fail_at)
        index = make(tmp_path, place=place)
        told(index, {"a": 1, "b": 2})
        told(index, {"c": 3, "d": 4})
        before = content(index)
        faults = FAULTY.FaultyFiles(fail_at, FAULTY.raising(errno.ENOSPC))
        failed = False
        with faults.active():
            try:
                told(index, {"b": 5, "e": -6})
                index.merge()
            except FileError:
                failed = True
        struck.append(faults.struck)
        after = {**before, "b": 5, "e": -6}
        assert content(index) in (before, after)
        assert content(make(tmp_path, place=place)) == content(index)
        told(index, {"b": 5, "e": -6})  # and when there is room again, it goes on
        assert content(make(tmp_path, place=place)) == after
        if not failed:
            break
    assert {"write", "fsync", "replace"} <= set(struck)


def test_debris_is_removed_and_nothing_else(tmp_path: Path) -> None:
    index = make(tmp_path)
    told(index, {"a": 1})
    (index.place / f"{'0' * 20}.npy").write_bytes(b"debris")
    (index.place / ".x.1234.keydream-tmp.npz").write_bytes(b"debris")
    (index.place / "lock").write_bytes(b"")
    index.clear_debris()
    assert {path.suffix for path in index.place.iterdir()} == {".npy", ".npz", ".json", ""}
    assert len(list(index.place.iterdir())) == 4
    assert content(make(tmp_path)) == {"a": 1}


def test_an_index_of_another_model_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    told(make(tmp_path), {"a": 1})
    assert content(make(tmp_path, identity="another")) == {}
    copied = make(tmp_path, identity="another", place=make(tmp_path).place)
    assert content(copied) == {}
    assert "another model" in copied.lost
    assert place_of(tmp_path, "one") != place_of(tmp_path, "two")
    assert place_of(tmp_path, "one") != place_of(tmp_path / "below", "one")


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'{"version": 1}', b"[" * 100_000, b"\xff\xfe", b'{"segments": 3}'],
)
def test_a_damaged_manifest_is_said_and_the_index_made_anew(tmp_path: Path, text: bytes) -> None:
    index = make(tmp_path)
    told(index, {"a": 1})
    (index.place / MANIFEST).write_bytes(text)
    again = make(tmp_path)
    assert content(again) == {}
    assert again.lost
    told(again, {"b": 2})
    assert content(make(tmp_path)) == {"b": 2}
    assert make(tmp_path).lost == ""


def test_a_damaged_segment_costs_only_itself(tmp_path: Path) -> None:
    index = make(tmp_path)
    told(index, {"a": 1})
    told(index, {"b": 2})
    (index.place / f"{index.parts[0].segment.name}.npy").write_bytes(b"\x93NUMPY")
    again = make(tmp_path)
    assert content(again) == {"b": 2}
    assert "damaged" in again.lost


@pytest.mark.parametrize("dead", [[7], [-9], ["x"], None])
def test_a_manifest_with_impossible_numbers_is_not_believed(tmp_path: Path, dead: object) -> None:
    index = make(tmp_path)
    told(index, {"a": 1})
    manifest = json.loads((index.place / MANIFEST).read_text())
    manifest["segments"][0]["dead"] = dead
    (index.place / MANIFEST).write_text(json.dumps(manifest))
    again = make(tmp_path)
    assert content(again) == {}
    assert again.lost
