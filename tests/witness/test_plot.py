"""The lines as a picture."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from studio.score.fooled import Span
from studio.witness.plot import plot
from studio.witness.series import Scores, Sight


def scores(count: int, *, witness: bool = True, fooled: tuple[Span, ...] = ()) -> Scores:
    line = np.linspace(0, 1.2, count, dtype=np.float32)[:, None]
    guide = Sight("guide", line, line)
    other = Sight("witness", 1 - line, 1 - line) if witness else None
    return Scores(("a dog",), np.ones((count, 1), np.bool_), guide, other, fooled)


def pixels(made: Scores) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(plot(made))).convert("RGB")).astype(int)


def near(image: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(image - colour).sum(-1) < 24).sum())


def test_the_witness_is_dashed_and_so_has_less_ink() -> None:
    both, alone = pixels(scores(60)), pixels(scores(60, witness=False))
    guide = near(alone, (0xC9, 0x47, 0x1F))
    dashes = near(both, (0xC9, 0x47, 0x1F)) - guide
    assert 0.3 * guide < dashes < 0.85 * guide


def test_warnings_are_a_ground() -> None:
    plain, warned = pixels(scores(60)), pixels(scores(60, fooled=(Span(0, 10, 30, 0.2, 0.2),)))
    assert near(warned, (246, 232, 196)) > near(plain, (246, 232, 196)) + 10_000


def test_gaps_and_few_frames_can_be_drawn() -> None:
    for count in (1, 2, 9):
        made = scores(count)
        made.guide.seen[count // 2 :: 3] = np.nan
        assert len(plot(made)) > 1000
    blank = scores(4)
    blank.guide.seen[:] = np.nan
    assert len(plot(blank)) > 1000
