"""The index: finding, and surviving damage."""

from __future__ import annotations

import sqlite3

import pytest

from studio.base.errors import FileError
from studio.takes.index import Index, Wanted, normal
from studio.takes.take import TakeMedium, read


@pytest.fixture
def index(tmp_path):
    index = Index(tmp_path / "index.sqlite")
    yield index
    index.close()


def found(index, **wanted):
    return [read(text, "x").prompt for text in index.find(Wanted(**wanted))]


@pytest.fixture
def filled(index, made):
    index.put(made(1, prompt="a red apple in the grass", tags=("fruit", "best of")), mark=1, binned=False)
    index.put(made(2, prompt="ein GRÜNER Apfel", star=True, project="Obst"), mark=2, binned=False)
    vqgan = TakeMedium(kind="vqgan")
    index.put(made(3, prompt="a 100% red_car", medium=vqgan, width=64, height=64), mark=3, binned=False)
    index.put(made(4, prompt="an old apple"), mark=4, binned=True)
    return index


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, "321"),
        ({"words": "apple"}, "1"),
        ({"words": "RED"}, "31"),
        ({"words": "grass red"}, "1"),
        ({"words": "grüner"}, "2"),
        ({"words": "100% red_car"}, "3"),
        ({"words": "1%r"}, ""),
        ({"words": "best"}, "1"),
        ({"words": "obst"}, "2"),
        ({"words": "vqgan"}, "3"),
        ({"words": "' OR 1=1 --"}, ""),
        ({"tags": ("fruit",)}, "1"),
        ({"tags": ("fruit", "best of")}, "1"),
        ({"tags": ("fruit", "worst")}, ""),
        ({"star": True}, "2"),
        ({"medium": "pixels"}, "21"),
        ({"project": "Obst"}, "2"),
        ({"size": (64, 64)}, "3"),
        ({"limit": 2}, "32"),
        ({"binned": True}, "4"),
    ],
)
def test_what_is_wanted_is_found_the_latest_first(filled, wanted, numbers):
    prompts = {"1": "a red apple in the grass", "2": "ein GRÜNER Apfel", "3": "a 100% red_car", "4": "an old apple"}
    assert found(filled, **wanted) == [prompts[number] for number in numbers]


def test_words_are_compared_without_case_and_spelling():
    assert normal("ＡＰＰＬＥ Straße") == normal("apple STRASSE")
    assert normal("e\u0301") == normal("É")


def test_a_change_replaces_and_forgetting_forgets(filled, made):
    filled.put(made(1, prompt="a pear"), mark=9, binned=False)
    assert found(filled, words="apple") == []
    assert found(filled, tags=("fruit",)) == []
    key = made(1).key
    assert filled.mark(key) == (9, False)
    filled.drop(key)
    filled.drop(key)
    assert filled.mark(key) is None
    assert key not in filled.marks()


def test_keys_by_their_beginning(filled, made):
    assert filled.keys(made(1).key[:5]) == [(made(1).key, False)]
    assert filled.keys(made(4).key) == [(made(4).key, True)]
    assert filled.keys("fff") == []


def test_two_processes_write_in_turn(tmp_path, made):
    one, other = Index(tmp_path / "i.sqlite"), Index(tmp_path / "i.sqlite")
    assert (one.fresh, other.fresh) == (True, False)
    one.put(made(1), mark=1, binned=False)
    other.put(made(2), mark=1, binned=False)
    assert len(one.find(Wanted())) == len(other.find(Wanted())) == 2
    one.close()
    other.close()


def test_a_change_that_fails_changes_nothing(filled, made):
    with pytest.raises(FileError):
        filled.fill([(made(7), 1, False), (made(8), None, False)])
    assert len(filled.find(Wanted())) == 3


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to look like one" * 40, b""])
def test_a_damaged_file_is_made_anew(tmp_path, made, damage):
    path = tmp_path / "index.sqlite"
    index = Index(path)
    index.put(made(), mark=1, binned=False)
    index.close()
    path.write_bytes(damage)
    again = Index(path)
    assert again.fresh
    assert again.find(Wanted()) == []
    again.close()


def test_another_version_is_made_anew(tmp_path):
    path = tmp_path / "index.sqlite"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    index = Index(path)
    assert index.fresh
    index.close()


def test_a_place_that_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="could not be written"):
        Index(tmp_path / "file" / "index.sqlite")
    (tmp_path / "index.sqlite").mkdir()
    with pytest.raises(FileError, match="could not be used"):
        Index(tmp_path / "index.sqlite")


def test_every_transaction_is_on_the_disk(index):
    assert index._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert index._database.execute("PRAGMA synchronous").fetchone() == (2,)
