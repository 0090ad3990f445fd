"""Networks that are made to be loaded: nobody draws the initial weights that would be thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor
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
