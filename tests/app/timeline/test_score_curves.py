"""Scores as points on screen."""

from __future__ import annotations

import numpy as np
import pytest

from studio.app.timeline.scale import MARGIN, Scale
from studio.app.timeline.score_curves import STEP, at, points


def scale(length: int, frame_width: float, width: float = 1000, start: float = 0) -> Scale:
    made = Scale()
    made.resize(width, length)
    made.zoom(frame_width / made.frame_width, 0)
    made.scroll_to(start)
    return made


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[:, None]


def test_a_frame_has_its_value_where_it_begins() -> None:
    found = points(column(0, 1, 0, 0.5, 0.5, 0.5, 0.5, 0.5), scale(8, 160, width=600))
    by_x = dict(zip(found.x.tolist(), found.y[:, 0].tolist(), strict=True))
    assert by_x[MARGIN] == 0
    assert by_x[MARGIN + 160] == 1
    assert by_x[MARGIN + 80] == pytest.approx(0.5)
    assert by_x[MARGIN + 320] == 0


def test_only_what_is_on_screen_comes_back() -> None:
    found = points(np.zeros((1000, 3), np.float32), scale(1000, 20, width=400, start=5000))
    assert found.y.shape[1] == 3
    assert len(found.x) <= 400 / STEP + 3
    assert found.x[0] <= 0 + STEP
    assert found.x[-1] >= 400 - STEP


def test_a_value_without_a_next_one_lasts_as_long_as_its_frame() -> None:
    found = points(column(np.nan, 1, np.nan, np.nan, *([np.nan] * 8)), scale(12, 100, width=600))
    shown = found.x[np.isfinite(found.y[:, 0])]
    assert shown.min() == MARGIN + 100
    assert MARGIN + 200 - STEP <= shown.max() < MARGIN + 200


def test_frames_that_share_a_pixel_show_their_mean() -> None:
    values = np.tile(column(0, 1), (5000, 1))
    values[5000:] = np.nan
    found = points(values, scale(10_000, 0.1))
    half = np.isfinite(found.y[:, 0])
    assert found.y[half][1:-1].mean() == pytest.approx(0.5, abs=0.01)
    assert found.x[half].max() == pytest.approx(MARGIN + 500, abs=2 * STEP)
    assert len(found.x) <= 1000 / STEP + 3


@pytest.mark.parametrize("frame_width", [0.1, 0.7, 1.9, 2.0, 3.3, 40.0])
def test_scrolling_moves_the_line_and_changes_nothing(frame_width: float) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 2)).astype(np.float32)
    before = points(values, scale(20_000, frame_width))
    after = points(values, scale(20_000, frame_width, start=100))
    shift = after.first - before.first
    count = min(len(before.x) - shift, len(after.x))
    assert count > 100
    np.testing.assert_allclose(after.y[:count], before.y[shift : shift + count], atol=1e-5)
    np.testing.assert_allclose(after.x[:count], before.x[shift : shift + count] - 100, atol=1e-2)


def test_nothing_is_nothing() -> None:
    assert points(np.zeros((0, 2), np.float32), scale(10, 20)).y.shape == (0, 2)
    assert np.isnan(at(np.zeros((3, 2), np.float32), 3)).all()
    assert at(np.ones((3, 2), np.float32), 2).tolist() == [1, 1]
