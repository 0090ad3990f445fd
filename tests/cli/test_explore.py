"""`keydream explore` on the shipped models, small enough for every run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from studio.cli import run
from studio.export import read_embedded
from studio.project.format import loads

SMALL = ["--medium", "pixels", "--start", "noise", "--steps", "2", "--side", "32", "--count", "5"]


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_drafts_come_onto_a_sheet_that_carries_its_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert run(["explore", "a red apple", "-o", str(out), *SMALL, "--size", "64x48", "--json"]) == 0
    found = told(capsys)
    assert [draft["label"] for draft in found["drafts"]] == [f"seed {seed}" for seed in range(5)]
    assert (found["made"], found["failed"]) == (5, [])
    with Image.open(found["drafts"][0]["picture"]) as draft:
        assert draft.size == (40, 32)
    with Image.open(out) as sheet:
        sheet.load()
        assert sheet.width > 4 * 192
    project = loads(read_embedded(out) or "", source="sheet")
    assert (project.width, project.height, project.medium.kind) == (64, 48, "pixels")


def test_the_same_again_is_found_and_the_sheet_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "sheet.png")
    run(["explore", "a red apple", "-o", out, *SMALL, "--json"])
    first = told(capsys)
    assert run(["explore", "a red apple", "-o", out, *SMALL, "--json"]) == 0
    again = told(capsys)
    assert again["made"] == 0
    assert [draft["key"] for draft in again["drafts"]] == [draft["key"] for draft in first["drafts"]]
    assert run(["explore", "a red apple", "-o", out, *SMALL]) == 0
    assert "5 drafts" in (said := capsys.readouterr().out)
    assert "5 were there" in said


def test_alternatives_are_words_to_vary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["explore", "a {red|blue} fish", "-o", str(tmp_path / "sheet.png"), *SMALL, "--json"])
    found = [(draft["prompt"], draft["seed"]) for draft in told(capsys)["drafts"]]
    assert found[:3] == [("a red fish", 0), ("a blue fish", 0), ("a red fish", 1)]


def test_weights_are_varied_where_asked_and_others_come_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = []
    for first in ("0", "5"):
        out = str(tmp_path / f"{first}.png")
        run(["explore", "a fish | sand:0.5", "-o", out, *SMALL, "--by", "weights", "--first", first, "--json"])
        labels += [draft["label"] for draft in told(capsys)["drafts"]]
    assert labels[0] == "as it is"
    assert len(set(labels)) == 10


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["a fish", "-o", "sheet.jpg"], "PNG picture"),
        (["a fish", "-o", "sheet.png", "--by", "sizes"], "seeds, words, weights"),
        (["a {red|blue fish", "-o", "sheet.png"], "alternatives"),
        (["a fish", "-o", "sheet.png", "--medium", "oil"], "no medium"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_loaded(
    arguments: list[str],
    fault: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["explore", *arguments]) == 1
    assert fault in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_is_not_ours_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "holiday.png"
    Image.new("RGB", (8, 8)).save(out)
    before = out.read_bytes()
    assert run(["explore", "a fish", "-o", str(out), *SMALL]) == 1
    assert "did not make it" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_drafts_that_fail_are_told_and_the_others_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = " ".join(["word"] * 400)
    out = tmp_path / "sheet.png"
    assert run(["explore", f"a {{fish|{long}}}", "-o", str(out), *SMALL, "--count", "2"]) == 1
    heard = capsys.readouterr()
    assert "failed" in heard.err
    assert out.is_file()
