from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from studio.canvas.frozen import convolve


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "layer", [{"padding": 1}, {"stride": 2, "bias": False}, {"padding": 2, "dilation": 2, "groups": 2}]
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
