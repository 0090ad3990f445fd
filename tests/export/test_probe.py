"""The probe finds what is wrong with a file, whichever decoder reads it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from PIL import Image

from studio.base.errors import ExportError
from studio.export import probe as measure
from studio.export.job import Written
from studio.export.probe import check

FILES = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov"]
GOOD = Written(4, 16, 12, Fraction(1, 2))


@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_what_was_written_passes(paint, run, tmp_path, name):
    run(paint(4), tmp_path / name, 8)
    found = check(tmp_path / name, GOOD, name)
    assert (found.frames, found.width, found.height) == (4, 16, 12)
    assert found.seconds == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"frames": 5}, "4 frames instead of 5"),
        ({"width": 18}, "16 pixels across instead of 18"),
        ({"height": 10}, "12 pixels down instead of 10"),
        ({"seconds": Fraction(6, 10)}, "0.500 s instead of 0.600 s"),
    ],
)
@pytest.mark.parametrize("name", FILES)
def test_what_differs_is_told(paint, run, tmp_path, name, wrong, told):
    run(paint(4), tmp_path / name, 8)
    with pytest.raises(ExportError) as caught:
        check(tmp_path / name, replace(GOOD, **wrong), "the film")
    assert caught.value.what == "the film came out wrong"
    assert told in caught.value.why
    assert "Nothing was kept" in caught.value.fix


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP", b"\0\0\0\x08ftyp", b"?"]
)
def test_what_does_not_decode_is_told(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ExportError, match=r"the film came out broken\. It cannot be decoded"):
        check(tmp_path / "a", GOOD, "the film")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_a_file_does_not_pass(run, tmp_path, name, share):
    frames = []
    for number in range(4):
        frames.append(tmp_path / f"{number}.png")
        Image.effect_noise((16, 12), 90 + number).convert("RGB").save(frames[-1])
    run(frames, tmp_path / name, 8)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ExportError, match="came out"):
        check(tmp_path / name, GOOD, "the film")


def test_every_picture_is_counted_once(paint, run, tmp_path):
    for name in FILES:
        run(paint(4), tmp_path / name)
        steps = []
        measure(tmp_path / name, step=lambda steps=steps: steps.append(1))
        assert len(steps) == 4


def test_a_folder_of_several_sizes_does_not_pass(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "0.png")
    Image.new("RGB", (3, 2)).save(tmp_path / "1.png")
    with pytest.raises(ValueError, match="several sizes"):
        measure(tmp_path)


def test_an_empty_folder_does_not_pass(tmp_path):
    with pytest.raises(ValueError, match="no pictures"):
        measure(tmp_path)
