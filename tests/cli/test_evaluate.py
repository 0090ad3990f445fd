"""`keydream evaluate`: figures and sheets in a folder, and refusals before any work."""

from __future__ import annotations

import json

import pytest
import torch
from PIL import Image

from studio.cli import run


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    torch.set_num_threads(1)


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text("an octopus | on a starry night\na red apple | in the grass\n")
    return path


def evaluated(tmp_path, prompts, *arguments: str) -> int:
    return run(["evaluate", "--prompts", str(prompts), "-o", str(tmp_path / "out"), *arguments])


@pytest.mark.slow
def test_pictures_are_made_and_judged(tmp_path, prompts, capfd):
    assert evaluated(tmp_path, prompts, "--size", "64x64", "--steps", "1", "--json") == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["medium"] == "collage"
    assert figures["made"]["object"]["pictures"] == 2
    assert figures["made"]["object"]["at5"] == 1
    assert figures["seconds_a_picture"] > 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "001.png", "002.png", "blind.png", "captioned.png", "evaluation.json",
    }  # fmt: skip


def test_pictures_from_elsewhere_are_judged_and_wrong_ones_do_not_pass(tmp_path, prompts, capfd):
    (tmp_path / "mine").mkdir()
    for name in ("a", "b"):
        Image.new("RGB", (32, 32), "grey").save(tmp_path / "mine" / f"{name}.png")
    assert evaluated(tmp_path, prompts, "--pictures", str(tmp_path / "mine"), "--no-reals") == 0
    assert "seconds" not in capfd.readouterr().out
    kept = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert kept["guides"] == []
    assert "real" not in kept


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--evaluator", "starter-clip"], "cannot judge these pictures"),
        (["--perceptor", "starter-evaluator"], "cannot judge these pictures"),
        (["--perceptor", "nobody"], "no clip model called 'nobody'"),
        (["--evaluator", "nobody"], "no clip model called 'nobody'"),
        (["--medium", "oil"], "There is no medium 'oil'"),
        (["--size", "x"], "cannot be used"),
        (["--pictures", "nowhere"], "cannot be read"),
        (["--pictures", "."], "do not match"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(tmp_path, prompts, capfd, arguments, said, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert evaluated(tmp_path, prompts, *arguments) == 1
    assert said in " ".join(capfd.readouterr().err.split())
    assert not (tmp_path / "out").exists()
