from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from studio.bench.ceilings import Ceilings
from studio.bench.steps import Measured, measure
from studio.bench.workloads import workloads

CPU = torch.device("cpu")
CEILINGS = Ceilings({"fp32": 100.0, "bf16": 100.0}, {"fp32": 50.0, "bf16": 50.0}, 10.0)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def found() -> Measured:
    work = replace(workloads(CPU)["E"], width=64, height=64)
    return measure(work, CPU, CEILINGS, "fp32", steps=2)


def test_both_ways_lose_alike_in_every_step(found: Measured) -> None:
    assert len(found.losses) == len(found.reference_losses) == 3
    assert found.losses == pytest.approx(found.reference_losses, abs=2e-3)
    assert found.losses[-1] != found.losses[0]


def test_figures_fit_together(found: Measured) -> None:
    assert found.ratio is not None
    assert found.reference is not None
    assert found.ratio == pytest.approx(found.seconds / found.reference)
    assert list(found.parts) == ["canvas", "perceptors", "cutouts", "optimiser and guards", "rest"]
    assert all(taken > 0 for name, taken in found.parts.items() if name != "rest")
    networks = found.parts["canvas"] + found.parts["perceptors"]
    assert found.share == pytest.approx(found.gflop / networks / 100)
    assert found.gflop > 0.1


def test_half_precision_loses_nearly_alike() -> None:
    work = replace(workloads(CPU)["E"], width=64, height=64)
    half = measure(work, CPU, CEILINGS, "bf16", steps=1)
    assert half.losses == pytest.approx(half.reference_losses, rel=0.02)
    assert half.losses != half.reference_losses
