"""The expected size is near the real one, and exact when every frame was encoded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import ExportError
from studio.export import ExportOptions, estimate

TARGETS = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov", "folder"]


@pytest.fixture
def film(tmp_path):
    """Twenty frames of noise that drifts."""
    noise = np.random.default_rng(0).integers(0, 256, (24, 64, 3), dtype=np.uint8)
    paths = []
    for number in range(20):
        paths.append(tmp_path / f"{number:02d}.png")
        Image.fromarray(noise[:, number : number + 24]).save(paths[-1])
    return paths


@pytest.mark.parametrize("name", TARGETS)
def test_near_the_real_size(film, run, tmp_path, name):
    real = run(film, tmp_path / name).bytes
    told = estimate(
        film, tmp_path / name, Fraction(24), settings=ExportOptions(overwrite=True), token=never(), samples=6
    )
    assert told.sampled == 6
    assert told.bytes == pytest.approx(real, rel=0.3)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_exact_for_few_frames(film, run, tmp_path, count):
    real = run(film[:count], tmp_path / "a.apng").bytes
    told = estimate(film[:count], tmp_path / "b.apng", Fraction(24), settings=ExportOptions(), token=never())
    assert (told.bytes, told.sampled) == (real, count)
    assert not (tmp_path / "b.apng").exists()


def test_faults_are_those_of_an_export(film, tmp_path):
    film[10].unlink()
    with pytest.raises(ExportError, match="Frame 10 is missing"):
        estimate(film, tmp_path / "a.gif", Fraction(24), settings=ExportOptions(), token=never())


def test_it_can_be_cancelled(film, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        estimate(film, tmp_path / "a.gif", Fraction(24), settings=ExportOptions(), token=token)
