"""Frames are checked before anything is encoded, and read one at a time."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ExportError
from studio.export.frames import Frames, compressed


def test_frames_come_in_order_and_with_their_pixels(paint):
    frames = Frames.open(paint(3, (5, 4)))
    with frames.pictures() as read:
        pictures = list(read)
    assert len(frames) == 3
    assert frames.size == (5, 4)
    assert [picture.shape for picture in pictures] == [(4, 5, 3)] * 3
    assert [tuple(picture[0, 0]) for picture in pictures] == [(230, 20, 20), (20, 200, 40), (30, 60, 220)]


def test_no_frames_at_all():
    with pytest.raises(ExportError) as caught:
        Frames.open([])
    assert "nothing to export" in caught.value.what
    assert "Render" in caught.value.fix


def test_a_missing_frame_is_named(paint):
    paths = paint(3)
    paths[1].unlink()
    with pytest.raises(ExportError) as caught:
        Frames.open(paths)
    assert caught.value.what == "Frame 1 is missing"
    assert str(paths[1]) in caught.value.why
    assert "Render again" in caught.value.fix


def test_a_frame_of_another_size_is_named_with_both_sizes(paint):
    paths = paint(3, (8, 8))
    Image.new("RGB", (8, 9)).save(paths[2])
    with pytest.raises(ExportError) as caught:
        Frames.open(paths)
    assert "Frame 2" in caught.value.what
    assert "8x9" in caught.value.why
    assert "8x8" in caught.value.why


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_png_is_named(paint, content):
    paths = paint(2)
    paths[1].write_bytes(content)
    with pytest.raises(ExportError, match="Frame 1 cannot be read"):
        Frames.open(paths)


def test_a_bomb_is_refused_by_its_header(paint):
    paths = paint(1)
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    paths[0].write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    with pytest.raises(ExportError, match="60000x60000 pixels, and 64 million are allowed"):
        Frames.open(paths)


def test_16_bits_are_refused_rather_than_clipped(paint):
    paths = paint(1)
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(paths[0])
    with pytest.raises(ExportError, match="8 bits"):
        Frames.open(paths)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA"])
def test_other_8_bit_pictures_become_rgb(paint, mode):
    paths = paint(1)
    Image.new("RGB", (3, 3), "white").convert(mode).save(paths[0])
    assert Frames.open(paths).read(0).tolist() == [[[255, 255, 255]] * 3] * 3


def test_a_truncated_frame_is_found_when_it_is_read(paint):
    paths = paint(2, (64, 64))
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(paths[1])
    paths[1].write_bytes(paths[1].read_bytes()[:2000])
    frames = Frames.open(paths)
    with pytest.raises(ExportError, match="Frame 1 cannot be read"):
        frames.read(1)


def test_a_frame_that_vanishes_later_is_missing(paint):
    paths = paint(2)
    frames = Frames.open(paths)
    paths[0].unlink()
    with pytest.raises(ExportError, match="Frame 0 is missing"):
        frames.read(0)


def test_a_frame_that_changes_size_later_is_refused(paint):
    paths = paint(2)
    frames = Frames.open(paths)
    Image.new("RGB", (3, 3)).save(paths[1])
    with pytest.raises(ExportError, match="another size"):
        frames.read(1)


def test_frames_are_resampled(paint):
    frames = Frames.open(paint(1, (8, 8)), size=(20, 3))
    assert frames.size == (20, 3)
    assert frames.read(0).shape == (3, 20, 3)
    assert np.all(frames.read(0) == (230, 20, 20))


def test_transparency_is_kept_or_laid_over_black(paint):
    paths = paint(2, colours=[(255, 255, 255), (200, 100, 50, 128)])
    kept = Frames.open(paths, keep_alpha=True)
    assert (kept.alpha, kept.flattened) == (True, False)
    assert kept.read(0)[0, 0].tolist() == [255, 255, 255, 255]
    assert kept.read(1)[0, 0].tolist() == [200, 100, 50, 128]
    flat = Frames.open(paths)
    assert (flat.alpha, flat.flattened) == (False, True)
    assert np.allclose(flat.read(1)[0, 0], [100, 50, 25], atol=1)


def test_looking_at_the_headers_can_be_cancelled(paint):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        Frames.open(paint(2), token=token)


def test_a_png_of_noise_and_one_of_few_colours_hold_the_same_pixels():
    noise = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    flat = np.full((40, 30, 4), (1, 2, 3, 4), np.uint8)
    for picture in (noise, flat):
        with Image.open(io.BytesIO(compressed(picture))) as read:
            assert np.array_equal(np.asarray(read), picture)
    assert len(compressed(flat)) < 200


def test_a_frame_that_equals_the_one_before_is_its_first_pixel(tmp_path):
    for number, level in enumerate((3, 3, 9)):
        Image.new("RGB", (5, 4), (level, 0, 0)).save(tmp_path / f"{number}.png")
    with Frames.open(sorted(tmp_path.glob("*.png"))).changes() as changes:
        found = [(picture.shape, same) for picture, same in changes]
    assert found == [
        ((4, 5, 3), False),
        ((1, 1, 3), True),
        ((4, 5, 3), False),
    ]
