from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import torch
from taming.modules.diffusionmodules import model as taming
from taming.modules.vqvae.quantize import VectorQuantizer2
from torch.nn import functional

from studio.base.errors import ModelError
from studio.canvas import networks
from studio.canvas.networks import VqganModel, build
from studio.models.loading import Weights

Weigh = Callable[[dict[str, Any]], Weights]


class Reference:
    """Encoding, quantising and decoding with nothing but taming's own modules."""

    def __init__(self, weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
        config = weights.config
        groups = config.get("norm_groups", 32)
        with monkeypatch.context() as patch:
            patch.setattr(taming, "Normalize", lambda channels: torch.nn.GroupNorm(groups, channels, eps=1e-6))
            self.encoder = taming.Encoder(**config["ddconfig"])
            self.decoder = taming.Decoder(**config["ddconfig"])
        z_channels = config["ddconfig"]["z_channels"]
        self.quantize = VectorQuantizer2(config["n_embed"], config["embed_dim"], beta=0.25)
        self.quant_conv = torch.nn.Conv2d(z_channels, config["embed_dim"], 1)
        self.post_quant_conv = torch.nn.Conv2d(config["embed_dim"], z_channels, 1)
        for part in ("encoder", "decoder", "quantize", "quant_conv", "post_quant_conv"):
            prefix = f"{part}."
            tensors = {k.removeprefix(prefix): v for k, v in weights.tensors.items() if k.startswith(prefix)}
            getattr(self, part).load_state_dict(tensors)

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        codes, _, _ = self.quantize(self.quant_conv(self.encoder(picture * 2 - 1)))
        decoded = self.decoder(self.post_quant_conv(codes))
        return decoded / 2 + 0.5


@pytest.mark.parametrize("size", [(16, 16), (12, 20)])
def test_pictures_pass_as_through_taming(
    config: dict[str, Any], weigh: Weigh, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = weigh(config)
    model, reference = build(weights, "cpu"), Reference(weights, monkeypatch)
    picture = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))
    latents = model.encode(picture)
    assert latents.shape == (1, 4, size[0] // 2, size[1] // 2)
    assert torch.allclose(model.decode(model.quantise(latents)), reference(picture), atol=1e-5)
    assert len(model.nearest(latents).unique()) > 3


def test_folded_pictures_pass_through_networks_at_half_the_size(
    config: dict[str, Any], weigh: Weigh, monkeypatch: pytest.MonkeyPatch
) -> None:
    config["ddconfig"] |= {"in_channels": 12, "out_ch": 12}
    config["pixel_shuffle"] = 2
    weights = weigh(config)
    model, reference = build(weights, "cpu"), Reference(weights, monkeypatch)
    assert model.factor == 4
    picture = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    expected = functional.pixel_shuffle(reference(functional.pixel_unshuffle(picture, 2)), 2)
    assert torch.allclose(model.decode(model.quantise(model.encode(picture))), expected, atol=1e-5)


def test_thirty_two_groups_are_the_custom(
    config: dict[str, Any], weigh: Weigh, monkeypatch: pytest.MonkeyPatch
) -> None:
    del config["norm_groups"]
    config["ddconfig"] |= {"ch": 32, "ch_mult": (1, 1)}
    weights = weigh(config)
    picture = torch.rand(1, 3, 8, 8)
    model = build(weights, "cpu")
    expected = Reference(weights, monkeypatch)(picture)
    assert torch.allclose(model.decode(model.quantise(model.encode(picture))), expected, atol=1e-5)


def test_attention_to_few_places_is_tamings_up_to_their_number(
    config: dict[str, Any], weigh: Weigh, monkeypatch: pytest.MonkeyPatch
) -> None:
    config["ddconfig"]["attn_resolutions"] = []  # there is one at the lowest resolution all the same
    config["attention_side"] = 8
    weights = weigh(config)
    model, reference = build(weights, "cpu"), Reference(weights, monkeypatch)
    picture = torch.rand(1, 3, 16, 12, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(model.decode(model.quantise(model.encode(picture))), reference(picture), atol=1e-5)


@pytest.mark.parametrize("size", [(16, 24), (24, 8)])
def test_attention_to_a_larger_map_looks_at_averages(
    config: dict[str, Any], weigh: Weigh, size: tuple[int, int]
) -> None:
    exact = build(weigh(config), "cpu")._networks.decoder.mid.attn_1
    config["attention_side"] = 8
    attention = build(weigh(config), "cpu")._networks.decoder.mid.attn_1
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(1, 16, *(min(side, 8) for side in size), generator=generator)
    spread = functional.interpolate(coarse, size, mode="nearest")
    # where neighbours are alike, their averages say all that they say
    assert torch.allclose(attention(spread), exact(spread), atol=1e-5)
    rough = torch.randn(1, 16, *size, generator=generator).requires_grad_()
    assert not torch.allclose(attention(rough), exact(rough), atol=1e-3)
    (gradient,) = torch.autograd.grad(attention(rough).square().sum(), rough)
    assert bool((gradient != 0).all())


def test_building_leaves_taming_and_the_terminal_and_the_randomness_alone(
    config: dict[str, Any], weigh: Weigh, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = weigh(config)
    before, state = dict(vars(taming)), torch.get_rng_state()
    build(weights, "cpu")
    assert dict(vars(taming)) == before
    assert torch.equal(torch.get_rng_state(), state)
    assert capsys.readouterr().out == ""


def test_a_model_is_frozen_and_named(config: dict[str, Any], weigh: Weigh) -> None:
    model = build(weigh(config), "cpu")
    assert (model.name, model.identity, model.factor, model.embed_dim) == ("random", "ab" * 32, 2, 4)
    assert model.device == torch.device("cpu")
    latents = torch.zeros(1, 4, 3, 3, requires_grad=True)
    model.decode(latents).sum().backward()
    assert latents.grad is not None
    assert not model.codebook.requires_grad
    assert all(parameter.grad is None for parameter in model._networks.parameters())


def test_half_precision_weights_are_computed_in_single_precision(config: dict[str, Any], weigh: Weigh) -> None:
    weights = weigh(config)
    half = Weights(
        name="half",
        kind="vqgan",
        config=config,
        tensors={key: value.half() for key, value in weights.tensors.items()},
        sha256="",
    )
    model = build(half, "cpu")
    assert model.codebook.dtype == torch.float32
    assert torch.allclose(model.codebook, weights.tensors["quantize.embedding.weight"], atol=1e-2)


def test_the_nearest_code_is_the_nearest(model: VqganModel) -> None:
    latents = torch.randn(2, 4, 5, 3, generator=torch.Generator().manual_seed(1))
    distances = torch.cdist(latents.movedim(1, -1).reshape(-1, 4), model.codebook)
    assert torch.equal(model.nearest(latents), distances.argmin(dim=1).reshape(2, 5, 3))


def test_many_latents_are_looked_up_in_parts(model: VqganModel, monkeypatch: pytest.MonkeyPatch) -> None:
    latents = torch.randn(1, 4, 7, 9, generator=torch.Generator().manual_seed(1))
    whole = model.nearest(latents)
    monkeypatch.setattr(networks, "_CACHED", 100)
    assert torch.equal(model.nearest(latents), whole)


def test_codes_are_themselves(model: VqganModel) -> None:
    codes = model.codebook[:12].T.reshape(1, 4, 3, 4)
    assert torch.equal(model.quantise(codes), codes)


def test_the_gradient_passes_straight_through(model: VqganModel) -> None:
    latents = torch.randn(1, 4, 3, 3, requires_grad=True)
    weights = torch.randn(1, 4, 3, 3)
    quantised = model.quantise(latents)
    (quantised * weights).sum().backward()
    assert latents.grad is not None
    assert torch.equal(latents.grad, weights)
    assert not torch.allclose(quantised, latents)


def test_the_range_is_that_of_the_codebook(model: VqganModel) -> None:
    assert torch.equal(model.low.flatten(), model.codebook.min(dim=0).values)
    assert torch.equal(model.high.flatten(), model.codebook.max(dim=0).values)
    assert model.spread == pytest.approx(model.codebook.numpy().std(axis=0).mean(), rel=1e-5)


def test_missing_left_over_and_misshapen_tensors_are_named(config: dict[str, Any], weigh: Weigh) -> None:
    weights = weigh(config)

    def refused(change: dict[str, torch.Tensor], without: str = "") -> str:
        tensors = {k: v for k, v in {**weights.tensors, **change}.items() if k != without}
        broken = Weights(name="broken", kind="vqgan", config=config, tensors=tensors, sha256="")
        with pytest.raises(ModelError) as caught:
            build(broken, "cpu")
        assert "broken" in caught.value.what
        assert caught.value.fix
        return caught.value.why

    assert "decoder.conv_in.weight" in refused({}, without="decoder.conv_in.weight")
    assert "loss.discriminator" in refused({"loss.discriminator": torch.zeros(2)})
    assert "quantize.embedding.weight" in refused({"quantize.embedding.weight": torch.zeros(32, 5)})
    # the same number of numbers in another shape
    assert "quantize.embedding.weight" in refused({"quantize.embedding.weight": torch.zeros(4, 32)})


@pytest.mark.parametrize(
    ("place", "value", "word"),
    [
        ("embed_dim", None, "embed_dim"),
        ("embed_dim", 4.0, "embed_dim"),
        ("embed_dim", True, "embed_dim"),
        ("n_embed", 1, "n_embed"),
        ("n_embed", 10**12, "n_embed"),
        ("pixel_shuffle", 0, "pixel_shuffle"),
        ("pixel_shuffle", 2, "in_channels"),
        ("norm_groups", 3, "3 groups"),
        ("attention_side", -1, "attention_side"),
        ("attention_side", 32.0, "attention_side"),
        ("ddconfig", None, "ddconfig"),
        ("ddconfig", [1], "ddconfig"),
        ("ddconfig.ch", 10**9, "ch"),
        ("ddconfig.ch", "8", "ch"),
        ("ddconfig.ch_mult", 2, "ch_mult"),
        ("ddconfig.ch_mult", [], "ch_mult"),
        ("ddconfig.ch_mult", [1] * 50, "ch_mult"),
        ("ddconfig.ch_mult", [1, -2], "ch_mult"),
        ("ddconfig.num_res_blocks", 10**9, "num_res_blocks"),
        ("ddconfig.double_z", True, "double_z"),
        ("ddconfig.out_ch", 4, "out_ch"),
        ("ddconfig.z_channels", -1, "z_channels"),
        ("ddconfig.attn_resolutions", "16", "attn_resolutions"),
    ],
)
def test_an_unusable_configuration_is_explained(
    config: dict[str, Any], weigh: Weigh, place: str, value: object, word: str
) -> None:
    weights = weigh(config)
    changed = copy.deepcopy(config)
    *above, key = place.split(".")
    target = changed[above[0]] if above else changed
    target[key] = value
    broken = Weights(name="broken", kind="vqgan", config=changed, tensors=weights.tensors, sha256="")
    with pytest.raises(ModelError, match="broken") as caught:
        build(broken, "cpu")
    assert word in caught.value.why
    assert caught.value.fix


def test_a_boastful_configuration_takes_no_memory(config: dict[str, Any], weigh: Weigh) -> None:
    weights = weigh(config)
    config = copy.deepcopy(config)
    config["ddconfig"] |= {"ch": 1024, "ch_mult": [32] * 8, "num_res_blocks": 8}  # 10^13 parameters
    with pytest.raises(ModelError, match="do not fit"):
        build(Weights(name="big", kind="vqgan", config=config, tensors=weights.tensors, sha256=""), "cpu")


def test_a_layer_may_choose_the_codes(config: dict[str, Any], weigh: Weigh) -> None:
    """As in taming's GumbelVQ: what is encoded are codes already, and no gradient passes through their choice."""
    config |= {"quantiser": "gumbel", "embed_dim": config["ddconfig"]["z_channels"]}
    model = build(weigh(config), "cpu")
    codes = model.encode(torch.rand(1, 3, 8, 12, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(model.quantise(codes), codes)
    flat = codes.movedim(1, -1).reshape(-1, model.embed_dim)
    assert all(bool((code == model.codebook).all(dim=1).any()) for code in flat)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quantiser": "dice"}, "its quantiser is 'dice'"),
        ({"quantiser": "gumbel"}, "an embed_dim as large as z_channels"),
    ],
)
def test_another_way_of_choosing_codes_is_named(
    config: dict[str, Any], weigh: Weigh, change: dict[str, Any], why: str
) -> None:
    weights = weigh(config)
    with pytest.raises(ModelError, match=why):
        build(dataclasses.replace(weights, config={**config, **change}), "cpu")
