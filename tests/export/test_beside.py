"""An export beside a render: the bytes of one afterwards, whatever the order; given up, it leaves nothing."""

from __future__ import annotations

import errno
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import ExportError
from studio.base.progress import Progress, silent
from studio.export import Beside, Coming, ExportOptions, encode, read_embedded

TARGETS = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov", "folder", "a_###.png"]
SIZE = (16, 12)


def begun(out: Path, count: int, rate: int = 24, size: tuple[int, int] = SIZE, **options: object) -> Beside:
    settings = ExportOptions(**{"overwrite": True, **options})
    return Beside(Coming(count, size), out, Fraction(rate), settings=settings, project_json="{}")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)], ids=str)
@pytest.mark.parametrize("name", TARGETS)
def test_the_bytes_are_those_of_an_export_afterwards(paint, run, tmp_path, name, order):
    frames = paint(5)
    afterwards = run(frames, tmp_path / "afterwards" / name, project="{}")
    with begun(tmp_path / "beside" / name, 5) as export:
        for index in order:
            export.tell(index, frames[index])
        made = export.finish(never(), silent)
    assert contents(tmp_path / "beside") == contents(tmp_path / "afterwards")
    assert (made.frames, made.bytes, made.notes) == (afterwards.frames, afterwards.bytes, afterwards.notes)


@pytest.mark.parametrize("name", TARGETS)
def test_a_frame_may_come_late_and_equal_another(paint, run, tmp_path, name):
    frames = paint(2)
    played = [frames[0], frames[1], frames[1], frames[0]]
    run(played, tmp_path / "afterwards" / name, project="{}")
    with begun(tmp_path / "beside" / name, 4) as export:
        for index in (0, 1, 2):
            export.tell(index, played[index])
        assert not export.over
        export.tell(3, played[3])
        export.finish(never(), silent)
    assert contents(tmp_path / "beside") == contents(tmp_path / "afterwards")


def test_frames_that_the_film_does_not_show_are_waited_for(paint, tmp_path):
    """A GIF of 100 pictures per second drops every other one; all the same none may be what it replaces."""
    frames = paint(4)
    out = tmp_path / "a.gif"
    with begun(out, 4, rate=100) as export:
        for index in (0, 1, 2):
            export.tell(index, frames[index])
        assert not export.over
        export.tell(3, frames[3])
        assert export.finish(never(), silent).frames == 2


def test_nothing_is_there_before_the_first_frame(tmp_path):
    with begun(tmp_path / "out" / "a.gif", 2):
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", TARGETS)
def test_given_up_while_it_waits_it_leaves_nothing(paint, tmp_path, name):
    frames = paint(3)
    with pytest.raises(ZeroDivisionError), begun(tmp_path / "new" / "out" / name, 3) as export:
        export.tell(0, frames[0])
        raise ZeroDivisionError
    assert export.over
    assert not (tmp_path / "new").exists()
    with pytest.raises(Cancelled):
        export.finish(never(), silent)


@pytest.mark.parametrize("name", TARGETS)
def test_given_up_it_leaves_what_was_there(paint, run, tmp_path, name):
    frames = paint(3)
    run(frames, tmp_path / "out" / name, project="1")
    before = contents(tmp_path / "out")
    with begun(tmp_path / "out" / name, 3) as export:
        export.tell(2, frames[2])
        export.tell(0, frames[0])
    assert contents(tmp_path / "out") == before


def test_the_artist_stops_it_at_the_end(paint, tmp_path, monkeypatch):
    frames, token = paint(2), CancelToken()

    def goes_on_and_on(job, path):
        token.cancel()
        while True:
            job.meter.step("encoding")

    monkeypatch.setattr(encode, "_ENCODERS", {"gif": goes_on_and_on})
    with begun(tmp_path / "out" / "a.gif", 2) as export:
        export.tell(0, frames[0])
        export.tell(1, frames[1])
        with pytest.raises(Cancelled):
            export.finish(token, silent)
    assert not (tmp_path / "out").exists()


def test_a_fault_waits_for_the_end(paint, tmp_path, monkeypatch):
    frames = paint(3)
    failed = threading.Event()

    def full(job, path):
        failed.set()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(encode, "_ENCODERS", {"gif": full})
    with begun(tmp_path / "a.gif", 3) as export:
        export.tell(0, frames[0])
        assert failed.wait(10)
        export.tell(1, frames[1])
        export.tell(2, frames[2])
        with pytest.raises(ExportError, match="The disk is full"):
            export.finish(never(), silent)
    assert not (tmp_path / "a.gif").exists()


def test_a_disk_that_is_full_is_free_again_before_the_next_frame_comes(paint, tmp_path, monkeypatch):
    """Who waits for frames holds no thread that reads, so what was written is gone at once."""
    frames = paint(6)
    gif = encode._ENCODERS["gif"]
    ended = threading.Event()

    def full(job, path):
        def report(label):
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(job.meter, "step", report)
        try:
            return gif(job, path)
        finally:
            ended.set()

    monkeypatch.setattr(encode, "_ENCODERS", {"gif": full})
    with begun(tmp_path / "a.gif", 30) as export:
        for index, path in enumerate(frames):
            export.tell(index, path)
        assert ended.wait(10)


@pytest.mark.parametrize("link", ["itself", "symlink", "hard link"])
@pytest.mark.parametrize("late", [False, True], ids=["there before", "made meanwhile"])
def test_a_frame_is_never_replaced(paint, tmp_path, link, late):
    frames = paint(3)
    before = frames[1].read_bytes()
    out = frames[1] if link == "itself" else tmp_path / "out" / "out.png"
    (tmp_path / "out").mkdir()

    def make():
        if link == "symlink":
            out.symlink_to(frames[1])
        elif link == "hard link":
            out.hardlink_to(frames[1])

    if not late:
        make()
    with begun(out, 3) as export:
        export.tell(0, frames[0])
        if late:
            make()
        export.tell(2, frames[2])
        export.tell(1, frames[1])
        with pytest.raises(ExportError, match="It would replace frame 1 of this very export"):
            export.finish(never(), silent)
    assert frames[1].read_bytes() == before
    assert len(list(frames[1].parent.iterdir())) == 3
    assert len(list((tmp_path / "out").iterdir())) == (link != "itself")


def test_a_folder_of_frames_is_never_replaced(paint, tmp_path):
    frames = [path.rename(path.with_name(f"frame_{number:04d}.png")) for number, path in enumerate(paint(2))]
    with begun(frames[0].parent, 2) as export:
        export.tell(0, frames[0])
        export.tell(1, frames[1])
        with pytest.raises(ExportError, match="It would replace frame 0"):
            export.finish(never(), silent)
    assert all(path.is_file() for path in frames)


def test_what_came_meanwhile_among_a_sequence_is_seen(paint, tmp_path):
    frames = paint(2)
    (tmp_path / "out").mkdir()
    with begun(tmp_path / "out" / "a_###.png", 2, overwrite=False) as export:
        export.tell(0, frames[0])
        (tmp_path / "out" / "a_001.png").write_text("mine")
        export.tell(1, frames[1])
        with pytest.raises(ExportError, match="exist already"):
            export.finish(never(), silent)
    assert contents(tmp_path / "out") == {"a_001.png": b"mine"}


def test_what_can_be_refused_is_refused_before_there_is_a_frame(tmp_path):
    (tmp_path / "a.gif").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    for name, words, options in (
        ("a.xyz", "No format", {}),
        ("a.gif", "A folder of that name", {"format": "gif"}),
        ("other", "holds other files", {}),
        ("a.webp", "at most 16383", {"size": (16384, 2)}),
    ):
        with pytest.raises(ExportError, match=words):
            begun(tmp_path / name, 2, **options)


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.mov", "folder"])
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "Frame 1 is missing"),
        ("no picture", "Frame 1 cannot be read"),
        ("another size", "Frame 1 has another size"),
        ("transparent", "it has transparency"),
    ],
)
def test_a_bad_frame_is_named_when_it_comes(paint, tmp_path, name, kind, words):
    frames = paint(2)
    if kind == "missing":
        frames[1].unlink()
    elif kind == "no picture":
        frames[1].write_bytes(b"GIF89a")
    else:
        size = (3, 3) if kind == "another size" else SIZE
        Image.new("RGBA" if kind == "transparent" else "RGB", size, (1, 2, 3, 4)[: 4 if kind[0] == "t" else 3]).save(
            frames[1]
        )
    with begun(tmp_path / "out" / name, 2) as export:
        export.tell(0, frames[0])
        export.tell(1, frames[1])
        with pytest.raises(ExportError, match=words):
            export.finish(never(), silent)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own, or are given none")
def test_it_takes_what_the_render_leaves(paint, tmp_path, monkeypatch):
    gif, here = encode._ENCODERS["gif"], os.getpriority(os.PRIO_PROCESS, 0)
    there: list[int] = []

    def seen(job, path):
        there.append(os.getpriority(os.PRIO_PROCESS, 0))
        with ThreadPoolExecutor() as pool:
            there.append(pool.submit(os.getpriority, os.PRIO_PROCESS, 0).result())
        return gif(job, path)

    monkeypatch.setattr(encode, "_ENCODERS", {"gif": seen})
    with begun(tmp_path / "a.gif", 1) as export:
        export.tell(0, paint(1)[0])
        export.finish(never(), silent)
    assert there == [min(19, here + 10)] * 2
    assert os.getpriority(os.PRIO_PROCESS, 0) == here


def test_progress_is_told_of_what_is_left(paint, tmp_path):
    frames = paint(2)
    seen: list[Progress] = []
    with begun(tmp_path / "a.gif", 2) as export:
        export.tell(0, frames[0])
        export.tell(1, frames[1])
        export.finish(never(), seen.append)
        assert export.over
    assert seen[0].total == 4
    assert [report.done for report in seen] == sorted(report.done for report in seen)
    assert read_embedded(tmp_path / "a.gif") == "{}"
