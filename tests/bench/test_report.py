from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from studio.base.errors import FileError, InputError
from studio.bench import report
from studio.bench.ceilings import Ceilings
from studio.bench.steps import Measured

CEILINGS = Ceilings({"fp32": 100.0}, {"fp32": 50.0}, 10.0)
PARTS = {"canvas": 1.0, "perceptors": 0.6, "cutouts": 0.2, "optimiser and guards": 0.1, "rest": 0.1}


def figures(seconds: float) -> dict[str, object]:
    step = Measured("A", "a title", "fp32", seconds, 4.0, 90.0, 0.5, 1 << 30, None, PARTS, [1.0, 0.5], [1.0, 0.52])
    return report.document(CEILINGS, [step], torch.device("cpu"))


def test_a_table_names_what_was_found() -> None:
    text = "\n".join(report.table(figures(2.0)))
    for part in ("a title", "2.000 s a step", "50 % of the best, 1,024 MiB", "0.50 of its time", "0.0200 at most"):
        assert part in text
    assert "canvas 50 %, perceptors 30 %, cutouts 10 %, optimiser and guards 5 %, rest 5 %" in text
    assert "Keydream   █▁  1.0000 to 0.5000" in text


def test_runs_are_compared_figure_by_figure(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(figures(2.0)), encoding="utf-8")
    lines = report.comparison(figures(1.0), report.read(earlier))
    assert lines == ["A  seconds: 0.50 of what it was", "A  memory: 1.00 of what it was"]


def test_another_machine_is_told() -> None:
    other = figures(1.0)
    other["machine"] = {"name": "another"}
    assert "another machine" in report.comparison(figures(1.0), other)[0]


@pytest.mark.parametrize("content", ["no json", "[]", '{"keydream_bench": 99}'])
def test_files_without_figures_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="holds no figures"):
        report.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="could not be read"):
        report.read(tmp_path / "none.json")
