"""The published generator: the same pictures as pytorch-pretrained-biggan's, and configurations that are refused."""

from __future__ import annotations

import pytest
import torch

from studio.base.errors import ModelError
from studio.bench import deep
from studio.canvas.biggan_deep import DeepConfig, folded
from studio.canvas.imagenet_model import build

pytest_biggan = pytest.importorskip("pytorch_pretrained_biggan")


def reference(weights):
    """The package's own model with the same weights; every name and shape has to agree."""
    model = pytest_biggan.BigGAN(pytest_biggan.BigGANConfig.from_dict(dict(weights.config)))
    model.load_state_dict(dict(weights.tensors), strict=True)
    return model.eval()


@torch.no_grad()
def apart(values, truncation: float) -> float:
    weights = deep.weights(values, seed=3)
    theirs, ours = reference(weights), build(weights, "cpu", torch.float32)
    generator = torch.Generator().manual_seed(1)
    noise = truncation * torch.randn(2, ours.noise, generator=generator).clamp(-2, 2)
    classes = (3 * torch.randn(2, ours.classes, generator=generator)).softmax(-1)
    wanted = theirs(noise, classes, truncation) / 2 + 0.5
    assert float(wanted.std()) > 0.05
    return float((ours.draw(noise, classes, truncation) - wanted).abs().max())


@pytest.mark.parametrize("truncation", [1.0, 0.7, 0.511, 0.02])
def test_a_small_one_draws_what_the_package_draws(truncation):
    assert apart(deep.small(), truncation) < 1e-5


def test_the_published_one_of_128_pixels_draws_what_the_package_draws():
    assert apart(deep.config(128), 0.7) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("side", [256, 512])
def test_the_larger_published_ones_draw_what_the_package_draws(side):
    assert apart(deep.config(side), 0.5) < 1e-5


def test_gradients_are_the_packages():
    weights = deep.weights(deep.small(), seed=3)
    theirs, ours = reference(weights), build(weights, "cpu", torch.float32)
    generator = torch.Generator().manual_seed(1)
    classes = torch.randn(1, 12, generator=generator).softmax(-1)
    gradients = []
    for draw in (lambda noise: theirs(noise, classes, 0.7) / 2 + 0.5, lambda noise: ours(noise, classes, 0.7)):
        noise = torch.linspace(-2, 2, ours.noise)[None].requires_grad_()
        draw(noise).square().sum().backward()
        gradients.append(noise.grad)
    assert torch.allclose(*gradients, rtol=1e-4, atol=1e-3)


def test_files_of_older_versions_lack_a_vector_and_hold_the_product():
    weights = deep.weights(deep.small(), seed=3)
    config = DeepConfig.read(weights.config, name="old")
    full = folded(weights.tensors, config, name="old")
    older = {key: value for key, value in weights.tensors.items() if not key.endswith("weight_v")}
    older["generator.gen_z.weight"] = torch.zeros_like(older["generator.gen_z.weight_orig"])
    found = folded(older, config, name="old")
    assert found.keys() == full.keys()
    for key, value in full.items():  # a power iteration that has not converged has another norm, a little
        assert torch.allclose(found[key], value, rtol=0.1, atol=1e-6), key


def test_what_is_folded_already_is_taken_as_it_is():
    weights = deep.weights(deep.small(), seed=3)
    config = DeepConfig.read(weights.config, name="plain")
    once = folded(weights.tensors, config, name="plain")
    again = folded(once, config, name="plain")
    assert all(torch.equal(again[key], value) for key, value in once.items())


@pytest.mark.parametrize(
    "change",
    [
        {"layers": [[True, 16, 8]]},
        {"layers": [[True, 16, 16], [True, 8, 1]]},
        {"layers": "many"},
        {"layers": [[True, 16]]},
        {"output_dim": 64},
        {"z_dim": True},
        {"z_dim": 0},
        {"class_embed_dim": 5},
        {"eps": 2},
        {"n_stats": 1},
        {"num_classes": 10**9},
    ],
)
def test_a_configuration_that_cannot_be_is_refused(change):
    with pytest.raises(ModelError, match="could not be used"):
        DeepConfig.read(deep.small() | change, name="odd")
    missing = {key: value for key, value in deep.small().items() if key not in change}
    if "class_embed_dim" not in change:
        with pytest.raises(ModelError, match="could not be used"):
            DeepConfig.read(missing, name="odd")


@pytest.mark.parametrize("spoil", ["lacks", "length", "left", "zero"])
def test_a_norm_that_cannot_be_is_refused(spoil):
    weights = deep.weights(deep.small(), seed=3)
    config = DeepConfig.read(weights.config, name="odd")
    tensors = dict(weights.tensors)
    key = "generator.gen_z.weight"
    if spoil == "lacks":
        del tensors[f"{key}_u"]
    elif spoil == "left":
        tensors[f"{key}_u"] = torch.ones(3)
    elif spoil == "length":
        tensors[f"{key}_v"] = torch.ones(3)
    else:
        tensors[f"{key}_orig"] = torch.zeros_like(tensors[f"{key}_orig"])
    with pytest.raises(ModelError, match="spectral norm"):
        folded(tensors, config, name="odd")
