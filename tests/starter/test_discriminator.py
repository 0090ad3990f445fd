"""The patch discriminator: what it returns, what it learns, and how its wish is weighed against likeness."""

from __future__ import annotations

import pytest
import torch

from studio.starter.discriminator import STRONGEST, balance, discriminator, hinge


def test_it_judges_patches_that_see_34_pixels():
    torch.manual_seed(0)
    network = discriminator(8).eval()
    images = torch.zeros(1, 3, 64, 64, requires_grad=True)
    judgement = network(images)
    assert judgement.shape == (1, 1, 14, 14)
    (seen,) = torch.autograd.grad(judgement[0, 0, 7, 7], images)
    rows = torch.nonzero(seen.abs().sum((0, 1, 3))).flatten()
    assert int(rows.max() - rows.min()) + 1 == 34


@pytest.mark.parametrize(
    ("real", "drawn", "loss"), [(1.0, -1.0, 0.0), (3.0, -5.0, 0.0), (0.0, 0.0, 1.0), (-1.0, 1.0, 2.0), (1.0, 0.0, 0.5)]
)
def test_the_hinge(real, drawn, loss):
    assert float(hinge(torch.full((2, 1, 3, 3), real), torch.full((2, 1, 3, 3), drawn))) == pytest.approx(loss)


def test_it_learns_to_tell_noise_from_plain_pictures():
    torch.manual_seed(0)
    network = discriminator(8)
    optimiser = torch.optim.Adam(network.parameters(), lr=2e-3, betas=(0.5, 0.9))
    losses = []
    for _ in range(40):
        plain = torch.rand(4, 3, 1, 1).expand(4, 3, 32, 32) * 2 - 1
        loss = hinge(network(plain), network(torch.rand(4, 3, 32, 32) * 2 - 1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])


def drawn(last: torch.Tensor) -> torch.Tensor:
    return torch.ones(2, 3, 4, 4) * last.sum()


def test_the_balance_is_equation_7():
    last = torch.ones(5, requires_grad=True)
    pictures = drawn(last)
    likeness, fooling = torch.full((2, 3, 4, 4), 0.3), torch.full((2, 3, 4, 4), -0.1)
    weight = balance(pictures, last, likeness, fooling)
    assert float(weight) == pytest.approx(3, rel=1e-3)
    assert not weight.requires_grad
    pictures.sum().backward()  # the graph is still there
    assert last.grad is not None


def test_a_discriminator_without_a_wish_cannot_make_the_balance_infinite():
    last = torch.ones(5, requires_grad=True)
    weight = balance(drawn(last), last, torch.ones(2, 3, 4, 4), torch.zeros(2, 3, 4, 4))
    assert float(weight) == STRONGEST
    assert float(balance(drawn(last), last, torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4))) == 0
