from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.decoding import decode, encode
from studio.canvas.networks import build
from studio.models.loading import Weights

Weigh = Callable[[dict[str, Any]], Weights]


@pytest.fixture
def latents() -> Tensor:
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("attending", [[8], [8, 16], []])
def test_picture_and_gradient_are_tamings(config: dict[str, Any], weigh: Weigh, attending: list[int]) -> None:
    config["ddconfig"]["attn_resolutions"] = attending
    decoder = build(weigh(config), "cpu")._networks.decoder
    hidden = torch.randn(1, 6, 8, 8, generator=torch.Generator().manual_seed(0))
    found = []
    for draw in (decoder, lambda x: decode(decoder, x)):
        given = hidden.clone().requires_grad_()
        picture = draw(given)
        found.append((picture.detach(), *torch.autograd.grad(picture.square().sum(), given)))
    for theirs, ours in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_an_attention_to_averages_is_what_the_network_says(config: dict[str, Any], weigh: Weigh) -> None:
    decoder = build(weigh(config | {"attention_side": 4}), "cpu")._networks.decoder
    hidden = torch.randn(1, 6, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(decode(decoder, hidden), decoder(hidden), rtol=1e-5, atol=1e-5)


def test_half_precision_pulls_where_single_does(config: dict[str, Any], weigh: Weigh, latents: Tensor) -> None:
    pulls = []
    for precision in ("fp32", "bf16"):
        given = latents.clone().requires_grad_()
        picture = build(weigh(config), "cpu", precision).decode(given)
        assert picture.dtype == torch.float32
        pulls.append(torch.autograd.grad(picture.square().mean(), given)[0].flatten())
    assert not torch.equal(*pulls)
    assert functional.cosine_similarity(*pulls, dim=0) > 0.999


def test_what_is_kept_is_drawn_in_single_precision(config: dict[str, Any], weigh: Weigh, latents: Tensor) -> None:
    exact, half = (build(weigh(config), "cpu", precision) for precision in ("fp32", "bf16"))
    assert torch.equal(half.decode(latents), exact.decode(latents))
    assert not torch.equal(half.decode(latents.requires_grad_()), exact.decode(latents))


def test_thrift_gives_the_same_picture_and_gradient_to_the_bit(
    config: dict[str, Any], weigh: Weigh, latents: Tensor
) -> None:
    config["ddconfig"]["num_res_blocks"] = 3
    model = build(weigh(config), "cpu")
    found = []
    for more in (True, True, False):
        given = latents.clone().requires_grad_()
        kept: list[int] = []
        with torch.autograd.graph.saved_tensors_hooks(lambda x, kept=kept: (kept.append(x.numel()), x)[1], lambda x: x):
            picture = model.decode(given)
        found.append((picture.detach(), *torch.autograd.grad(picture.square().sum(), given), sum(kept)))
        assert model.spare() is more
    for thrifty in found[1:]:
        assert torch.equal(thrifty[0], found[0][0])
        assert torch.equal(thrifty[1], found[0][1])
    assert found[2][2] < found[1][2] < found[0][2]
    model.ease()
    assert model.spare()


def test_the_encoder_is_tamings(config: dict[str, Any], weigh: Weigh) -> None:
    encoder = build(weigh(config), "cpu")._networks.encoder
    pictures = torch.randn(2, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(encode(encoder, pictures), encoder(pictures), rtol=1e-5, atol=1e-5)
