"""Memory that ends: noticed before the system kills the program, and stepped down from with the same mathematics."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from studio.base.errors import InputError
from studio.dream import confinement

SHARE = 0.7
"""How much of what is free a step may keep for its gradient: passing operations need room beside it. Steps that
`studio.render.sparing` takes for fitting keep up to 0.65."""

LIMIT = "KEYDREAM_MEMORY"
"""The environment variable that says how many GiB of main memory the program is to take in all: what else is free is
left alone. Steps are planned and watched so that they stay below."""

_MEMINFO = Path("/proc/meminfo")
_STATUS = Path("/proc/self/status")
_grants: list[tuple[int, int]] = []  # bytes, and what was resident when they were granted; the last one counts


def free() -> int | None:
    """Bytes of main memory that are free for this process; None where nobody says (not Linux, without `LIMIT`).

    Raises:
        InputError: `LIMIT` is set to something else than GiB.
    """
    found = _kibibytes(_MEMINFO, "MemAvailable")
    found += confinement.left()
    if (most := _most()) is not None:
        found.append(most - resident())
    if _grants:
        room, began = _grants[-1]
        found.append(room - (resident() - began))
    return max(0, min(found)) if found else None


def _most() -> int | None:
    """The most that this process is to hold, in bytes; None for all there is."""
    text = os.environ.get(LIMIT, "")
    if not text:
        return None
    try:
        most = float(text)
    except ValueError:
        most = 0.0
    if not 0 < most < float("inf"):
        raise InputError(f"{LIMIT} is {text[:40]!r}", "It is how many GiB Keydream may take", f"Set it as in {LIMIT}=8")
    return int(most * 2**30)


def free_on(device: torch.device) -> int | None:
    """Bytes that are free on a device, those that PyTorch has in store counted in; None for nobody knows."""
    if device.type == "cuda":
        unused, _ = torch.cuda.mem_get_info(device)
        return int(unused + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))
    return free() if device.type == "cpu" else None


def resident() -> int:
    """Bytes of main memory that this process holds; 0 where the system does not say."""
    return sum(_kibibytes(_STATUS, "VmRSS"))


def _kibibytes(file: Path, name: str) -> list[int]:
    """What a file of the system says under a name, in bytes; empty where there is no such thing."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return [1024 * int(line.split()[1]) for line in lines if line.startswith(name + ":")]
    except (OSError, ValueError, IndexError):
        return []


@contextlib.contextmanager
def granted(room: int) -> Iterator[None]:
    """While it lasts, this process takes no more main memory for free than `room` bytes beside what it holds now.

    Steps are planned and watched so that they stay below; nothing else is. For the whole process.
    """
    _grants.append((room, resident()))
    try:
        yield
    finally:
        _grants.pop()


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
