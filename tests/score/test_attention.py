from __future__ import annotations

import copy
from collections import OrderedDict

import pytest
import torch
from torch import Tensor, nn

from studio.score import attention
from studio.score.attention import Patches, QuickGelu, SelfAttention, simplify


@pytest.fixture
def theirs() -> nn.MultiheadAttention:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.MultiheadAttention(24, 3, batch_first=True).eval()


@pytest.fixture
def sequence(generator: torch.Generator) -> Tensor:
    return torch.randn(2, 5, 24, generator=generator)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
def test_it_is_pytorchs_attention(
    theirs: nn.MultiheadAttention, sequence: Tensor, masked: bool, batch_first: bool
) -> None:
    theirs.batch_first = batch_first
    x = sequence if batch_first else sequence.transpose(0, 1)
    mask = torch.full((5, 5), -torch.inf).triu(1) if masked else None
    expected, _ = theirs(x, x, x, need_weights=False, attn_mask=mask)
    found, _ = SelfAttention(theirs)(x, x, x, need_weights=False, attn_mask=mask)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_long_sequences_are_attended_to_in_blocks(
    theirs: nn.MultiheadAttention, sequence: Tensor, masked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = torch.ones(5, 5, dtype=torch.bool).tril() if masked else None
    ours = SelfAttention(theirs)
    few, _ = ours(sequence, sequence, sequence, attn_mask=mask)
    monkeypatch.setattr(attention, "FEW", 4)
    many, _ = ours(sequence, sequence, sequence, attn_mask=mask)
    torch.testing.assert_close(few, many, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_its_gradient_is_pytorchs(theirs: nn.MultiheadAttention, sequence: Tensor, masked: bool) -> None:
    mask = torch.full((5, 5), -torch.inf).triu(1) if masked else None
    pull = torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(1))
    found = []
    for layer in (theirs, SelfAttention(theirs)):
        x = sequence.clone().requires_grad_()
        seen, _ = layer(x, x, x, need_weights=False, attn_mask=mask)
        found.append(torch.autograd.grad(seen, x, pull)[0])
    torch.testing.assert_close(found[1], found[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [(32, 32), (35, 40)])
def test_patches_are_the_convolutions(generator: torch.Generator, size: tuple[int, int]) -> None:
    convolution = nn.Conv2d(3, 6, 8, stride=8).requires_grad_(False).to(memory_format=torch.channels_last)
    found = []
    for layer in (convolution, Patches(convolution)):
        given = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)).requires_grad_()
        made = layer(given)
        found.append((made.detach(), *torch.autograd.grad(made.square().sum(), given)))
    for theirs, ours in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_it_says_so_when_it_is_asked_for_more(theirs: nn.MultiheadAttention, sequence: Tensor) -> None:
    ours = SelfAttention(theirs)
    with pytest.raises(ValueError, match="one sequence"):
        ours(sequence, sequence.clone(), sequence)
    with pytest.raises(ValueError, match="weights"):
        ours(sequence, sequence, sequence, need_weights=True)


def test_both_towers_of_a_clip_get_it_and_compute_the_same(plain_clip: nn.Module, generator: torch.Generator) -> None:
    ours = copy.deepcopy(plain_clip)
    assert simplify(ours) == 3, "a layer in each tower, and the patches"
    assert [name.replace("in_proj.", "in_proj_") for name in ours.state_dict()] == list(plain_clip.state_dict())
    picture, words = torch.rand(3, 3, 32, 32, generator=generator), torch.arange(16)[None]
    for name, given in (("encode_image", picture), ("encode_text", words)):
        torch.testing.assert_close(getattr(ours, name)(given), getattr(plain_clip, name)(given), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("active", ["ours", "open_clip's"])
def test_openais_activation_becomes_swish(active: str, sequence: Tensor) -> None:
    if active == "ours":
        quick: nn.Module = QuickGelu()
    else:
        quick = pytest.importorskip("open_clip.transformer").QuickGELU()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = {"c_fc": nn.Linear(24, 48), "gelu": quick, "c_proj": nn.Linear(48, 24)}
    theirs = nn.Sequential(OrderedDict(layers)).requires_grad_(False)
    ours = copy.deepcopy(theirs)
    assert simplify(ours) == 1
    assert type(ours.gelu) is nn.SiLU
    found = []
    for network in (theirs, ours):
        x = (4 * sequence).requires_grad_()
        made = network(x)
        found.append((made.detach(), *torch.autograd.grad(made.square().sum(), x)))
    torch.testing.assert_close(found[1], found[0], rtol=1e-5, atol=1e-5)
    assert simplify(ours) == 0


def test_other_activations_stay(sequence: Tensor) -> None:
    layers = {"c_fc": nn.Linear(24, 48), "gelu": nn.GELU(), "c_proj": nn.Linear(48, 24)}
    network = nn.Sequential(OrderedDict(layers))
    before = network(sequence)
    assert simplify(network) == 0
    assert torch.equal(network(sequence), before)


def test_attention_that_looks_elsewhere_is_left_alone(theirs: nn.MultiheadAttention) -> None:
    parent = nn.ModuleDict({"attn_pool": nn.ModuleDict({"attn": theirs}), "other": nn.ModuleDict({"attn": theirs})})
    assert simplify(parent) == 1
    assert parent["attn_pool"]["attn"] is theirs
