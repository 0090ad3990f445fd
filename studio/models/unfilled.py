"""Networks that are made to be loaded: nobody draws the initial weights that would be thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import init
from torch.overrides import TorchFunctionMode

_DRAWING = {
    *(Tensor.normal_, Tensor.uniform_, Tensor.erfinv_),
    *(init.normal_, init.uniform_, init.kaiming_uniform_),  # these are asked about before their tensors are
}


class Unfilled(TorchFunctionMode):
    """While it lasts, in this thread alone, parameters are allocated and what would fill them with chance does nothing.

    Constants, masks and statistics are what they are. Of ViT-B/32's 151 million numbers, drawing takes over a second.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> object:
        """The tensor as it is, for what draws; else what torch does."""
        named = kwargs or {}
        if func in _DRAWING:
            return args[0] if args else named["tensor"]
        return func(*args, **named)


def allocate(network: nn.Module) -> None:
    """Give a network of the meta device memory for all its numbers, whatever they are.

    As `to_empty` does, which asks the meta device, where many operations import torch's compiler first: over a second.
    """
    network._apply(lambda tensor: torch.empty(tensor.shape, dtype=tensor.dtype))  # type: ignore[no-untyped-call]
