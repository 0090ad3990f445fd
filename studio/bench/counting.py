"""Operations counted: products and convolutions, with those whose weights are packed for the processor."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count


def gflop(work: Callable[[], object]) -> float:
    """GFLOP of a piece of work, a multiplication and an addition counted as two; it is done once."""
    counter = FlopCounterMode(display=False, custom_mapping={_packed(): _convolution} if _packed() else {})
    with counter:
        work()
    return counter.get_total_flops() / 1e9


def _packed() -> object:
    """oneDNN's convolution with packed weights (`studio.models.packing`), None where PyTorch was built without it."""
    return getattr(torch.ops.mkldnn, "_convolution_pointwise", None)


def _convolution(pictures: torch.Size, weights: torch.Size, *_: object, out_shape: torch.Size, **__: object) -> int:
    return conv_flop_count(list(pictures), list(weights), list(out_shape))
