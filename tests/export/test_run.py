"""The matrix: every format, with odd sizes, odd rates and few frames, decoded again; and what may not be replaced."""

from __future__ import annotations

import weakref
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.base.cancel import never
from studio.base.errors import ExportError
from studio.base.progress import silent
from studio.export import FORMATS, ExportOptions, export, probe
from studio.export.ahead import WORKERS
from studio.export.frames import Frames

FILES = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov"]
TARGETS = [*FILES, "folder", "a_###.png"]
EVEN = {"a.mp4", "a.mov"}
TICK = {"a.gif": 0.005, "a.webp": 0.0005, "a.webm": 0.0015}
"""How far a duration may be from the exact one: half a tick; WebM rounds its start and its end."""


@pytest.mark.parametrize(
    ("count", "size", "rate"),
    [
        (1, (1, 1), Fraction(1, 3)),
        (1, (16, 16), Fraction(30000, 1001)),
        (2, (1, 7), Fraction(24)),
        (3, (33, 17), Fraction(24000, 1001)),
        (7, (16, 16), Fraction(25, 2)),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", TARGETS)
def test_what_is_decoded_is_what_was_exported(paint, run, tmp_path, name, count, size, rate):
    out = tmp_path / "out" / name
    exported = run(paint(count, size), out, rate)
    expected = tuple(side + side % 2 for side in size) if name in EVEN else size
    assert (exported.frames, exported.width, exported.height) == (count, *expected)
    assert abs(exported.seconds - count / rate) <= TICK.get(name, 0) + 1e-9
    if name in FILES:
        assert out.stat().st_size == exported.bytes
        found = probe(out)
        assert (found.frames, found.width, found.height) == (count, *expected)
        assert [path.name for path in out.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", FILES)
def test_colours_survive(paint, run, decode, colours, tmp_path, name):
    run(paint(5), tmp_path / name, quality=90)
    pictures = decode(tmp_path / name)
    assert len(pictures) == 5
    for picture, colour in zip(pictures, colours, strict=True):
        assert np.abs(picture.reshape(-1, 3) - np.array(colour, float)).max() <= 8


@pytest.mark.parametrize("name", TARGETS)
def test_equal_neighbours_stay_frames_of_their_own(paint, run, tmp_path, name):
    exported = run(paint(6, colours=[(9, 99, 199)]), tmp_path / name, 10)
    assert exported.frames == 6
    assert exported.seconds == pytest.approx(0.6, abs=0.0015)


@pytest.mark.parametrize("name", FILES)
def test_the_same_frames_give_the_same_bytes(paint, run, tmp_path, name):
    frames = paint(4)
    run(frames, tmp_path / "1" / name, project="{}")
    run(frames, tmp_path / "2" / name, project="{}")
    assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize("name", TARGETS)
def test_size_and_rate_can_be_overridden(paint, run, tmp_path, name):
    exported = run(paint(3), tmp_path / name, 24, size=(10, 6), rate=Fraction(5))
    assert (exported.width, exported.height) == (10, 6)
    assert exported.seconds == pytest.approx(0.6, abs=0.0015)


@pytest.mark.parametrize("folder", ["naïve 夢の国 🐉", "-a: b=c;d'e%d"])
@pytest.mark.parametrize("name", TARGETS)
def test_paths_of_every_kind(paint, run, tmp_path, folder, name):
    out = tmp_path / folder / f"{folder[:4]}{name}" if "." in name else tmp_path / folder / name
    exported = run(paint(2), out, project='{"a": 1}')
    assert exported.frames == 2


def test_a_relative_path_that_looks_like_a_protocol(paint, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(paint(1), Path("data:x.gif"))
    assert (tmp_path / "data:x.gif").is_file()


def test_padding_is_announced(paint, run, tmp_path):
    odd = run(paint(1, (5, 4)), tmp_path / "odd.mp4")
    even = run(paint(1, (6, 4)), tmp_path / "even.mp4")
    assert "5x4 was padded to 6x4" in odd.notes[0]
    assert even.notes == ()


def test_lost_transparency_is_announced(paint, run, tmp_path):
    frames = paint(1, colours=[(255, 0, 0, 128)])
    assert "no transparency" in run(frames, tmp_path / "a.gif").notes[0]
    assert run(frames, tmp_path / "a.webp").notes == ()


@pytest.mark.parametrize("name", TARGETS)
def test_progress_counts_every_frame_twice_and_reaches_the_end(paint, run, tmp_path, name):
    seen = []
    run(paint(3), tmp_path / name, report=seen.append)
    assert [report.done for report in seen] == [1, 2, 3, 4, 5, 6, 6]
    assert {report.total for report in seen} == {6}
    assert [report.label for report in seen] == ["encoding"] * 3 + ["checking"] * 3 + ["done"]


@pytest.mark.parametrize("name", FILES)
def test_an_existing_file_is_replaced_only_when_allowed(paint, run, tmp_path, name):
    out = tmp_path / name
    out.write_bytes(b"old")
    with pytest.raises(ExportError) as caught:
        run(paint(1), out)
    assert out.read_bytes() == b"old"
    assert "exists" in caught.value.why
    assert "overwriting" in caught.value.fix
    run(paint(1), out, overwrite=True)
    assert probe(out).frames == 1


def test_a_folder_is_never_replaced_by_a_file(paint, run, tmp_path):
    (tmp_path / "a.gif").mkdir()
    with pytest.raises(ExportError, match="A folder of that name exists"):
        run(paint(1), tmp_path / "a.gif", overwrite=True, format="gif")


@pytest.mark.parametrize("link", ["itself", "symlink", "hard link"])
def test_a_frame_is_never_replaced(paint, run, tmp_path, link):
    frames = paint(3)
    before = frames[1].read_bytes()
    out = tmp_path / "out.png"
    if link == "itself":
        out = frames[1]
    elif link == "symlink":
        out.symlink_to(frames[1])
    else:
        out.hardlink_to(frames[1])
    with pytest.raises(ExportError) as caught:
        run(frames, out, overwrite=True)
    assert "frame 1" in caught.value.why
    assert frames[1].read_bytes() == before


def test_too_large_for_the_format(paint, run, tmp_path):
    with pytest.raises(ExportError) as caught:
        run(paint(1), tmp_path / "a.webp", size=(16384, 2))
    assert "16384x2" in caught.value.what
    assert "16383" in caught.value.why


def test_memory_holds_few_frames_at_a_time(paint, tmp_path, monkeypatch):
    """Those that are read ahead, and those that are compressed: no list of pictures exists."""
    alive: weakref.WeakSet[np.ndarray] = weakref.WeakSet()
    most = 0
    read = Frames.read

    class Watched(np.ndarray):
        __hash__ = object.__hash__

        def __eq__(self, other):
            return self is other

    def counted(self, number):
        nonlocal most
        picture = read(self, number).view(Watched)
        alive.add(picture)
        most = max(most, len(alive))
        return picture

    monkeypatch.setattr(Frames, "read", counted)
    frames = paint(40)
    for name in ("a.gif", "a.webp", "a.apng", "a.mov", "folder"):
        most = 0
        export(frames, tmp_path / name, Fraction(24), settings=ExportOptions(), token=never(), report=silent)
        assert 1 <= most <= WORKERS + 6, name


def test_the_table_has_every_format_tested():
    assert len(FORMATS) == len(FILES) + 1
