from __future__ import annotations

import torch

from studio.bench.ceilings import Ceilings, measure


def test_every_rate_is_one() -> None:
    found = measure(torch.device("cpu"), "bf16", scale=0.05, repeats=1)
    assert set(found.products) == set(found.convolutions) == {"fp32", "bf16"}
    assert all(rate > 0 for rate in (*found.products.values(), *found.convolutions.values(), found.copying))


def test_the_best_is_the_faster_of_the_two() -> None:
    found = Ceilings({"fp32": 2.0, "bf16": 3.0}, {"fp32": 1.0, "bf16": 8.0}, 1.0)
    assert (found.best("fp32"), found.best("bf16")) == (2.0, 8.0)
