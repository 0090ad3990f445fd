"""An artist's own model is known by its name until it is taken away, and a broken note hides no other model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.base.errors import InputError
from studio.models import catalogue, own
from studio.models.own import Own

MINE = Own("my cats", "clip", Path("/somewhere/cats.safetensors"), "ab" * 32, 12, "Trained on 30 pictures")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path))


def test_nothing_is_known_at_first():
    assert list(own.known()) == []
    assert not own.folder().exists()


def test_a_model_is_known_by_its_name_and_can_be_replaced():
    own.add(MINE)
    assert list(own.known()) == [MINE]
    own.add(replace(MINE, size=13))
    own.add(replace(MINE, name="a dog", kind="vqgan"))
    assert [(model.name, model.size) for model in own.known()] == [("a dog", 12), ("my cats", 13)]


def test_the_catalogue_lists_it_behind_its_own():
    own.add(MINE)
    assert catalogue.entries()[-1].name == "my cats"
    found = catalogue.find("my cats", "clip")
    assert (found.path, found.sha256, found.starter) == (MINE.path, MINE.sha256, False)
    assert catalogue.find("", "clip").starter


def test_it_cannot_take_the_place_of_one_that_ships():
    starter = catalogue.find("", "clip")
    own.add(replace(MINE, name=starter.name))
    assert catalogue.find(starter.name, "clip") == starter


@pytest.mark.parametrize("name", ["", "../cats", "a/b", " cats", "x" * 61, "cats\n"])
def test_a_name_that_is_no_name_is_refused(name):
    with pytest.raises(InputError, match="cannot be called"):
        own.add(replace(MINE, name=name))
    assert list(own.known()) == []


@pytest.mark.parametrize("note", ["", "{", "[]", "{}", '{"kind": "clip", "path": "/x", "sha256": "", "size": "many"}'])
def test_a_broken_note_hides_no_other(note):
    own.add(MINE)
    (own.folder() / "broken.json").write_text(note)
    assert list(own.known()) == [MINE]


def test_removing_takes_the_note_and_weights_beside_it_and_no_others(tmp_path):
    elsewhere = tmp_path / "cats.safetensors"
    elsewhere.write_bytes(b"weights")
    own.add(replace(MINE, path=elsewhere))
    beside = own.folder() / "a dog.safetensors"
    own.add(replace(MINE, name="a dog", path=beside))
    beside.write_bytes(b"weights")
    own.remove("my cats")
    own.remove("a dog")
    own.remove("a dog")
    assert list(own.known()) == []
    assert elsewhere.exists()
    assert not beside.exists()
    with pytest.raises(InputError):
        own.remove("../x")
