"""MP4, WebM and ProRes hold what players ask for: profile, pixel format, colours that are named, the index in front."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image


def _stream(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        frame = next(container.decode(stream))
        return {
            "codec": context.name,
            "profile": context.profile,
            "pixels": context.pix_fmt,
            "rate": stream.average_rate,
            "colours": (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range),
        }


def test_mp4_plays_everywhere(paint, run, tmp_path):
    run(paint(3), tmp_path / "a.mp4", Fraction(30000, 1001))
    found = _stream(tmp_path / "a.mp4")
    assert found["codec"] == "h264"
    assert found["profile"] == "High"
    assert found["pixels"] == "yuv420p"
    assert found["rate"] == Fraction(30000, 1001)
    assert found["colours"] == (1, 1, 1, 1)


def test_webm_is_vp9(paint, run, tmp_path):
    run(paint(3), tmp_path / "a.webm", Fraction(25, 2))
    found = _stream(tmp_path / "a.webm")
    assert (found["codec"], found["pixels"]) in {("vp9", "yuv420p"), ("libvpx-vp9", "yuv420p")}
    assert found["rate"] == Fraction(25, 2)
    assert found["colours"] == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("quality", "profile", "pixels"), [(0, "Proxy", "yuv422p10le"), (80, "HQ", "yuv422p10le"), (100, "4444", "yuv444p")]
)
def test_prores_profiles(paint, run, tmp_path, quality, profile, pixels):
    run(paint(2), tmp_path / "a.mov", quality=quality)
    found = _stream(tmp_path / "a.mov")
    assert found["codec"] == "prores"
    assert profile in found["profile"]
    assert found["pixels"].startswith(pixels)
    assert found["colours"] == (1, 1, 1, 1)


def test_prores_keeps_transparency(paint, run, tmp_path):
    run(paint(1, colours=[(200, 100, 50, 64)]), tmp_path / "a.mov")
    with av.open(str(tmp_path / "a.mov")) as container:
        frame = next(container.decode(video=0))
    assert frame.format.name.startswith("yuva444p")
    opacity = np.frombuffer(frame.planes[3], "<u2")[0]
    assert opacity / (4095 if "12" in frame.format.name else 1023) == pytest.approx(64 / 255, abs=0.01)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_the_index_is_in_front_so_that_it_plays_while_loading(paint, run, tmp_path, name):
    run(paint(3), tmp_path / name)
    data = (tmp_path / name).read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mov"])
def test_no_dates_and_no_versions(paint, run, tmp_path, name):
    run(paint(2), tmp_path / name)
    with av.open(str(tmp_path / name)) as container:
        tags = {**container.metadata, **container.streams.video[0].metadata}
    assert not [key for key in tags if "time" in key.lower() or "date" in key.lower()]
    assert not any(any(letter.isdigit() for letter in value) for key, value in tags.items() if key.lower() == "encoder")


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_less_quality_is_a_smaller_file(run, tmp_path, name):
    noise = np.random.default_rng(1).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    sizes = [
        run([tmp_path / "noise.png"] * 3, tmp_path / name, quality=quality, overwrite=True).bytes
        for quality in (0, 50, 100)
    ]
    assert sizes == sorted(sizes)
    assert sizes[2] > 2 * sizes[0]


def test_padding_repeats_the_last_column_and_row(run, decode, tmp_path):
    picture = np.zeros((3, 5, 3), np.uint8)
    picture[:, 4] = 255
    picture[2, :] = 255
    Image.fromarray(picture).save(tmp_path / "corner.png")
    run([tmp_path / "corner.png"], tmp_path / "a.mp4", quality=100)
    decoded = decode(tmp_path / "a.mp4")[0]
    assert decoded.shape == (4, 6, 3)
    assert decoded[:, 5].min() > 200
    assert decoded[3, :].min() > 200
    assert decoded[:2, :3].max() < 60
