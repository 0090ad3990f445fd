from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio.base import paths
from studio.base.errors import FileError
from studio.project import samples, store


def test_every_sample_opens_and_has_as_many_shipped_pictures_as_frames(home: Path) -> None:
    assert samples.names()[0] == "first-walk"
    for name in samples.names():
        project = store.load(paths.samples() / f"{name}.keydream")
        pictures = samples.frames(name)
        assert len(pictures) == project.timeline.length
        with Image.open(pictures[0]) as picture:
            assert picture.size == (project.width, project.height)


def test_pictures_are_unpacked_once_and_debris_is_completed(home: Path) -> None:
    first = samples.frames("first-walk")
    assert samples.frames("first-walk") == first
    before = first[3].stat().st_mtime_ns
    (first[0].parent / "ready").unlink()
    first[3].unlink()
    again = samples.frames("first-walk")
    assert again == first
    assert again[3].stat().st_mtime_ns != before


def test_a_damaged_animation_is_said(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "odd.webp").write_bytes(b"RIFF????WEBP")
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    assert samples.frames("nothing") == ()
    with pytest.raises(FileError, match="odd cannot be shown"):
        samples.frames("odd")
