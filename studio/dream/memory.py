"""Memory that ends: noticed before the system kills the program, and stepped down from with the same mathematics."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

SHARE = 0.6
"""How much of what is free a step may keep for its gradient: passing operations need room beside it."""

_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
_MEMINFO = Path("/proc/meminfo")
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def is_short(error: BaseException) -> bool:
    """Whether an error says that memory has ended, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in _SIGNS)


def free() -> int | None:
    """Bytes of main memory that are free for this process; None where the system does not say (not Linux)."""
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        found = [1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable")]
    except (OSError, ValueError):
        return None
    for limit, used in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no such limit, or "max"
            found.append(int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")))
    return max(0, min(found)) if found else None


@contextlib.contextmanager
def watched(device: torch.device) -> Iterator[None]:
    """Raise `torch.OutOfMemoryError` once what is kept for a gradient outgrows the main memory that is free.

    Linux gives out memory that it does not have, and kills the program that uses it: nothing could be saved any more. A
    graphics processor says so itself, and is not watched.
    """
    budget = free() if device.type == "cpu" else None
    if budget is None:
        yield
        return
    seen: set[int] = set()
    kept = 0
    allowed = int(SHARE * budget)

    def keep(tensor: Tensor) -> Tensor:
        nonlocal kept
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen:
            seen.add(storage.data_ptr())
            kept += storage.nbytes()
            if kept > allowed:
                raise torch.OutOfMemoryError(
                    f"not enough memory: a step keeps more than {allowed / 2**30:.1f} GiB for its gradient, and "
                    f"{budget / 2**30:.1f} GiB are free"
                )
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        yield
