"""`keydream bench`: what it prints is what it measured, and what it cannot measure it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.bench import steps, workloads
from studio.bench.ceilings import Ceilings
from studio.bench.steps import Measured
from studio.cli import run

PARTS = {"canvas": 1.0, "perceptors": 0.5, "everything else": 0.5}


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(work: workloads.Workload, device: object, best: Ceilings, precision: str, **wanted: Any) -> Measured:
        assert best.products["fp32"] > 0
        taken = 2.0 * wanted["steps"]
        return Measured(work.name, work.title, precision, taken, None, 9.0, 0.5, None, None, PARTS)

    monkeypatch.setattr(steps, "measure", measure)


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
