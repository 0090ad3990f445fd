"""`keydream render` encodes while it renders: the same file, no frame lost, nothing left of what was stopped."""

from __future__ import annotations

import errno
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.base import paths
from studio.base.errors import RenderError
from studio.cli import render, run
from studio.cli.exporting import told
from studio.export import encode
from studio.render.events import Event, FrameDone, RenderDone
from studio.timeline.time import FrameRange


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stored() -> list[Path]:
    return sorted((paths.cache_dir() / "frames").rglob("*.png"))


def at_the_second_frame(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen when a render tells of its second frame."""
    follow = render.follow

    def watched(events: Iterator[Event]) -> object:
        def seen() -> Iterator[Event]:
            frames = 0
            for event in events:
                yield event
                frames += isinstance(event, FrameDone)
                if isinstance(event, FrameDone) and frames == 2:
                    happens()

        return follow(seen())

    monkeypatch.setattr(render, "follow", watched)


@pytest.mark.parametrize("name", ["a.gif", "a.mp4", "a_##.png", "folder"])
def test_the_file_is_the_one_of_an_export_afterwards(project: Path, tmp_path: Path, name: str) -> None:
    assert run(["render", str(project), "-o", str(tmp_path / "1" / name)]) == 0
    assert run(["export", str(project), "-o", str(tmp_path / "2" / name)]) == 0
    assert run(["render", str(project), "-o", str(tmp_path / "3" / name)]) == 0
    made = contents(tmp_path / "1")
    assert made
    assert contents(tmp_path / "2") == contents(tmp_path / "3") == made


@pytest.mark.parametrize("mode", ["walk", "follow"])
def test_a_part_of_the_timeline_and_a_draft(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    project.write_text(project.read_text().replace('"walk"', f'"{mode}"'))
    part = [str(project), "--frames", "2:4", "--draft", "-o"]
    assert run(["render", *part, str(tmp_path / "a.gif"), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["frames"], made["width"], made["seconds"]) == (2, 32, 0.2)
    assert run(["export", *part, str(tmp_path / "b.gif")]) == 0
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


def test_an_export_that_fails_loses_no_frame(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(job: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(encode, "_ENCODERS", {"gif": full})
        assert run(["render", str(project), "-o", str(tmp_path / "out" / "a.gif"), "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["why"] == "The disk is full"
    assert "The disk is full" in said.err
    assert not (tmp_path / "out").exists()
    assert run(["render", str(project), "-o", str(tmp_path / "a.gif"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rendered"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_render_that_is_stopped_leaves_nothing_but_its_frames(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
) -> None:
    with monkeypatch.context() as patch:
        at_the_second_frame(patch, lambda: signal.raise_signal(number))
        assert run(["render", str(project), "-o", str(tmp_path / "out" / "a.gif")]) == 130
    assert "Stopped" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert len(stored()) >= 2
    assert run(["render", str(project), "-o", str(tmp_path / "out" / "a.gif"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reused"] >= 2


def test_what_ended_the_render_is_told_and_not_the_export(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks() -> None:
        raise RenderError("The graphics processor stopped working", "for a test", "Render again")

    assert run(["render", str(project), "-o", str(tmp_path / "out" / "a.gif"), "--frames", "0:1"]) == 0
    before = contents(tmp_path / "out")
    capsys.readouterr()
    at_the_second_frame(monkeypatch, breaks)
    assert run(["render", str(project), "-o", str(tmp_path / "out" / "a.gif"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["why"] == "for a test"
    assert contents(tmp_path / "out") == before


def test_what_can_be_refused_is_refused_before_the_first_step(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert run(["render", str(project), "-o", str(tmp_path / "out"), "--force"]) == 1
    assert "holds other files" in " ".join(capsys.readouterr().err.split())
    assert stored() == []


def test_one_of_the_frames_is_no_target(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", str(project), "-o", str(tmp_path / "a.gif")]) == 0
    before = contents(paths.cache_dir() / "frames")
    frame = stored()[0]
    assert run(["render", str(project), "-o", str(frame), "--force"]) == 1
    assert "of this very export" in " ".join(capsys.readouterr().err.split())
    assert contents(paths.cache_dir() / "frames") == before


def test_frames_are_told_by_their_place_among_those_asked_for() -> None:
    class Told:
        def __init__(self) -> None:
            self.frames: list[tuple[int, Path]] = []

        def tell(self, index: int, path: Path) -> None:
            self.frames.append((index, path))

    export = Told()
    a, b = Path("a.png"), Path("b.png")
    events: list[Event] = [
        FrameDone(4, "0", b, "", reused=False, asked=False),
        FrameDone(6, "1", a, "", reused=False),
        FrameDone(5, "2", b, "", reused=True),
        RenderDone((b, a), 1, 0.0),
    ]
    assert list(told(iter(events), export, FrameRange(5, 7))) == events
    assert export.frames == [(1, a), (0, b)]
