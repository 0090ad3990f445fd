"""Networks that are made to be loaded: no chance is drawn, and all that is no chance is there."""

from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

from studio.models.unfilled import Unfilled, allocate


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 5), nn.Conv2d(3, 4, 3), nn.Embedding(7, 3), nn.BatchNorm2d(4))
        self.attention = nn.MultiheadAttention(4, 2)
        self.place = nn.Parameter(torch.empty(3, 2))
        nn.init.trunc_normal_(self.place, std=0.02)
        nn.init.xavier_normal_(self.place)
        self.register_buffer("mask", torch.ones(3, 3).tril_(), persistent=False)


def test_nobodys_chance_moves() -> None:
    before = torch.random.get_rng_state()
    with Unfilled():
        Network()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_constants_are_filled_and_weights_can_be_loaded() -> None:
    whole = Network().eval()
    with Unfilled():
        made = Network().eval()
    assert torch.equal(made.mask, whole.mask)
    assert torch.equal(made.layers[3].running_var, torch.ones(4))
    made.load_state_dict(whole.state_dict())
    for name, tensor in whole.state_dict().items():
        assert torch.equal(made.state_dict()[name], tensor)
    assert all(parameter.requires_grad for parameter in made.parameters())


def test_outside_of_it_all_is_as_ever() -> None:
    with Unfilled():
        pass
    torch.manual_seed(1)
    first = nn.Linear(3, 3)
    torch.manual_seed(1)
    assert torch.equal(nn.Linear(3, 3).weight, first.weight)
    assert first.weight.abs().max() > 0


def test_a_network_without_memory_gets_it_and_can_be_loaded() -> None:
    whole = Network().eval()
    with torch.device("meta"), Unfilled():
        made = Network().eval()
    assert all(tensor.is_meta for tensor in made.state_dict().values())
    allocate(made)
    made.load_state_dict(whole.state_dict())
    for name, tensor in whole.state_dict().items():
        assert torch.equal(made.state_dict()[name], tensor)
        assert made.state_dict()[name].stride() == tensor.stride()
    assert all(parameter.requires_grad for parameter in made.parameters())


def test_torchs_compiler_is_not_imported_for_it() -> None:
    program = (
        "import sys, torch\nfrom torch import nn\nfrom studio.models.unfilled import Unfilled, allocate\n"
        "with torch.device('meta'), Unfilled():\n"
        "    made = nn.Sequential(nn.Embedding(4, 3), nn.Conv2d(3, 4, 3), nn.Linear(2, 2), nn.GroupNorm(2, 4))\n"
        "allocate(made)\nsys.exit(any(name in sys.modules for name in ('torch._dynamo', 'sympy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
