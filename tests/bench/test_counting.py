"""Operations are counted whatever they are done with."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from studio.bench.counting import gflop
from studio.bench.workloads import Studio, workloads
from studio.models.packing import pack

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


def test_packed_products_count_as_the_plain_ones_do() -> None:
    network = nn.Sequential(nn.Linear(256, 512)).to(torch.bfloat16).requires_grad_(False)
    rows = torch.zeros(3, 10, 256, dtype=torch.bfloat16, requires_grad=True)

    def work() -> None:
        network(rows).sum().backward()  # type: ignore[no-untyped-call]

    plain = gflop(work)
    assert pack(network) == 1
    assert gflop(work) == plain == pytest.approx(2 * 2e-9 * 30 * 256 * 512)
