"""Results as files, and sheets."""

from __future__ import annotations

import csv
import json

import pytest
from PIL import Image

from studio.base.errors import FileError, InputError
from studio.takes import results
from studio.takes.orders import Order, Settings
from studio.takes.results import Result


def result(folder, number, status="made", **fields):
    path = folder / f"{number}.png"
    if status != "failed":
        Image.new("RGB", (30, 20), (number % 256, 0, 0)).save(path)
    return Result(Order(number, str(number), Settings(f"prompt, {number}", seed=7)), status, path, **fields)


def test_results_come_back_from_both_files(tmp_path):
    error = InputError("It failed", "Because", "Do, this")
    rows = [result(tmp_path, 1, take="a" * 64, score=0.25), result(tmp_path, 2, "failed", error=error)]
    results.write(rows, tmp_path)
    found = json.loads((tmp_path / "results.json").read_text())
    assert (found["made"], found["failed"], found["there"]) == (1, 1, 0)
    assert [row["line"] for row in found["pictures"]] == [1, 2]
    assert found["pictures"][0] | {"take": "a" * 64, "score": 0.25, "error": None} == found["pictures"][0]
    assert found["pictures"][1]["error"] == {"what": "It failed", "why": "Because", "fix": "Do, this"}
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["prompt"] for row in table] == ["prompt, 1", "prompt, 2"]
    assert table[0]["score"] == "0.25"
    assert table[1]["error"] == "It failed. Because. Do, this."


def test_sheets_show_what_there_is(tmp_path):
    rows = [result(tmp_path, number, "failed" if number == 1 else "there") for number in range(results.SHEET + 2)]
    paths = results.write_sheets(rows, tmp_path)
    assert [path.name for path in paths] == ["contact-sheet.png", "contact-sheet-2.png"]
    with Image.open(paths[0]) as first, Image.open(paths[1]) as second:
        assert first.width > second.width
        assert first.height > second.height
    assert results.write_sheets([rows[1]], tmp_path) == ()


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="could not be written"):
        results.write([], tmp_path / "file")
