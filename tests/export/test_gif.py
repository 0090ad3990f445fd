"""GIF: exact delays, looping for ever or once, a palette that fits each frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image


def _delays(path):
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            found.append(image.info["duration"])
        return found, image.info.get("loop")


def test_delays_follow_the_clock_and_do_not_drift(paint, run, tmp_path):
    run(paint(12), tmp_path / "a.gif", 24)
    delays, _ = _delays(tmp_path / "a.gif")
    assert sum(delays) == 500
    assert set(delays) == {40, 50}


def test_equal_frames_keep_their_delays(paint, run, tmp_path):
    run(paint(5, colours=[(1, 2, 3)]), tmp_path / "a.gif", 8)
    delays, _ = _delays(tmp_path / "a.gif")
    assert delays == [130, 120, 130, 120, 130]


@pytest.mark.parametrize(("loop", "stored"), [(True, 0), (False, None)])
def test_loops_for_ever_or_plays_once(paint, run, tmp_path, loop, stored):
    run(paint(2), tmp_path / "a.gif", loop=loop)
    assert _delays(tmp_path / "a.gif")[1] == stored


def test_more_than_50_frames_per_second_are_thinned_and_said_so(paint, run, tmp_path):
    exported = run(paint(12), tmp_path / "a.gif", 60)
    assert (exported.frames, exported.seconds) == (10, pytest.approx(0.2))
    assert exported.notes == ("GIF shows at most 50 pictures per second: 10 of 12 frames were kept",)
    assert _delays(tmp_path / "a.gif")[0] == [20] * 10


def test_every_frame_has_its_own_palette(run, decode, tmp_path):
    """Two frames with 200 colours each, none in common: one palette of 256 would be visibly wrong in both."""
    frames = []
    for number, channel in enumerate((0, 2)):
        picture = np.zeros((20, 10, 3), np.uint8)
        picture[..., channel] = np.arange(200).reshape(20, 10) + 55
        frames.append(tmp_path / f"{number}.png")
        Image.fromarray(picture).save(frames[-1])
    run(frames, tmp_path / "a.gif", quality=100)
    for picture, path in zip(decode(tmp_path / "a.gif"), frames, strict=True):
        with Image.open(path) as source:
            error = picture.astype(int) - np.asarray(source)
        assert np.abs(error).mean() < 1


def test_quality_chooses_the_number_of_colours(run, decode, tmp_path):
    ramp = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(16, 16, 3)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    counts = []
    for quality in (0, 40, 100):
        run([tmp_path / "ramp.png"], tmp_path / "a.gif", quality=quality, overwrite=True)
        counts.append(len(np.unique(decode(tmp_path / "a.gif")[0].reshape(-1, 3), axis=0)))
    assert counts[0] <= 16 < counts[1] <= 64 < counts[2]


def test_the_slowest_rate_fits(paint, run, tmp_path):
    assert run(paint(2), tmp_path / "a.gif", Fraction(1, 100)).seconds == pytest.approx(200)
