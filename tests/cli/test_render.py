"""`render`, `still` and `export` on the shipped models, small enough for every run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from studio.cli import run
from studio.export import read_embedded


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out)


def test_a_second_render_reuses_every_frame(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "a.gif", tmp_path / "b.gif"
    assert run(["render", str(project), "-o", str(first), "--json"]) == 0
    made = told(capsys)
    assert (made["frames"], made["rendered"], made["reused"]) == (4, 4, 0)
    assert (made["width"], made["height"], made["seconds"]) == (64, 64, 0.4)
    assert run(["render", str(project), "-o", str(second), "--json"]) == 0
    assert (again := told(capsys))["rendered"] == 0
    assert again["reused"] == 4
    assert first.read_bytes() == second.read_bytes()


def test_an_edit_of_the_last_keyframe_leaves_the_first_alone(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["render", str(project), "-o", str(tmp_path / "a.gif"), "--frames", "0:2", "--json"])
    capsys.readouterr()
    project.write_text(project.read_text().replace("a blue fish", "a yellow sun"))
    run(["render", str(project), "-o", str(tmp_path / "b.gif"), "--frames", "0:1", "--json"])
    assert told(capsys)["rendered"] == 0


def test_an_export_rebuilds_its_project(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "a.mp4"
    run(["render", str(project), "-o", str(film), "--json"])
    capsys.readouterr()
    assert "a blue fish" in (read_embedded(film) or "")
    assert run(["render", str(film), "-o", str(tmp_path / "b.webm"), "--json"]) == 0
    assert told(capsys)["reused"] == 4


def test_export_needs_rendered_frames(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.webp"
    assert run(["export", str(project), "-o", str(out)]) == 1
    assert not out.exists()
    assert "keydream render" in capsys.readouterr().err
    run(["render", str(project), "-o", str(tmp_path / "a.gif")])
    assert run(["export", str(project), "-o", str(out)]) == 0
    with Image.open(out) as film:
        assert film.n_frames == 4


def test_a_draft_is_half_the_size(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["render", str(project), "-o", str(tmp_path / "a.gif"), "--frames", "0:1", "--draft", "--json"])
    assert (found := told(capsys))["width"] == 32
    assert found["height"] == 32


def test_a_still_is_a_picture_that_carries_its_prompt(tmp_path: Path) -> None:
    out = tmp_path / "still.png"
    arguments = [
        "still",
        "a red apple | blur:-0.5",
        "-o",
        str(out),
        "--steps",
        "2",
        "--size",
        "48x32",
        "--medium",
        "pixels",
    ]
    assert run(arguments) == 0
    with Image.open(out) as picture:
        assert picture.size == (48, 32)
    assert "a red apple" in (read_embedded(out) or "")


def test_a_still_names_its_model_and_its_guide(tmp_path: Path) -> None:
    out = tmp_path / "still.png"
    size = ["--steps", "0", "--size", "32x32", "-o", str(out)]
    named = ["--medium", "vqgan", "--model", "starter-vqgan", "--perceptor", "starter-evaluator"]
    assert run(["still", "a red apple", *named, *size]) == 0
    project = json.loads(read_embedded(out) or "")
    assert project["medium"]["model"] == "starter-vqgan"
    assert project["perceptors"] == [{"model": "starter-evaluator"}]


def test_another_seed_is_another_picture(tmp_path: Path) -> None:
    pictures = []
    for seed in ("1", "2", "1"):
        out = tmp_path / "still.png"
        run(["still", "a red apple", "-o", str(out), "--steps", "1", "--size", "32x32", "--seed", seed])
        with Image.open(out) as picture:
            pictures.append(picture.convert("RGB").tobytes())
    assert pictures[0] == pictures[2] != pictures[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "no-such-sample", "-o", "x.gif"], "no-such-sample"),
        (["render", "{project}", "-o", "x.xyz"], ".xyz"),
        (["render", "{project}", "-o", "x.gif", "--frames", "3:9"], "4 frames"),
        (["render", "{project}", "-o", "x.gif", "--size", "huge"], "256x256"),
        (["render", "{project}", "-o", "x.gif", "--size", "9x9"], "9x9"),
        (["render", "{project}", "-o", "x.gif", "--device", "abacus"], "abacus"),
        (["render", "{red}", "-o", "x.gif"], "no project is embedded"),
        (["still", "a red apple", "-o", "x.jpg"], ".png"),
        (["still", "a red apple", "-o", "x.png", "--medium", "clay"], "clay"),
        (["still", " ", "-o", "x.png"], "prompt"),
        (["still", "octopus " * 40, "-o", "x.png"], "too long"),
        (["still", "a red apple:nan", "-o", "x.png"], "nan"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    arguments: list[str],
    words: str,
    project: Path,
    red: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run([argument.format(project=project, red=red) for argument in arguments]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("Error: ")
    assert words in told
    assert not list(folder.iterdir())


def test_what_keydream_did_not_make_is_not_replaced(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "holiday.gif"
    out.write_bytes(b"my only holiday film")
    assert run(["render", str(project), "-o", str(out)]) == 1
    assert out.read_bytes() == b"my only holiday film"
    assert "--force" in capsys.readouterr().err
    assert run(["render", str(project), "-o", str(out), "--force"]) == 0
    assert run(["render", str(project), "-o", str(out)]) == 0


def test_an_output_that_cannot_be_written_loses_no_frame(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(["render", str(project), "-o", str(tmp_path / "file" / "a.gif")]) == 1
    assert "not a folder" in capsys.readouterr().err
    assert run(["render", str(project), "-o", str(tmp_path / "a.gif"), "--json"]) == 0
    assert told(capsys)["reused"] == 4


def test_a_still_takes_options_of_its_medium(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.png"
    asked = ["still", "a red apple", "-o", str(out), "--medium", "palette", "--steps", "1", "--size", "64x64", "--json"]
    assert run([*asked, "--option", "colours=3", "--option", "cells=8"]) == 0
    capsys.readouterr()
    with Image.open(out) as picture:
        assert len(picture.convert("RGB").getcolors()) <= 3
        assert picture.getpixel((0, 0)) == picture.getpixel((7, 7)), "a big pixel has 8 x 8 small ones"
    assert '"options": {"cells": 8, "colours": 3}' in (read_embedded(out) or "")
    assert run([*asked, "--option", "colours=1"]) == 1
    assert "colours must be a whole number, 2 to 256" in capsys.readouterr().err
