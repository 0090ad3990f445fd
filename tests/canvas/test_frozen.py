from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from studio.canvas.frozen import convolve, enlarge


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "layer", [{"stride": 2, "padding": 1}, {"stride": 2, "bias": False}, {"padding": 2, "dilation": 2, "groups": 2}]
)
def test_picture_and_gradient_are_pytorchs_to_the_bit(
    layer: dict[str, int], dtype: torch.dtype, chance: torch.Generator
) -> None:
    convolution = nn.Conv2d(4, 6, 3, **layer).to(dtype).requires_grad_(False)  # type: ignore[arg-type]
    x = torch.randn(2, 4, 9, 11, generator=chance).to(dtype)
    found = []
    for network in (convolution, lambda x: convolve(convolution, x)):
        given = x.clone().requires_grad_()
        made = network(given)
        found.append((made.detach(), *torch.autograd.grad(made.float().square().sum(), given)))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


@pytest.mark.parametrize(("size", "padding"), [(3, 1), (1, 0), (5, 1), (3, 0)])
def test_gradient_by_turned_weights_is_pytorchs(size: int, padding: int, chance: torch.Generator) -> None:
    convolution = nn.Conv2d(5, 7, size, padding=padding).double().requires_grad_(False)
    x = torch.randn(2, 5, 9, 11, generator=chance, dtype=torch.float64).requires_grad_()
    pull = torch.randn(convolution(x).shape, generator=chance, dtype=torch.float64)
    (theirs,) = torch.autograd.grad(convolution(x), x, pull)
    (ours,) = torch.autograd.grad(convolve(convolution, x), x, pull)
    assert torch.allclose(ours, theirs, atol=1e-12)


def test_weights_that_change_are_turned_again(chance: torch.Generator) -> None:
    convolution = nn.Conv2d(2, 2, 3, padding=1).requires_grad_(False)
    x = torch.randn(1, 2, 6, 6, generator=chance).requires_grad_()
    (before,) = torch.autograd.grad(convolve(convolution, x).sum(), x)
    convolution.weight.mul_(2)
    (after,) = torch.autograd.grad(convolve(convolution, x).sum(), x)
    assert torch.allclose(after, 2 * before)


@pytest.mark.parametrize("side", [8, 32])
def test_an_enlarged_picture_is_convolved_as_if_it_had_been_repeated(side: int, chance: torch.Generator) -> None:
    convolution = nn.Conv2d(3, 4, 3, padding=1).double().requires_grad_(False)
    x = torch.randn(2, 3, side, side + 3, generator=chance, dtype=torch.float64).requires_grad_()
    wanted = convolution(nn.functional.interpolate(x, scale_factor=2.0, mode="nearest"))
    found = enlarge(convolution, x)
    pull = torch.randn(wanted.shape, generator=chance, dtype=torch.float64)
    assert torch.allclose(found, wanted, atol=1e-12)
    (theirs,), (ours,) = (torch.autograd.grad(made, x, pull) for made in (wanted, found))
    assert torch.allclose(ours, theirs, atol=1e-12)
    assert torch.equal(enlarge(convolution, x.detach()), found)


def test_only_3x3_convolutions_that_keep_the_size_enlarge() -> None:
    with pytest.raises(ValueError, match="3x3"):
        enlarge(nn.Conv2d(1, 1, 1), torch.ones(1, 1, 4, 4))


def test_nothing_of_what_goes_in_is_kept(chance: torch.Generator) -> None:
    convolution = nn.Conv2d(3, 3, 1).requires_grad_(False)
    kept: list[torch.Size] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor.shape)
        return tensor

    x = torch.rand(1, 3, 20, 20, generator=chance).requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        convolve(convolution, x)
    assert kept == [convolution.weight.shape]


def test_one_that_is_trained_gets_its_gradient() -> None:
    convolution = nn.Conv2d(1, 1, 1)
    convolve(convolution, torch.ones(1, 1, 2, 2, requires_grad=True)).sum().backward()  # type: ignore[no-untyped-call]
    assert convolution.weight.grad is not None
    assert float(convolution.weight.grad) == 4


@pytest.mark.parametrize("padding", [{"padding": "same"}, {"padding": 1, "padding_mode": "reflect"}])
def test_other_paddings_are_refused(padding: dict[str, int | str]) -> None:
    with pytest.raises(ValueError, match="pad"):
        convolve(nn.Conv2d(1, 1, 3, **padding), torch.ones(1, 1, 4, 4))  # type: ignore[arg-type]
