"""`keydream svg` on the shipped models."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio.cli import run
from studio.export import read_embedded


def test_a_still_of_strokes_becomes_a_drawing_that_carries_its_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    still, out = tmp_path / "still.png", tmp_path / "still.svg"
    store = ["--store", str(tmp_path / "frames")]
    medium = ["--medium", "strokes", "--start", "noise", "--size", "32x48", "--steps", "1"]
    assert run(["still", "a red apple", "-o", str(still), *medium, *store]) == 0
    capsys.readouterr()
    assert run(["svg", str(still), "-o", str(out), *store]) == 0
    assert "1 frame of 32x48" in (told := capsys.readouterr().out)
    assert "rendered 0" in told
    assert out.read_text("utf-8").count("<path") > 200
    assert read_embedded(out) == read_embedded(still)
    assert run(["svg", str(out), "-o", str(out), *store]) == 0, "its own file is replaced"
    with Image.open(still) as picture:
        assert picture.size == (32, 48)


@pytest.mark.parametrize(
    ("medium", "name", "words"), [("pixels", "a.svg", "Only strokes are drawings"), ("strokes", "a.png", ".svg")]
)
def test_what_is_no_drawing_is_told(
    medium: str, name: str, words: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = project.read_text("utf-8").replace('"kind": "vqgan"', f'"kind": "{medium}"')
    assert f'"kind": "{medium}"' in text
    project.write_text(text, "utf-8")
    assert run(["svg", str(project), "-o", str(tmp_path / name)]) == 1
    assert words in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / name).exists()
