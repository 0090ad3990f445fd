"""Random weights of the published sizes are those that the catalogue speaks of, and networks come alive with them."""

from __future__ import annotations

import pytest
import torch

from studio.base.errors import ModelError
from studio.bench import published
from studio.canvas.networks import Networks, VqganConfig
from studio.models.architectures import model_cfg
from studio.models.catalogue import catalogued


@pytest.mark.parametrize("name", list(published.VQGANS))
def test_vqgans_are_as_large_as_the_catalogue_says(name):
    entry = next(entry for entry in catalogued() if entry.name == name)
    with torch.device("meta"):
        networks = Networks(VqganConfig.read(published.VQGANS[name], name=name))
    assert sum(value.numel() for value in networks.state_dict().values()) * 4 == entry.offer.memory


@pytest.mark.parametrize("architecture", ["ViT-B-32", "RN50", "MobileCLIP-S1"])
def test_a_perceptor_is_of_its_architecture(architecture):
    weights = published.perceptor(architecture)
    assert weights.config["model_cfg"] == model_cfg(architecture)
    assert float(weights.tensors["logit_scale"].exp()) == pytest.approx(1 / 0.07)
    assert all(bool(value.isfinite().all()) for value in weights.tensors.values())


def test_another_name_is_refused():
    with pytest.raises(ModelError, match="There is no architecture"):
        published.perceptor("ViT-B-33")
    with pytest.raises(KeyError):
        published.vqgan("vqgan-f32")


def test_products_keep_the_variance_and_norms_do_nothing():
    network = torch.nn.Sequential(
        torch.nn.Linear(400, 300), torch.nn.BatchNorm1d(300), torch.nn.Linear(300, 200)
    ).eval()
    tensors = published.drawn(network.state_dict(), 3)
    network.load_state_dict(tensors)
    out = network(torch.randn(50, 400, generator=torch.Generator().manual_seed(1)))
    assert float(out.detach().std()) == pytest.approx(1, abs=0.1)
    assert torch.equal(tensors["0.weight"], published.drawn(network.state_dict(), 3)["0.weight"])
    assert not torch.equal(tensors["0.weight"], published.drawn(network.state_dict(), 4)["0.weight"])
