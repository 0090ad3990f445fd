"""What was fetched is known by its note, hashes of first fetches stay, and what is broken counts as not there."""

from __future__ import annotations

import pytest

from studio.base.errors import FileError
from studio.models import store

URL = "https://models.example/x.bin"


def fetched(name="x") -> None:
    store.folder().mkdir(parents=True, exist_ok=True)
    store.weights(name).write_bytes(b"weights")
    store.note(name, "ab" * 32, 7, URL, "cd" * 32)


def test_nothing_is_there_at_first():
    assert store.fetched("x") is None
    assert store.recorded(URL) == ""
    assert not store.folder().exists()


def test_a_note_is_read_back():
    fetched()
    note = store.fetched("x")
    assert note is not None
    assert (note.sha256, note.size, note.source, note.source_sha256) == ("ab" * 32, 7, URL, "cd" * 32)
    assert note.date == store.today()


def test_without_its_weights_a_note_is_none():
    fetched()
    store.weights("x").unlink()
    assert store.fetched("x") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"sha256": 3, "size": 1, "source": "", "date": ""}'])
def test_a_broken_note_is_none(text):
    fetched()
    (store.folder() / "x.json").write_text(text)
    assert store.fetched("x") is None


def test_hashes_are_recorded_by_address():
    store.record(URL, "ab" * 32)
    store.record("https://other.example", "cd" * 32)
    assert store.recorded(URL) == "ab" * 32
    store.record(URL, "ef" * 32)
    assert (store.recorded(URL), store.recorded("https://other.example")) == ("ef" * 32, "cd" * 32)


@pytest.mark.parametrize("text", ["", "[]", '{"https://models.example/x.bin": "ab"}'])
def test_broken_records_are_none(text):
    store.folder().mkdir(parents=True)
    (store.folder() / "hashes.json").write_text(text)
    assert store.recorded(URL) == ""


def test_removing_takes_all_but_the_hash():
    fetched()
    fetched("x2")
    store.record(URL, "ab" * 32)
    (store.folder() / "x.weights.part").write_bytes(b"half")
    (store.folder() / "x.weights.part.json").write_bytes(b"{}")
    assert store.remove("x")
    assert not store.remove("x")
    assert sorted(path.name for path in store.folder().iterdir()) == ["hashes.json", "x2.json", "x2.safetensors"]
    assert store.recorded(URL) == "ab" * 32


def test_what_has_come_is_counted():
    assert store.begun("x") == 0
    store.folder().mkdir(parents=True)
    store.part("x", "weights").write_bytes(b"half")
    assert store.begun("x") == 4


def test_what_cannot_be_deleted_is_said(monkeypatch):
    fetched()
    store.weights("x").unlink()
    store.weights("x").mkdir()
    with pytest.raises(FileError, match="could not be deleted"):
        store.remove("x")
