from __future__ import annotations

import pytest
import torch

from studio.bench.large import measure

CPU = torch.device("cpu")


def test_where_memory_is_ample_nothing_is_spared() -> None:
    found = measure(64, CPU, "fp32", steps=2, work="E")
    assert found.told == ""
    assert found.planned == found.needed > 0
    assert len(found.seconds) == len(found.losses) == 2
    assert found.drawing > 0


def test_with_little_it_steps_down_and_lowers_the_same_loss() -> None:
    ample = measure(64, CPU, "fp32", steps=2, work="E")
    little = measure(64, CPU, "fp32", steps=2, work="E", room=ample.needed * 9 // 10)
    assert little.needed == ample.needed > little.planned
    assert "the picture is drawn" in little.told.lower()
    assert little.losses == pytest.approx(ample.losses, rel=1e-3)
