"""`search` with the shipped perceptor: a folder of pictures, found by text and by picture."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.cli import run

COLOURS = {"red": (220, 30, 30), "blue": (30, 40, 220), "green": (40, 170, 50)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    for name, colour in COLOURS.items():
        Image.new("RGB", (70, 70), colour).save(folder / ("below" if name == "green" else "") / f"{name}.png")
    return folder


def ask(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["search", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_pictures_are_found_by_texts_and_by_a_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, folder, "a red background", "a green background", "--like", folder / "blue.png", "-n", 2)
    assert (found["pictures"], found["added"]) == (3, 3)
    red, green, like = found["results"]
    assert (red["text"], like["like"]) == ("a red background", str(folder / "blue.png"))
    best = [result["pictures"][0]["image"] for result in (red, green, like)]
    assert best == [str(folder / name) for name in ("red.png", "below/green.png", "blue.png")]
    assert like["pictures"][0]["cosine"] == pytest.approx(1, abs=1e-3)
    assert [len(result["pictures"]) for result in found["results"]] == [2, 2, 2]


def test_scores_are_those_of_the_score_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [result] = ask(capsys, folder, "a red background")["results"]
    assert run(["score", str(folder), "-p", "a red background", "--json"]) == 0
    scores = {row["image"]: row["cosine"]["a red background"] for row in json.loads(capsys.readouterr().out)["scores"]}
    assert {hit["image"]: hit["cosine"] for hit in result["pictures"]} == pytest.approx(scores, abs=3e-4)


def test_the_second_time_only_news_are_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(capsys, folder, "a red background")
    (folder / "blue.png").unlink()
    Image.new("RGB", (70, 70), (250, 240, 20)).save(folder / "yellow.png")
    stale = ask(capsys, folder, "a yellow background", "--no-update")
    assert (stale["pictures"], stale["added"]) == (3, 0)
    found = ask(capsys, folder, "a yellow background")
    assert (found["pictures"], found["added"], found["removed"]) == (3, 1, 1)
    assert found["results"][0]["pictures"][0]["image"] == str(folder / "yellow.png")


def test_tables_for_people_and_what_could_not_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.png").write_bytes(b"no picture")
    assert run(["search", str(folder), "a red background"]) == 0
    told = capsys.readouterr()
    assert "red.png" in told.out.replace("\n", "")
    assert "3 pictures" in told.out
    assert "bad.png" in told.err


def test_without_a_text_the_index_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", str(folder)]) == 0
    assert "3 pictures (3 new)" in capsys.readouterr().out


def test_a_sheet_shows_what_was_found(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.png"
    ask(capsys, folder, "a red background", "--sheet", sheet)
    with Image.open(sheet) as picture:
        assert picture.size[0] > 3 * 192
        assert picture.convert("RGB").getpixel((100, 100)) == COLOURS["red"]
    assert run(["search", str(folder), "a red background", "--sheet", str(sheet)]) == 1
    assert "was not replaced" in capsys.readouterr().err


def test_embeddings_can_be_exported(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(capsys, folder, "--npz", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as data:
        assert data["image_paths"].tolist() == ["below/green.png", "blue.png", "red.png"]
        assert data["images"].dtype == np.float16
        np.testing.assert_allclose(np.linalg.norm(data["images"].astype(float), axis=1), 1, atol=1e-3)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_utf8_are_found_and_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "red.png").rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png"))
    assert run(["search", str(folder), "a red background"]) == 0
    assert "caf�.png" in capsys.readouterr().out.replace("\n", "")
    [result] = ask(capsys, folder, "a red background", "-n", 1)["results"]
    assert os.fsencode(result["pictures"][0]["image"]).endswith(b"/caf\xe9.png")


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", str(tmp_path / "none"), "a dog"]) == 1
    assert "none" in capsys.readouterr().err
