"""Operations are counted whatever they are done with."""

from __future__ import annotations

import pytest
import torch

from studio.bench.counting import gflop
from studio.bench.workloads import Studio, workloads

CPU = torch.device("cpu")


def test_a_multiplication_and_an_addition_are_two() -> None:
    assert gflop(lambda: torch.zeros(100, 200) @ torch.zeros(200, 50)) == pytest.approx(2e-9 * 100 * 200 * 50)


def test_a_perceptor_counts_alike_in_every_precision() -> None:
    counted = []
    for precision in ("fp32", "bf16"):
        (perceptor,) = Studio(workloads(CPU)["E"], CPU, precision).perceptors
        seen = torch.zeros(2, 3, perceptor.image_size, perceptor.image_size, requires_grad=True)
        counted.append(gflop(lambda look=perceptor, seen=seen: look.embed_image(seen).sum().backward()))
    assert counted[1] == pytest.approx(counted[0], rel=0.02)
