"""Scenes are called what they are called when they are painted."""

from __future__ import annotations

import numpy as np
import pytest

from studio.scenery.backgrounds import KINDS, Backgrounds
from studio.scenery.painting import Painter
from studio.scenery.wording import _Writer, wording


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
