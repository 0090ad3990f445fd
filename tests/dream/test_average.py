from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dream.average import Average


def averaged(average: Average, shape: tuple[int, ...] = (2,)) -> torch.Tensor:
    parameter = torch.full(shape, -1.0)
    average.write([parameter])
    return parameter


@settings(deadline=None)
@given(decay=st.floats(0, 0.99), count=st.integers(1, 20))
def test_the_average_of_equal_iterates_is_that_iterate_from_the_first(decay: float, count: int) -> None:
    average = Average(decay)
    for _ in range(count):
        average.update([torch.full((2,), 0.7)])
    assert torch.allclose(averaged(average), torch.tensor(0.7), rtol=1e-4)


@settings(deadline=None)
@given(values=st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=12), decay=st.floats(0, 0.95))
def test_it_is_the_weighted_mean(values: list[float], decay: float) -> None:
    average = Average(decay)
    for value in values:
        average.update([torch.full((2,), value)])
    weights = [decay**age for age in range(len(values))][::-1]
    expected = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
    assert averaged(average)[0].item() == pytest.approx(expected, abs=1e-3)


def test_without_decay_it_is_the_last_iterate_exactly() -> None:
    average = Average(0)
    for seed in range(3):
        last = torch.rand(2, generator=torch.Generator().manual_seed(seed))
        average.update([last])
    assert torch.equal(averaged(average), last)


def test_an_empty_average_writes_nothing() -> None:
    assert torch.equal(averaged(Average(0.9)), torch.full((2,), -1.0))


def test_it_forgets() -> None:
    average = Average(0.5)
    average.update([torch.ones(2)])
    average.reset()
    assert average.count == 0
    average.update([torch.zeros(3)])
    assert torch.equal(averaged(average, (3,)), torch.zeros(3))


def test_it_goes_on_exactly_from_its_state() -> None:
    values = [torch.rand(2, generator=torch.Generator().manual_seed(seed)) for seed in range(5)]
    whole, first = Average(0.8), Average(0.8)
    for value in values:
        whole.update([value])
    for value in values[:3]:
        first.update([value])
    second = Average(0.8)
    sums = first.state()
    second.restore([sums["0"]], first.count)
    first.update([torch.full((2,), 9.0)])  # must not reach the second
    for value in values[3:]:
        second.update([value])
    assert torch.equal(averaged(whole), averaged(second))


def test_it_averages_leaves_that_need_a_gradient() -> None:
    parameter = torch.ones(2, requires_grad=True)
    average = Average(0.5)
    average.update([parameter])
    average.write([parameter])
    assert parameter.requires_grad
    assert parameter.is_leaf
