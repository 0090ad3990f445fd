"""Adam's memory: taken out, put back, and carried to a canvas of another size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from studio.canvas.adam import Adam
from studio.canvas.resample import resample, triangle

_MEMORY = ("step", "exp_avg", "exp_avg_sq")


def memory(adam: Adam) -> dict[str, Tensor]:
    """Copies of the moments and step counts, as "INDEX/exp_avg" and so on; nothing for parameters not yet moved."""
    return {
        f"{index}/{name}": adam.state[parameter][name].clone()
        for index, parameter in enumerate(_parameters(adam))
        if parameter in adam.state
        for name in _MEMORY
    }


def remember(adam: Adam, tensors: Mapping[str, Tensor]) -> None:
    """Put copies of what `memory` gave into an optimiser of equally shaped parameters."""
    adam.state.clear()
    for index, parameter in enumerate(_parameters(adam)):
        if f"{index}/step" in tensors:
            step, *moments = (tensors[f"{index}/{name}"].clone() for name in _MEMORY)
            # the count stays where it is, on the CPU, or Adam would wait for the device at every step
            adam.state[parameter] = dict(zip(_MEMORY, (step, *(m.to(parameter.device) for m in moments)), strict=True))


@torch.no_grad()
def carry(old: Adam, new: Adam) -> None:
    """Start `new` with the moments of `old`, resampled where a parameter (1, C, h, w) has changed its size.

    As in style-transfer-pytorch (Crowson 2021), and besides scaled: the losses are means over the picture, so the
    gradient of one parameter shrinks as their number grows. Parameters without a counterpart, and those that are no
    pictures (a spectrum has other frequencies at another size), start afresh.
    """
    carried: dict[str, Tensor] = {}
    for index, (before, after) in enumerate(zip(_parameters(old), _parameters(new), strict=False)):
        moments = old.state.get(before)
        if not moments or before.ndim != 4 or before.shape[:2] != after.shape[:2]:
            continue
        height, width = after.shape[-2:]
        scale = before.numel() / after.numel()
        carried[f"{index}/step"] = moments["step"]
        # bilinear, since the second moments must not fall below 0
        carried[f"{index}/exp_avg"] = resample(moments["exp_avg"], width, height, kernel=triangle) * scale
        carried[f"{index}/exp_avg_sq"] = resample(moments["exp_avg_sq"], width, height, kernel=triangle) * scale**2
    remember(new, carried)


def _parameters(adam: Adam) -> Sequence[Tensor]:
    parameters: list[Tensor] = adam.param_groups[0]["params"]
    return parameters
