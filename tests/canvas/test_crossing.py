"""Between two collages: everywhere one background or the other, nowhere a piece half there."""

from __future__ import annotations

import math

import pytest
import torch

from studio.canvas.compositor import OPACITY, SIZE, X, Y
from studio.canvas.crossing import cross, front


def place(x=0.5, y=0.5, size=0.6) -> list[float]:
    return [x, y, math.log(size), 0.0, 1.0, 0.5, 0.5, 0.5, 0.0]


A, B = torch.tensor([place(0.4), place(0.6, 0.3)]), torch.tensor([place(0.7, 0.7, 0.3)])


def test_a_common_piece_moves_straight_on():
    crowd = cross(("cat",), A[:1], ("cat",), B, 0.5)
    assert crowd.names == ("cat",)
    assert crowd.places[0, X] == pytest.approx(0.55, abs=1e-5)
    assert crowd.places[0, Y] == pytest.approx(0.6, abs=1e-5)
    assert math.log(0.3) < float(crowd.places[0, SIZE]) < math.log(0.6)


def test_others_shrink_and_grow_and_are_never_transparent():
    sizes = []
    for t in (0.1, 0.5, 0.9):
        crowd = cross(("cat",), A[:1], ("dog",), B, t)
        assert sorted(crowd.names) == ["cat", "dog"]
        assert crowd.places[:, OPACITY].tolist() == [1, 1]
        sizes.append({name: float(row[SIZE]) for name, row in zip(crowd.names, crowd.places, strict=True)})
    assert sizes[0]["cat"] > sizes[1]["cat"] > sizes[2]["cat"]
    assert sizes[0]["dog"] < sizes[1]["dog"] < sizes[2]["dog"]


def test_near_its_ends_it_looks_like_them():
    early = cross(("cat", "hat"), A, ("dog",), B, 0.01)
    for name, row in zip(("cat", "hat"), A, strict=True):
        found = early.places[early.names.index(name)]
        assert torch.allclose(found, row, atol=0.03)
    assert float(early.places[early.names.index("dog"), SIZE]) < math.log(0.05)


def test_to_and_from_nothing():
    none = torch.zeros(0, 9)
    assert cross((), none, ("dog",), B, 0.5).names == ("dog",)
    assert cross(("cat",), A[:1], (), none, 0.5).names == ("cat",)
    assert cross((), none, (), none, 0.5).names == ()


def test_the_front_sweeps_over_the_whole_picture_with_a_soft_edge():
    shares = [float(front(40, 30, t).mean()) for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] < 0.02
    assert shares[-1] > 0.98
    assert float(front(40, 30, 0.5, sweep=1.0)[..., :5].max()) == 0  # no noise: from right to left alone
    half = front(40, 30, 0.5)
    assert half.shape == (1, 1, 30, 40)
    assert float(((half > 0.05) & (half < 0.95)).float().mean()) < 0.5  # most places show one or the other
