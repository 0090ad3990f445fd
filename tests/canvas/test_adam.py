"""The optimiser moves as torch's own does, to the bit, and needs no compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from studio.canvas.adam import FusedAdam, adam

PROGRAM = """
import sys, torch
from studio.canvas.adam import adam
x = torch.ones(3, requires_grad=True)
x.sum().backward()
adam([x], 0.1).step()
sys.exit(any(name in sys.modules for name in ("torch._dynamo", "sympy")) or float(x[0]) == 1)
"""


def leaves(dtype: torch.dtype) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    shapes = [(2, 3, 5, 7), (1,), (64, 33)]
    return [torch.randn(shape, generator=generator).to(dtype).requires_grad_() for shape in shapes]


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.8, 0.95)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_moves_as_torchs_fused_adam_does(dtype: torch.dtype, betas: tuple[float, float]) -> None:
    ours, theirs = leaves(dtype), leaves(dtype)
    one, other = adam(ours, 0.03, betas), torch.optim.Adam(theirs, lr=0.03, betas=betas, fused=True)
    assert isinstance(one, FusedAdam)
    generator = torch.Generator().manual_seed(2)
    for step in range(6):
        one.param_groups[0]["lr"] = other.param_groups[0]["lr"] = 0.03 / (step + 1)
        one.zero_grad()
        other.zero_grad()
        for index, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            if index != 1 or step > 2:  # one parameter has no gradient at first
                b.grad = torch.randn(a.shape, generator=generator).to(dtype)
                a.grad = b.grad.clone()
        one.step()
        other.step()
    for a, b in zip(ours, theirs, strict=True):
        assert torch.equal(a, b)
        for name in ("step", "exp_avg", "exp_avg_sq"):
            assert torch.equal(one.state[a][name], other.state[b][name])


def test_gradients_are_forgotten() -> None:
    (x,) = leaves(torch.float32)[:1]
    x.sum().backward()
    one = adam([x], 0.1)
    one.zero_grad(set_to_none=False)
    assert x.grad is not None
    assert not x.grad.any()
    one.zero_grad()
    assert x.grad is None


def test_what_has_no_gradient_stays() -> None:
    (x,) = leaves(torch.float32)[:1]
    before = x.detach().clone()
    one = adam([x], 0.1)
    one.step()
    assert torch.equal(x, before)
    assert x not in one.state


def test_no_compiler_is_imported() -> None:
    assert subprocess.run([sys.executable, "-c", PROGRAM], check=False).returncode == 0
