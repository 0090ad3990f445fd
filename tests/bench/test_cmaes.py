"""A generation in both ways: the same members, and nearly the same losses."""

from __future__ import annotations

import sys

import pytest
import torch

from studio.base.errors import InputError
from studio.bench import deep
from studio.bench.cmaes import agreement, measure, published


def darkness(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.mean((1, 2, 3))


def test_both_ways_rank_the_members_alike():
    pytest.importorskip("pytorch_pretrained_biggan")
    single, usual = measure(deep.weights(deep.small()), darkness, population=12, dtypes=(torch.float32, None))
    assert (single.dtype, single.population, single.side) == ("float32", 12, 32)
    assert single.agreement > 0.99
    assert usual.agreement > 0.9
    assert single.plain == usual.plain > 0
    assert single.ratio == single.plain / single.batched > 0


def test_agreement_is_of_ranks():
    assert agreement(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 10.0, 11.0])) == pytest.approx(1)
    assert agreement(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 2.0, 1.0])) == pytest.approx(-1)


def test_without_the_published_code_there_is_nothing_to_compare_with(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch_pretrained_biggan", None)
    with pytest.raises(InputError, match="cannot be measured"):
        published(deep.weights(deep.small()))
