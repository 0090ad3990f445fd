"""`score` with the shipped perceptor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli import run


def test_a_red_picture_is_red(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["a red background", "a blue background", "a starry night sky"]
    arguments = [part for text in texts for part in ("--prompt", text)]
    assert run(["score", str(red), *arguments, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["scores"]
    assert max(row["cosine"], key=row["cosine"].get) == texts[0]
    assert sum(row["probability"].values()) == pytest.approx(1)


def test_a_table_for_people(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(red), "--prompt", "a red background"]) == 0
    assert "100.0%" in capsys.readouterr().out


def test_a_missing_and_a_broken_picture_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(tmp_path / "none.png"), "--prompt", "a dog"]) == 1
    assert "none.png" in capsys.readouterr().err.replace("\n", "")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    assert run(["score", str(tmp_path / "bad.png"), "--prompt", "a dog"]) == 1
    assert "bad.png" in capsys.readouterr().err.replace("\n", "")
