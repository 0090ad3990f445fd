"""`keydream bench --quality` and `--long`: what is asked for is done, kept and told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.bench import lasting, quality
from studio.bench.lasting import Lasted
from studio.bench.quality import Case, Look
from studio.cli import run
from studio.evaluation.prompts import Prompt
from studio.project.model import Project

MIB = 1 << 20


@pytest.fixture
def dreamed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was dreamed both ways; Keydream is as good in half a second, and the plain loop needs five."""
    found: list[tuple[str, int]] = []

    class Contest:
        def __init__(
            self, toolbox: object, judge: Any, example: Project, others: Sequence[str], *, steps: int, rate: float
        ) -> None:
            assert judge.name == "starter-evaluator"
            assert (example.medium.kind, example.width) == ("vqgan", 256)
            assert len(others) > 99
            assert (steps, rate) == (quality.PLAIN_STEPS, quality.RATE)

        def case(self, project: Project, prompt: Prompt) -> Case:
            found.append((prompt.text, project.seed))
            plain, ours = (Look(1.0, 0.2), Look(5.0, 0.5)), (Look(0.5, 0.6), Look(2.0, 0.7))
            return Case(prompt.text, project.seed, plain, ours, 1, 0)

    monkeypatch.setattr(quality, "Contest", Contest)
    return found


def test_every_prompt_and_seed_is_dreamed_once(
    dreamed: list[tuple[str, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    asked = ["bench", "--quality", "--keep", str(kept), "--device", "cpu"]
    assert run([*asked, "--prompts", "2", "--seeds", "1"]) == 0
    said = capsys.readouterr()
    assert dreamed == [("an elephant on the beach", 0), ("a penguin in the snow", 0)]
    assert "medians of 2 pictures" in said.out
    assert "0.100 of the plain loop's time to its score" in said.out
    assert "2 of 2: a penguin in the snow, seed 0: plain 0.500 after 5.0 s" in said.err
    assert run([*asked, "--prompts", "2", "--seeds", "2", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert dreamed[2:] == [("an elephant on the beach", 1), ("a penguin in the snow", 1)]
    assert (figures["cases"], figures["ratio"], figures["plain_steps"]) == (4, 0.1, quality.PLAIN_STEPS)
    assert run([*asked, "--prompts", "1", "--seeds", "1"]) == 0  # fewer than are kept: nothing is dreamed
    assert len(dreamed) == 4
    assert "medians of 1 picture;" in capsys.readouterr().out


def test_what_was_kept_otherwise_is_not_mixed_in(
    dreamed: list[tuple[str, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = str(tmp_path / "kept.jsonl")
    assert run(["bench", "--quality", "--keep", kept, "--prompts", "1", "--seeds", "1"]) == 0
    assert run(["bench", "--quality", "--keep", kept, "--prompts", "1", "--steps", "7"]) != 0
    assert "another plain_steps" in capsys.readouterr().err
    assert len(dreamed) == 1


def test_more_prompts_than_ship_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--quality", "--prompts", "25"]) != 0
    assert "There are no 25 prompts" in capsys.readouterr().err


@pytest.mark.parametrize("way", ["--quality", "--long"])
def test_media_that_are_not_there_are_named(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", way, "--medium", "marble"]) != 0
    assert "There is no medium 'marble'" in capsys.readouterr().err


def test_a_dream_that_is_too_long_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--long", "--steps", "5001"]) != 0
    assert "5000 are the most" in capsys.readouterr().err


def ran(unit: str, last: int) -> Callable[..., Lasted]:
    def measured(toolbox: object, medium: str, count: int, report: Callable[[str], None]) -> Lasted:
        report(f"watching {count} {unit} of {medium}")
        return Lasted(f"{count} {unit}", unit, (1, 2, 3), (900 * MIB, 900 * MIB, last * MIB))

    return measured


@pytest.mark.parametrize(("last", "status", "word"), [(901, 0, "   flat: +1.0 MiB"), (999, 1, "   NOT flat: +99.0")])
def test_memory_that_grows_is_a_fault(
    last: int, status: int, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lasting, "steps", ran("steps", 900))
    monkeypatch.setattr(lasting, "frames", ran("frames", last))
    assert run(["bench", "--long", "--steps", "40", "--frames", "30"]) == status
    said = capsys.readouterr()
    assert word in said.out
    assert "40 steps: 900 MiB after 1 steps" in said.out
    assert "watching 30 frames of pixels" in said.err


def test_figures_of_a_long_run_are_printed_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lasting, "steps", ran("steps", 900))
    monkeypatch.setattr(lasting, "frames", ran("frames", 901))
    assert run(["bench", "--long", "--json"]) == 0
    dream, follow = json.loads(capsys.readouterr().out)
    assert dream["what"] == f"{lasting.STEPS} steps"
    assert (follow["growth"], follow["flat"]) == (MIB, True)
