"""Workload C on a small generator: both ways rank the members alike, and the parts are those of the whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from studio.bench import deep, workloads, workshop
from studio.bench.ceilings import Ceilings

CPU = torch.device("cpu")
CEILINGS = Ceilings({"fp32": 100.0}, {"fp32": 50.0}, 10.0)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def setup() -> workshop.Setup:
    return workshop.Setup("small", deep.weights(deep.small()), workloads.shipped("clip"), 10, 3)


def test_the_workload_is_the_workshops() -> None:
    found = workshop.workshop()
    assert (found.population, found.cutouts, found.generator.config["output_dim"]) == (50, 64, 512)


def test_both_ways_rank_members_alike(setup: workshop.Setup) -> None:
    pytest.importorskip("pytorch_pretrained_biggan")
    found = workshop.measure(setup, CPU, CEILINGS, "fp32")
    assert (found.workload, found.unit, found.sample) == ("C", "generation", "member")
    assert found.losses == pytest.approx(found.reference_losses, abs=1e-3)
    assert len(found.losses) == 10
    assert found.agreement is not None
    assert found.agreement > 0.98
    assert found.reference is not None
    assert found.ratio == found.seconds / found.reference
    assert sum(found.parts.values()) == pytest.approx(found.seconds)
    assert all(taken > 0 for taken in found.parts.values())
    assert found.gflop > 0.01


def test_ours_alone_needs_nothing_of_the_workshops(setup: workshop.Setup) -> None:
    found = workshop.measure(setup, CPU, CEILINGS, "fp32", referred=False)
    assert found.reference is None
    assert found.agreement is None
    assert found.reference_losses == []
    assert len(found.losses) == 10
