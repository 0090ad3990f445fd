"""`keydream bench`: what it prints is what it measured, and what it cannot measure it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.bench import steps, workloads, workshop
from studio.bench.ceilings import Ceilings
from studio.bench.steps import Measured
from studio.cli import run

PARTS = {"canvas": 1.0, "perceptors": 0.5, "cutouts": 0.25, "optimiser and guards": 0.125, "rest": 0.125}


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(work: workloads.Workload, device: object, best: Ceilings, precision: str, **wanted: Any) -> Measured:
        assert best.products["fp32"] > 0
        taken = 2.0 * wanted["steps"]
        curves = {"losses": [2.0, 1.0], "reference_losses": [2.0, 1.5]}
        return Measured(work.name, work.title, precision, taken, 4.0, 9.0, 0.5, None, None, PARTS, **curves)

    def generation(setup: str, device: object, best: Ceilings, precision: str, **wanted: Any) -> Measured:
        assert wanted["referred"] is False
        return Measured("C", setup, precision, 3.0, None, 9.0, 0.5, None, None, PARTS, [1.0, 2.0], unit="generation")

    monkeypatch.setattr(steps, "measure", measure)
    monkeypatch.setattr(workshop, "measure", generation)
    monkeypatch.setattr(workshop, "workshop", lambda: "the workshop's")


def test_workloads_are_measured_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["bench", "--workload", "E", "--precision", "fp32", "--device", "cpu"]
    assert run([*asked, "--steps", "1", "--json"]) == 0
    earlier = tmp_path / "earlier.json"
    earlier.write_text(capsys.readouterr().out, encoding="utf-8")
    assert list(json.loads(earlier.read_text("utf-8"))["workloads"]) == ["E"]
    assert run([*asked, "--steps", "2", "--compare", str(earlier)]) == 0
    told = capsys.readouterr().out
    assert "4.000 s a step" in told
    assert "E  seconds: 2.00 of what it was" in told
    assert "cutouts 12 %, optimiser and guards 6 %, rest 6 %" in told


def test_ten_steps_are_taken_where_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--workload", "E", "--precision", "fp32"]) == 0
    assert "20.000 s a step" in capsys.readouterr().out


def test_a_generation_stands_in_the_same_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--workload", "EC", "--precision", "fp32", "--no-reference"]) == 0
    told = capsys.readouterr().out
    assert "C  the workshop's, in fp32" in told
    assert "3.000 s a generation" in told
    assert "E  starter VQGAN" in told


def test_loss_curves_are_shown_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "curves.svg"
    assert run(["bench", "--workload", "E", "--precision", "fp32", "--curves", str(path)]) == 0
    told = capsys.readouterr().out
    assert "Keydream   █▁  2.0000 to 1.0000" in told
    assert "reference  █▅  2.0000 to 1.5000" in told
    assert path.read_text("utf-8").count("<polyline") == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workload", "AX"], "There is no workload 'X'"),
        (["--precision", "fp7"], "There is no precision 'fp7'"),
        (["--compare", "nowhere.json"], "nowhere.json could not be read"),
    ],
)
def test_what_cannot_be_measured_is_named(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", *options]) != 0
    assert words in capsys.readouterr().err
