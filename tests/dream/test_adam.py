from __future__ import annotations

import torch
from torch import Tensor
from torch.optim import Adam

from studio.dream.adam import carry, memory, remember


def leaf(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def walk(adam: Adam, steps: int = 3) -> None:
    for _ in range(steps):
        adam.zero_grad()
        sum((p - 0.3).square().sum() for p in adam.param_groups[0]["params"]).backward()
        adam.step()


def test_an_optimiser_that_remembers_goes_on_exactly() -> None:
    a, b = leaf(1, 3, 4, 5), leaf(1, 3, 2, 2, seed=1)
    one = Adam([a, b], lr=0.1)
    walk(one)
    c, d = a.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    two = Adam([c, d], lr=0.1)
    kept = memory(one)
    remember(two, kept)
    walk(one)
    walk(two)
    assert torch.equal(a, c)
    assert torch.equal(b, d)


def test_memory_is_a_copy() -> None:
    a = leaf(1, 3, 4, 5)
    adam = Adam([a], lr=0.1)
    walk(adam)
    kept = memory(adam)
    before = {key: value.clone() for key, value in kept.items()}
    walk(adam)
    assert set(kept) == {"0/step", "0/exp_avg", "0/exp_avg_sq"}
    assert all(torch.equal(kept[key], before[key]) for key in kept)
    remember(adam, kept)
    walk(adam)
    assert all(torch.equal(kept[key], before[key]) for key in kept)


def test_a_fresh_optimiser_has_no_memory_and_can_forget() -> None:
    adam = Adam([leaf(1, 3, 4, 5)], lr=0.1)
    assert memory(adam) == {}
    walk(adam)
    remember(adam, {})
    assert memory(adam) == {}


def test_moments_follow_the_gradient_to_another_size() -> None:
    """The gradient of a mean over four times as many elements is a quarter of it at each."""

    def moved(width: int, height: int) -> Adam:
        canvas = torch.zeros(1, 3, height, width, requires_grad=True)
        adam = Adam([canvas], lr=0.1)
        for _ in range(4):
            adam.zero_grad()
            canvas.sub(1).square().mean().backward()
            adam.step()
        return adam

    small, large = moved(4, 2), moved(8, 4)
    fresh = Adam([torch.zeros(1, 3, 4, 8, requires_grad=True)], lr=0.1)
    carry(small, fresh)
    carried, grown = memory(fresh), memory(large)
    assert carried.keys() == grown.keys()
    assert all(torch.allclose(carried[key], grown[key], rtol=1e-4) for key in grown)
    assert carried["0/exp_avg_sq"].min() > 0


def test_only_parameters_with_a_counterpart_inherit() -> None:
    old = Adam([leaf(1, 3, 1, 1), leaf(1, 3, 2, 2)], lr=0.1)
    walk(old)
    new = Adam([leaf(1, 3, 1, 1), leaf(1, 4, 2, 2), leaf(1, 3, 4, 4)], lr=0.1)
    carry(old, new)
    assert set(memory(new)) == {"0/step", "0/exp_avg", "0/exp_avg_sq"}
    assert torch.equal(memory(new)["0/exp_avg"], memory(old)["0/exp_avg"])
    walk(new)
    assert set(memory(new)) == {f"{i}/{name}" for i in range(3) for name in ("step", "exp_avg", "exp_avg_sq")}
