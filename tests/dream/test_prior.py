"""The latents' prior: normal noise and single classes cost least."""

from __future__ import annotations

import pytest
import torch

from studio.bench import deep
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.imagenet_model import build
from studio.dream.prior import LatentPrior, abnormality, uncertainty


def test_normal_noise_is_the_least_abnormal():
    noise = torch.randn(1, 4, 4096, generator=torch.Generator().manual_seed(1))
    usual = float(abnormality(noise))
    assert usual < 0.4
    for odd in (noise + 1, noise * 2, noise * 0.3, noise.exp(), noise.sign()):
        assert float(abnormality(odd)) > usual + 0.5
    assert torch.isfinite(abnormality(torch.zeros(1, 4, 16)))


def test_uncertainty_is_the_share_of_the_greatest_entropy():
    assert float(uncertainty(torch.full((1, 2, 8), 1 / 8))) == pytest.approx(1)
    assert float(uncertainty(torch.eye(8)[None])) == pytest.approx(0, abs=1e-6)


def test_its_gradient_moves_the_canvas_towards_normal_noise():
    canvas = ImageNetCanvas(build(deep.weights(deep.small()), "cpu", torch.float32), 16, 16)
    canvas.start(torch.Generator().manual_seed(1))
    prior, generator = LatentPrior(canvas), torch.Generator()
    loss = prior(canvas.image(), generator)
    assert loss.terms.keys() == {"noise", "classes"}
    assert float(sum(loss.terms.values())) == pytest.approx(float(loss.total.detach()))
    adam = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)
    for _ in range(20):
        adam.zero_grad()
        prior(canvas.image(), generator).total.backward()
        adam.step()
        canvas.constrain()
    assert float(prior(canvas.image(), generator).total.detach()) < 0.8 * float(loss.total.detach())
