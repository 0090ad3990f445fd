"""The distance against a reckoning by loops, and what it must be for sets that are known."""

from __future__ import annotations

import pytest
import torch

from studio.evaluation.kid import kid, mmd


def by_loops(x, y) -> float:
    def kernel(a, b):
        return (float(a @ b) / len(a) + 1) ** 3

    n, m = len(x), len(y)
    within_x = sum(kernel(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within_y = sum(kernel(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    across = sum(kernel(a, b) for a in x for b in y) / (n * m)
    return within_x + within_y - 2 * across


def features(count: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    raw = torch.randn(count, 12, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(raw + shift, dim=1)


def test_it_is_what_loops_reckon():
    x, y = features(7, 1), features(5, 2, 0.5)
    assert mmd(x, y) == pytest.approx(by_loops(x, y), rel=1e-9)


def test_one_kind_is_near_nothing_and_another_is_far():
    same, other = kid(features(200, 1), features(200, 2)), kid(features(200, 1), features(200, 3, 1.0))
    assert abs(same.mean) < 3 * same.spread / 7 + 0.05
    assert other.mean > 10 * abs(same.mean)


def test_a_distance_is_the_same_both_ways_and_again():
    x, y = features(30, 1), features(30, 2, 0.3)
    assert mmd(x, y) == pytest.approx(mmd(y, x))
    assert kid(x, y) == kid(x, y)


def test_one_feature_has_no_distance():
    with pytest.raises(ValueError, match="two features"):
        mmd(features(1, 1), features(5, 2))
