"""Adam (Kingma and Ba 2015, arXiv:1412.6980) as torch computes it, without what torch.optim waits for.

The first optimiser of `torch.optim` in a process imports torch's compiler, which takes over a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch import Tensor


class Adam(Protocol):
    """The part of `torch.optim.Adam` that is used here."""

    param_groups: list[dict[str, Any]]
    state: defaultdict[Tensor, Any]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients."""

    def step(self) -> object:
        """Move every parameter that has a gradient."""


def adam(parameters: Iterable[Tensor], lr: float, betas: tuple[float, float] = (0.9, 0.999)) -> Adam:
    """An optimiser: on a CPU `FusedAdam`, elsewhere torch's own, whose fused kernel wants the count of steps there.

    Args:
        parameters: leaves of one device.
        lr: the step size.
        betas: how much of the mean gradient and of the mean square is kept at each step.
    """
    moved = list(parameters)
    if all(parameter.device.type == "cpu" and parameter.is_floating_point() for parameter in moved):
        return FusedAdam(moved, lr, betas)
    return torch.optim.Adam(moved, lr=lr, betas=betas)


class FusedAdam:
    """torch's `Adam(parameters, lr, betas, fused=True)` on a CPU, to the bit: one pass over memory for a parameter.

    Attributes:
        param_groups: one, with `params`, `lr`, `betas` and `eps`.
        state: for every parameter that was moved `step` (float32), `exp_avg` and `exp_avg_sq`.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(parameters), "lr": lr, "betas": betas, "eps": 1e-8}]
        self.state: defaultdict[Tensor, Any] = defaultdict(dict)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or make them 0."""
        for parameter in self.param_groups[0]["params"]:
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.zero_()

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        group = self.param_groups[0]
        moved = [parameter for parameter in group["params"] if parameter.grad is not None]
        for parameter in moved:
            if not self.state[parameter]:
                self.state[parameter] = {
                    "step": torch.zeros(()),
                    "exp_avg": torch.zeros_like(parameter),
                    "exp_avg_sq": torch.zeros_like(parameter),
                }
        for dtype in dict.fromkeys(parameter.dtype for parameter in moved):  # the kernel wants them alike
            some = [parameter for parameter in moved if parameter.dtype == dtype]
            memory = [self.state[parameter] for parameter in some]
            steps = [each["step"] for each in memory]
            torch._foreach_add_(steps, 1)
            torch._fused_adam_(
                some,
                [parameter.grad for parameter in some],
                [each["exp_avg"] for each in memory],
                [each["exp_avg_sq"] for each in memory],
                [],
                steps,
                lr=group["lr"],
                beta1=group["betas"][0],
                beta2=group["betas"][1],
                weight_decay=0.0,
                eps=group["eps"],
                amsgrad=False,
                maximize=False,
            )
