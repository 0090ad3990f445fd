"""A walk between takes made into a file; stopped, nothing is left."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.progress import silent
from studio.export import ExportOptions
from studio.takes.course import Timing
from studio.takes.filming import film


def test_a_film_shows_each_take_and_the_way(fakes, dreamed, tmp_path):
    library, takes = dreamed()
    out = tmp_path / "walk.gif"
    seen = []
    walked, made = film(
        takes,
        library,
        fakes.Toolbox(),
        Timing(frames=2, hold=3, loop=True),
        out,
        Fraction(12),
        options=ExportOptions(loop=True),
        token=never(),
        report=seen.append,
    )
    assert made.path == out
    assert made.frames == len(walked.spots) == 3 * (3 + 2)
    assert {progress.label for progress in seen} >= {"drawing"}
    with Image.open(out) as film_of:
        assert film_of.n_frames > 1


def test_a_film_that_is_stopped_leaves_nothing(fakes, dreamed, tmp_path):
    library, takes = dreamed()
    token = CancelToken()
    with pytest.raises(Cancelled):
        film(
            takes,
            library,
            fakes.Toolbox(),
            Timing(frames=40),
            tmp_path / "walk.gif",
            Fraction(12),
            options=ExportOptions(),
            token=token,
            report=lambda progress: token.cancel() if progress.done == 9 else silent(progress),
        )
    assert not (tmp_path / "walk.gif").exists()
