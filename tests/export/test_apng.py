"""APNG: lossless in every decoder, exact delays, small where nothing moves."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def noise(tmp_path):
    """Three frames of noise; the second and the third are equal."""
    paths = []
    for number, seed in enumerate((0, 1, 1)):
        picture = np.random.default_rng(seed).integers(0, 256, (9, 13, 3), dtype=np.uint8)
        paths.append(tmp_path / f"noise{number}.png")
        Image.fromarray(picture).save(paths[-1])
    return paths


def test_lossless_by_pillow_and_by_ffmpeg(noise, run, decode, tmp_path):
    run(noise, tmp_path / "a.apng")
    sources = [np.asarray(Image.open(path)) for path in noise]
    with av.open(str(tmp_path / "a.apng")) as container:
        by_ffmpeg = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for source, pillow, ffmpeg in zip(sources, decode(tmp_path / "a.apng"), by_ffmpeg, strict=True):
        assert np.array_equal(source, pillow)
        assert np.array_equal(source, ffmpeg)


def test_an_equal_frame_costs_next_to_nothing(noise, run, tmp_path):
    two = run(noise[:2], tmp_path / "two.apng").bytes
    three = run(noise, tmp_path / "three.apng").bytes
    assert three - two < 120


def test_delays_are_exact_fractions(paint, run, tmp_path):
    run(paint(3), tmp_path / "a.png", Fraction(30000, 1001))
    with Image.open(tmp_path / "a.png") as image:
        assert image.n_frames == 3
        assert image.info["duration"] == pytest.approx(1001 / 30, abs=1e-9)


@pytest.mark.parametrize(("loop", "plays"), [(True, 0), (False, 1)])
def test_loops_for_ever_or_plays_once(paint, run, tmp_path, loop, plays):
    run(paint(2), tmp_path / "a.apng", loop=loop)
    with Image.open(tmp_path / "a.apng") as image:
        assert image.info["loop"] == plays


def test_transparency_is_kept(paint, run, tmp_path):
    run(paint(2, colours=[(9, 8, 7, 6), (255, 255, 255, 0)]), tmp_path / "a.apng")
    with Image.open(tmp_path / "a.apng") as image:
        assert image.getpixel((0, 0)) == (9, 8, 7, 6)
        image.seek(1)
        assert image.getpixel((0, 0)) == (255, 255, 255, 0)
