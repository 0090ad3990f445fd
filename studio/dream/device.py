"""Which processor to dream on."""

from __future__ import annotations

import torch

from studio.base.errors import InputError

_KINDS = {
    "cuda": "NVIDIA or AMD graphics card that PyTorch can use",
    "mps": "Apple graphics processor that PyTorch can use",
}


def pick(name: str) -> torch.device:
    """The device for "auto" (the first there is of cuda, mps, cpu), "cpu", "cuda" or "mps".

    Raises:
        InputError: there is no such device here, or no such name.
    """
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if _available(kind)))
    if name not in (*_KINDS, "cpu"):
        raise InputError(f"There is no device {name!r}", "", "Use auto, cpu, cuda or mps")
    if not _available(name):
        raise InputError(
            f"The device {name} cannot be used",
            f"This machine has no {_KINDS[name]}",
            "Use --device auto or --device cpu",
        )
    return torch.device(name)


def _available(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_available()
    return kind == "cpu" or torch.backends.mps.is_available()
