from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.models.loading import Weights
from studio.score.clip import build
from studio.score.parts import in_parts


def embed(views: Tensor) -> Tensor:
    return torch.nn.functional.normalize(views.flatten(1).tanh() @ torch.linspace(-1, 1, 27 * 4).view(27, 4), dim=-1)


@pytest.mark.parametrize("at_once", [1, 2, 5, 9])
def test_parts_give_the_same_embeddings_and_gradient(generator: torch.Generator, at_once: int) -> None:
    views = torch.rand(5, 3, 3, 3, generator=generator, dtype=torch.float32)
    found = []
    for look in (embed, lambda x: in_parts(embed, x, at_once)):
        given = views.clone().requires_grad_()
        seen = look(given)
        loss = (seen @ seen.T).square().sum()  # of all of them together
        found.append((seen.detach(), *torch.autograd.grad(loss, given)))
    for part, whole in zip(found[1], found[0], strict=True):
        torch.testing.assert_close(part, whole, rtol=1e-5, atol=1e-6)


def test_only_a_part_is_looked_at_together(generator: torch.Generator) -> None:
    most: list[int] = []

    def watched(views: Tensor) -> Tensor:
        most.append(len(views))
        return embed(views)

    views = torch.rand(7, 3, 3, 3, generator=generator).requires_grad_()
    in_parts(watched, views, 3).sum().backward()
    assert most == [3, 3, 1, 3, 3, 1]


def test_a_perceptor_that_spares_memory_sees_the_same(weights: Weights, generator: torch.Generator) -> None:
    views = torch.rand(6, 3, 32, 32, generator=generator)
    sparing, plain = build(weights, "cpu"), build(weights, "cpu")
    assert [sparing.spare(6) for _ in range(4)] == [3, 2, 1, 0]
    pulls = []
    for perceptor in (plain, sparing):
        given = views.clone().requires_grad_()
        seen = perceptor.embed_image(given)
        pulls.append((seen.detach(), *torch.autograd.grad(seen.square()[:, :4].sum(), given)))
    for part, whole in zip(pulls[1], pulls[0], strict=True):
        torch.testing.assert_close(part, whole, rtol=1e-4, atol=1e-6)
