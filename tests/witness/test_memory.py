"""What is remembered, and what becomes of it when the file is lost, damaged or full."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.witness import memory as module
from studio.witness.memory import Memory


def vector(number: int, length: int = 8) -> np.ndarray:
    return np.full(length, number / 64, np.float32)


def test_what_was_put_is_there_the_next_time(tmp_path: Path) -> None:
    first = Memory(tmp_path / "seen.sqlite")
    first.put("clip", {"a": vector(1), "b": vector(2)})
    first.put("other", {"a": vector(3)})
    first.close()
    again = Memory(tmp_path / "seen.sqlite")
    found = again.get("clip", ["a", "b", "c", "a"])
    assert set(found) == {"a", "b"}
    np.testing.assert_array_equal(found["a"], vector(1))
    np.testing.assert_array_equal(again.get("other", ["a"])["a"], vector(3))
    again.close()


def test_a_picture_goes_by_its_bytes(memory: Memory, picture: Callable[..., Path], tmp_path: Path) -> None:
    one, other = picture(1), picture(2)
    copy = tmp_path / "copy.png"
    copy.write_bytes(one.read_bytes())
    assert memory.digest(one) == memory.digest(copy)
    assert memory.digest(one) != memory.digest(other)
    assert memory.digest(tmp_path / "gone.png") is None


def test_a_file_that_did_not_change_is_not_read_again(
    memory: Memory, picture: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(1)
    known = memory.digest(path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda *_a, **_k: pytest.fail("it was read"))
        assert memory.digest(path) == known
    path.write_bytes(b"other")
    assert memory.digest(path) != known


def test_the_longest_unused_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1e9]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    made = Memory(tmp_path / "seen.sqlite", limit=4 * 16)
    for number, name in enumerate("abcdef"):
        now[0] += 1
        made.put("clip", {name: vector(number)})
    now[0] += 2 * 86400
    made.get("clip", ["b"])  # used
    made.trim()
    assert set(made.get("clip", "abcdef")) == {"b", "d", "e", "f"}
    made.close()


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    path.write_bytes(b"this is no database" * 100)
    made = Memory(path)
    made.put("clip", {"a": vector(1)})
    assert set(made.get("clip", ["a"])) == {"a"}
    made.close()
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_one_that_is_damaged_later_is_made_anew_too(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    made = Memory(path)
    made.put("clip", {str(number): vector(number, 512) for number in range(500)})
    made.close()
    data = bytearray(path.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    again = Memory(path)
    again.get("clip", [str(number) for number in range(500)])
    again.put("clip", {"a": vector(1)})
    again.put("clip", {"a": vector(1)})
    assert set(again.get("clip", ["a"])) == {"a"}
    again.close()


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    made = Memory(path)
    made.put("clip", {"a": vector(1)})
    assert set(made.get("clip", ["a"])) == {"a"}
    made.close()


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path, picture: Callable[..., Path]) -> None:
    (tmp_path / "file").write_text("no folder")
    made = Memory(tmp_path / "file" / "seen.sqlite")
    made.put("clip", {"a": vector(1)})
    assert set(made.get("clip", ["a"])) == {"a"}  # until it is closed
    assert made.digest(picture(1))
    made.close()


def test_two_have_it_open_at_once(tmp_path: Path) -> None:
    one, other = Memory(tmp_path / "seen.sqlite"), Memory(tmp_path / "seen.sqlite")
    one.put("clip", {"a": vector(1)})
    other.put("clip", {"b": vector(2)})
    assert set(one.get("clip", "ab")) == set(other.get("clip", "ab")) == {"a", "b"}
    one.close()
    other.close()
