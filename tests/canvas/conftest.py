from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from studio.canvas.networks import Networks, VqganConfig, VqganModel, build
from studio.models.loading import Weights

CONFIG: dict[str, Any] = {
    "ddconfig": {
        "ch": 8,
        "ch_mult": [1, 2],
        "num_res_blocks": 1,
        "attn_resolutions": [8],
        "resolution": 16,
        "in_channels": 3,
        "out_ch": 3,
        "z_channels": 6,
        "double_z": False,
        "dropout": 0.0,
    },
    "embed_dim": 4,
    "n_embed": 32,
    "norm_groups": 4,
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def config() -> dict[str, Any]:
    """The configuration of a VQGAN of a few thousand numbers, to be changed at will."""
    return {**CONFIG, "ddconfig": dict(CONFIG["ddconfig"])}


@pytest.fixture
def weigh() -> Callable[[dict[str, Any]], Weights]:
    return random_weights


@pytest.fixture(scope="session")
def model() -> VqganModel:
    """A frozen model that tests share."""
    return build(random_weights(CONFIG), "cpu")


def random_weights(config: dict[str, Any]) -> Weights:
    """Random weights that fit a configuration, as a file would give them."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(7)
        networks = Networks(VqganConfig.read(config, name="random"))
        for parameter in networks.parameters():  # norms and biases away from their neutral start
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return Weights(name="random", kind="vqgan", config=config, tensors=networks.state_dict(), sha256="ab" * 32)
