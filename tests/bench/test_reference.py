from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from taming.modules.vqvae.quantize import VectorQuantizer2
from torch import nn

from studio.bench.reference import Eye, Step, quantise
from studio.score.cutouts import CutoutSettings


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_codes_are_tamings_and_the_gradient_passes_straight_through() -> None:
    generator = torch.Generator().manual_seed(0)
    theirs = VectorQuantizer2(16, 4, beta=0.25)
    latents = torch.randn(1, 4, 3, 5, generator=generator)
    given = latents.clone().requires_grad_()
    codes = quantise(given, theirs.embedding.weight.detach())
    torch.testing.assert_close(codes, theirs(latents)[0])
    codes.sum().backward()
    assert given.grad is not None
    assert bool((given.grad == 1).all())


class Means(nn.Module):
    def encode_image(self, images: torch.Tensor) -> torch.Tensor:
        return images.mean((2, 3))


def test_steps_bring_a_picture_to_its_target() -> None:
    leaf = torch.full((1, 3, 16, 16), 0.5, requires_grad=True)
    none, one = torch.zeros(1, 3, 1, 1), torch.ones(1, 3, 1, 1)
    eye = Eye(Means(), 8, none, one, torch.tensor([1.0, 0.0, 0.0]))
    step = Step([leaf], lambda: leaf, [(eye, CutoutSettings.plain(2))], 0.05, torch.Generator().manual_seed(0))
    losses = [step() for _ in range(20)]
    assert losses[-1] < 0.1 * losses[0]
    red, green, blue = leaf.detach().mean((0, 2, 3)).tolist()
    assert red > max(green, blue) + 0.5
