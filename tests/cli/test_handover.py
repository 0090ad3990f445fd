"""`keydream handover` on the shipped models."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.cli import run
from studio.project.assets import resolve
from studio.project.model import Medium
from studio.project.store import load


def test_another_medium_goes_on_from_a_frame(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = project.read_text("utf-8").replace('"kind": "vqgan"', '"kind": "pixels"')
    project.write_text(text, "utf-8")
    new = tmp_path / "elsewhere" / "new.keydream"
    new.parent.mkdir()
    store = ["--store", str(tmp_path / "frames")]
    order = ["handover", str(project), "--frame", "0", "--medium", "fourier", "-o", str(new), *store]
    assert run(order) == 0
    assert "fourier begins the keyframe at 0 from pictures/pixels-0000" in capsys.readouterr().out
    made, old = load(new), load(project)
    assert (made.name, made.medium) == ("new", Medium("fourier"))
    key = made.timeline.prompts[0].track.keys[0]
    assert key.value.terms == old.timeline.prompts[0].track.keys[0].value.terms
    assert key.value.begin == "pixels-0000"
    assert resolve(new.parent, made.asset("pixels-0000")).is_file()
    assert run(["render", str(new), "--frames", "0:1", "-o", str(tmp_path / "frame.png"), *store]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("frame", "medium", "name", "words"),
    [
        ("0", "oil", "a.keydream", "no medium oil"),
        ("0", "fourier", "a.png", ".keydream"),
        ("99999", "fourier", "a.keydream", "no frame 99999"),
    ],
)
def test_what_cannot_be_handed_over_is_told(
    frame: str,
    medium: str,
    name: str,
    words: str,
    project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["handover", str(project), "--frame", frame, "--medium", medium, "-o", str(tmp_path / name)]) == 1
    assert words in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / name).exists()
