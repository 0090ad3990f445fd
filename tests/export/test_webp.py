"""Animated WebP: every frame kept with its time, lossless at full quality, looping for ever or once."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image


def test_full_quality_is_lossless(run, decode, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (7, 11, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "noise.png")
    run([tmp_path / "noise.png"] * 2, tmp_path / "a.webp", quality=100)
    assert all(np.array_equal(decoded, picture) for decoded in decode(tmp_path / "a.webp"))


def test_equal_frames_look_equal_and_cost_next_to_nothing(run, decode, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "noise.png")
    one = run([tmp_path / "noise.png"], tmp_path / "one.webp").bytes
    three = run([tmp_path / "noise.png"] * 3, tmp_path / "three.webp").bytes
    assert three - one < 150
    first, second, third = decode(tmp_path / "three.webp")
    assert np.array_equal(second, third)
    assert np.array_equal(first[1:], second[1:])


def test_durations_are_milliseconds_that_do_not_drift(paint, run, tmp_path):
    run(paint(7), tmp_path / "a.webp", 30)
    with Image.open(tmp_path / "a.webp") as image:
        durations = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            durations.append(image.info["duration"])
    assert durations == [33, 34, 33, 33, 34, 33, 33]


@pytest.mark.parametrize(("loop", "stored"), [(True, 0), (False, 1)])
def test_loops_for_ever_or_plays_once(paint, run, tmp_path, loop, stored):
    run(paint(2), tmp_path / "a.webp", loop=loop)
    with Image.open(tmp_path / "a.webp") as image:
        assert image.info["loop"] == stored


def test_transparency_is_kept(paint, run, tmp_path):
    run(paint(2, colours=[(200, 100, 50, 128)]), tmp_path / "a.webp", quality=100)
    with Image.open(tmp_path / "a.webp") as image:
        assert image.mode == "RGBA"
        assert image.getpixel((0, 0)) == (200, 100, 50, 128)


def test_the_container_is_consistent(paint, run, tmp_path):
    """The RIFF size covers the file, and every chunk begins at an even place, as RFC 9649 asks."""
    run(paint(3, (5, 3)), tmp_path / "a.webp", project='{"odd": 1}')
    data = (tmp_path / "a.webp").read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    names, position = [], 12
    while position < len(data):
        names.append(data[position : position + 4])
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    assert position == len(data)
    assert names == [b"VP8X", b"ANIM", b"ANMF", b"ANMF", b"ANMF", b"XMP "]
    with Image.open(io.BytesIO(data)) as image:
        assert b"keydream:project" in image.info["xmp"]
