"""Operations counted: products and convolutions, with those whose weights are packed for the processor."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count


def gflop(work: Callable[[], object]) -> float:
    """GFLOP of a piece of work, a multiplication and an addition counted as two; it is done once."""
    formulas = {
        "_convolution_pointwise": _convolution,
        "_convolution_pointwise_": _added,
        "_linear_pointwise": _linear,
    }
    known = {_packed(name): formula for name, formula in formulas.items() if _packed(name)}
    counter = FlopCounterMode(display=False, custom_mapping=known)
    with counter:
        work()
    return counter.get_total_flops() / 1e9


def _packed(name: str) -> object:
    """oneDNN's operation with packed weights (`studio.models.blocked`), None where PyTorch was built without it."""
    return getattr(torch.ops.mkldnn, name, None)


def _linear(rows: torch.Size, weights: torch.Size, *_: object, **__: object) -> int:
    return 2 * math.prod(rows) * weights[0]


def _convolution(pictures: torch.Size, weights: torch.Size, *_: object, out_shape: torch.Size, **__: object) -> int:
    return conv_flop_count(list(pictures), list(weights), list(out_shape))


def _added(total: torch.Size, pictures: torch.Size, weights: torch.Size, *_: object, **__: object) -> int:
    return conv_flop_count(list(pictures), list(weights), list(total))
