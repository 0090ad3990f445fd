"""`keydream scores`: on the samples' own frames, and where there is nothing to look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from studio.base import paths
from studio.cli import run
from studio.project import samples
from studio.project.store import load

Say = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One for all tests here: the scale of scores is found out once."""
    folder = tmp_path_factory.getbasetemp() / "scores"
    monkeypatch.setenv("KEYDREAM_HOME", str(folder))
    return folder


@pytest.fixture
def scores(capsys: pytest.CaptureFixture[str]) -> Say:
    def said(*arguments: object) -> dict[str, Any]:
        assert run(["scores", *map(str, arguments), "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return said


@pytest.mark.parametrize("name", ["first-walk", "first-follow", "four-seasons"])
def test_the_keyframes_own_prompts_win_at_their_keyframes(name: str, scores: Say) -> None:
    found = scores(name)
    assert (found["guide"], found["witness"], found["missing"]) == ("starter-clip", "starter-evaluator", 0)
    [track] = load(paths.samples() / f"{name}.keydream").timeline.prompts
    keys = {key.frame: key.value.terms[0].content.text for key in track.track.keys}  # type: ignore[union-attr]
    assert set(keys.values()) == set(found["prompts"])
    for frame, prompt in keys.items():
        for side in ("guide", "witness"):
            row = found["frames"][frame][side]
            assert found["prompts"][int(np.argmax(row["seen"]))] == prompt, (frame, side)
        assert found["frames"][frame]["guide"]["seen"][found["prompts"].index(prompt)] > 0.75


def test_a_moon_that_dissolves_is_a_warning_and_good_dreams_are_none(scores: Say, tmp_path: Path) -> None:
    [warning] = scores("first-follow", "--plot", tmp_path / "lines.png")["warnings"]
    assert warning["prompt"] == "a full moon on a starry night"
    assert warning["start"] >= 40
    assert warning["stop"] == 60
    with Image.open(tmp_path / "lines.png") as plot:
        assert plot.size[0] == 1200
    for name in ("first-walk", "four-seasons"):
        assert scores(name)["warnings"] == []


def test_it_says_so_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scores", "first-follow"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "CLIP is being fooled in frames" in said
    assert "fewer steps, more cutouts" in said


def test_another_witness_may_be_chosen_but_no_guide(scores: Say, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scores", "first-walk", "--witness", "starter-clip", "--json"]) == 1
    assert "cannot be the witness" in json.loads(capsys.readouterr().out)["error"]["what"]
    assert scores("first-walk", "--witness", "starter-evaluator")["witness"] == "starter-evaluator"


def test_a_project_without_frames_says_how_to_make_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.keydream"
    path.write_bytes((paths.samples() / "first-walk.keydream").read_bytes())
    assert samples.frames("first-walk")
    assert run(["scores", str(path), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert "None of its frames is rendered" in error["why"]
    assert "keydream render" in error["fix"]
