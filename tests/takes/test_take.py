"""Sidecars: what is written comes back, what is broken is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.base.errors import FileError
from studio.project.model import Medium
from studio.takes.take import Kept, TakeMedium, read, spell


def test_a_sidecar_comes_back(made):
    take = made(star=True, tags=("best", "öl, rot"))
    assert read(spell(take), "x") == take
    assert take.short == take.key[:12]
    assert take.medium.medium().kind == "pixels"


def test_what_a_newer_version_wrote_is_kept(made):
    text = json.loads(spell(made()))
    text["mood"] = "blue"
    text["medium"]["varnish"] = 3
    again = json.loads(spell(read(json.dumps(text).encode(), "x")))
    assert again["mood"] == "blue"
    assert again["medium"]["varnish"] == 3


def test_a_take_remembers_the_options_of_its_medium():
    medium = TakeMedium(kind="strokes", options={"strokes": 9, "widest": 0.1})
    assert medium.medium() == Medium("strokes", options={"strokes": 9, "widest": 0.1})
    assert TakeMedium.model_validate_json(medium.model_dump_json()) == medium
    with pytest.raises(ValueError, match="must be one of"):
        TakeMedium(kind="strokes", options={"bristles": 3}).medium()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "abc"}, "key"),
        ({"width": 0}, "width"),
        ({"version": 2}, "version"),
        ({"terms": [{"weight": 1.0}]}, "empty"),
        ({"score": float("nan")}, "score"),
        ({"files": {"picture.png": {"size": -1, "sha256": "a" * 64}}}, "size"),
    ],
)
def test_a_broken_sidecar_is_named(made, change, words):
    text = {**json.loads(spell(made())), **change}
    with pytest.raises(FileError, match=words) as caught:
        read(json.dumps(text).encode(), "the sidecar")
    assert "the sidecar" in caught.value.what


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"[" * 100_000, b" " * (1 << 21), b"\xff\xfe"])
def test_bytes_that_are_no_sidecar(text):
    with pytest.raises(FileError):
        read(text, "x")


def test_where_the_files_are(made):
    kept = Kept(made(), Path("place"))
    assert [path.name for path in (kept.picture, kept.thumbnail, kept.latents)] == [
        "picture.png",
        "thumbnail.webp",
        "latents.safetensors",
    ]
