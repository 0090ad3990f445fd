"""Scenes are called what they are called when they are painted."""

from __future__ import annotations

import numpy as np
import pytest

from studio.scenery import wording as words
from studio.scenery.backgrounds import KINDS, Backgrounds
from studio.scenery.painting import Painter
from studio.scenery.wording import _Writer, wording, wordings


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=[kind.name for kind in KINDS])
def test_the_words_are_those_of_the_painted_scene(kind: int) -> None:
    brush = Backgrounds(2)
    for seed in range(150):
        painted = brush.draw(np.random.default_rng(seed), kind)
        assert wording(kind, seed) == (painted.phrase, painted.alone)


def test_every_brush_draws_as_many_numbers() -> None:
    """A brush that the writer does not know would paint, and be slow, or draw other numbers."""
    brushes = {name for name, value in vars(Painter).items() if callable(value) and not name.startswith("_")}
    assert brushes == {name for name in vars(_Writer) if not name.startswith("_")}


def test_wordings_are_kept_and_are_the_same(home, monkeypatch):
    made = wordings(3)
    assert made == tuple(tuple(wording(kind, seed) for seed in range(3)) for kind in range(len(KINDS)))
    (file,) = (home / "cache" / "scenery").iterdir()
    assert file.stat().st_size < 20_000
    monkeypatch.setattr(words, "wording", None)  # nobody asks it again
    assert wordings(3) == made


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data.replace(b"sky", b"sea"), lambda _: b"\xff"]
)
def test_damage_costs_time_alone(home, damage):
    made = wordings(2)
    (file,) = (home / "cache" / "scenery").iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert wordings(2) == made
    assert words._kept(file) == made  # mended


def test_other_sources_have_other_words(home, monkeypatch, tmp_path):
    wordings(2)
    monkeypatch.setattr(words, "__file__", str(tmp_path / "wording.py"))
    assert words._place(2) is None  # there are no sources: nothing is kept
    assert len(wordings(2)) == len(KINDS)
    (tmp_path / "wording.py").write_text("changed")
    wordings(2)
    assert len(list((home / "cache" / "scenery").iterdir())) == 2
