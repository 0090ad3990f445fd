from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.base.errors import InputError
from studio.dream.strategy import check_settings, strategy


def found(seed: int) -> np.ndarray:
    evolution = strategy(np.zeros(4), 0.5, 8, 2.0, torch.Generator().manual_seed(seed))
    for _ in range(60):
        asked = evolution.ask()
        evolution.tell(asked, [float(((vector - 1) ** 2).sum()) for vector in asked])
    return np.asarray(evolution.result.xbest)


def test_it_finds_the_lowest_place_and_the_generator_alone_decides_the_way() -> None:
    np.random.seed(1)
    before = np.random.get_state()[1].tolist()
    assert np.abs(found(3) - 1).max() < 1e-2
    assert (found(3) == found(3)).all()
    assert (found(3) != found(4)).any()
    assert np.random.get_state()[1].tolist() == before


def test_no_number_leaves_the_edges() -> None:
    evolution = strategy(np.full(3, 0.9), 3.0, 16, 1.0, torch.Generator().manual_seed(0))
    assert all(np.abs(vector).max() <= 1 for vector in evolution.ask())


def test_settings_that_cannot_be_are_named() -> None:
    check_settings({"samples": 1}, {"samples": 1}, 0.5)
    with pytest.raises(InputError, match="samples = 0"):
        check_settings({"samples": 0}, {"samples": 1}, 0.5)
    for spread in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="spread"):
            check_settings({}, {}, spread)
