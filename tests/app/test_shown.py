from __future__ import annotations

from pathlib import Path

import pytest

from studio.app import shown
from studio.base import paths


def picture(name: str) -> Path:
    path = paths.cache_dir() / "frames" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_pictures_come_back_as_far_as_they_exist(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "a.keydream"
    one, two = picture("1.png"), picture("2.png")
    shown.keep(project, {0: one, 7: two})
    assert shown.recall(project) == {0: one, 7: two}
    two.unlink()
    assert shown.recall(project) == {0: one}
    assert shown.recall(tmp_path / "b.keydream") == {}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"frames": {"x": "y"}}', '{"frames": {"-1": "/etc/passwd"}}', '{"frames": {"1": "/etc/passwd"}}'],
)
def test_a_damaged_or_hostile_note_is_nothing(home: Path, tmp_path: Path, text: str) -> None:
    project = tmp_path / "a.keydream"
    shown.keep(project, {})
    (file,) = (paths.cache_dir() / "shown").iterdir()
    file.write_text(text)
    assert shown.recall(project) == {}


def test_a_disk_that_refuses_is_no_fault(home: Path, tmp_path: Path) -> None:
    paths.cache_dir().mkdir(parents=True)
    (paths.cache_dir() / "shown").write_text("in the way")
    shown.keep(tmp_path / "a.keydream", {})
    assert shown.recall(tmp_path / "a.keydream") == {}
