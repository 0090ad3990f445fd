from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from studio.models.folding import fold
from studio.models.towers import SmoothResNet


def trained(network: nn.Module) -> nn.Module:
    """With statistics as training leaves them."""
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn(module.num_features, generator=generator)
            module.running_var = 0.5 + torch.rand(module.num_features, generator=generator)
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(module.bias, generator=generator)
    return network.eval()


def theirs() -> nn.Module:
    from open_clip.modified_resnet import ModifiedResNet

    return ModifiedResNet(layers=(1, 1, 1, 1), output_dim=16, heads=4, image_size=32, width=8)


@pytest.mark.parametrize(
    ("make", "count"), [(lambda: SmoothResNet((4, 8), (1, 2)), 7), (theirs, 3 + 4 * 4)], ids=["starter", "openai"]
)
@torch.no_grad()
def test_a_folded_network_computes_the_same_without_normalising(make: type[nn.Module], count: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = trained(make())
    folded = copy.deepcopy(network)
    assert fold(folded) == count
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(folded(pictures), network(pictures), rtol=1e-4, atol=1e-5)


def test_networks_that_nobody_knows_are_left_alone() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).eval()
    assert fold(network) == 0
