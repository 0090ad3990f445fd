"""The textbook's networks draw and see what Keydream's do, and begin as VQGAN-CLIP does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from studio.bench import workloads
from studio.bench.textbook import Textbook
from studio.canvas import networks

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def textbook() -> Textbook:
    return Textbook(workloads.shipped("vqgan"), [(workloads.shipped("clip"), 64)], CPU)


def test_noise_is_of_codes_and_its_seed_decides(textbook: Textbook) -> None:
    latents, again, other = (textbook.noise(20, 8, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert latents.requires_grad
    assert latents.shape == (1, 32, 2, 5)
    torch.testing.assert_close(latents, again, rtol=0, atol=0)
    assert not torch.equal(latents, other)
    codes = latents.detach().movedim(1, -1).reshape(-1, 32)
    assert float(torch.cdist(codes, textbook.codebook).amin(1).max()) < 1e-2


def test_a_picture_is_what_the_canvas_draws(textbook: Textbook) -> None:
    latents = textbook.noise(32, 16, torch.Generator().manual_seed(1)).detach()
    model = networks.build(workloads.shipped("vqgan"), CPU, "fp32")
    with torch.no_grad():
        drawn = textbook.picture(latents, 30, 16)
        torch.testing.assert_close(drawn, model.decode(latents)[..., :30], rtol=1e-3, atol=1e-4)


def test_latents_are_kept_within_the_codebook(textbook: Textbook) -> None:
    latents = (9 * textbook.noise(16, 16, torch.Generator().manual_seed(1)).detach()).requires_grad_()
    textbook.bound(latents)()
    flat = latents.detach().movedim(1, -1).reshape(-1, 32)
    assert bool((flat <= textbook.codebook.amax(0)).all())
    assert bool((flat >= textbook.codebook.amin(0)).all())


def test_eyes_are_given_where_to_go(textbook: Textbook) -> None:
    (eye,) = textbook.eyes([torch.ones(256)])
    assert eye.side == 64
    assert eye.target.tolist() == [1.0] * 256
    assert eye.model.encode_image(torch.zeros(1, 3, 64, 64)).shape == (1, 256)
