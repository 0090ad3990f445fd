"""Keydream's own format written tensor by tensor, so that no more than one of them has to be in memory.

The same tensors give the same bytes: the header is sorted, and tensors follow one another by the size of their numbers,
then by name, as the safetensors library has them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from studio.base.errors import ModelError
from studio.models.loading import MAX_HEADER, Lazy

_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def write(
    path: Path,
    kind: str,
    config: Mapping[str, Any],
    tensors: Mapping[str, Lazy],
    *,
    what: str,
    step: Callable[[int, int], None],
) -> str:
    """Write weights that `studio.models.loading.read_weights` reads; numbers keep their precision.

    Args:
        path: a temporary file, since it is not whole before the end.
        kind: see `Weights`.
        config: how to build the network.
        tensors: by their names.
        what: what to call them in messages.
        step: called with bytes written and to be written, after each tensor; it may raise.

    Returns:
        The file's SHA-256, hex.

    Raises:
        ModelError: a value is not finite, a tensor is not as it was said to be, or the header would be too long.
    """
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    header: dict[str, Any] = {"__metadata__": {"config": json.dumps(config, sort_keys=True), "kind": kind}}
    end = 0
    for name in order:
        start, end = end, end + math.prod(tensors[name].shape) * tensors[name].dtype.itemsize
        header[name] = {
            "dtype": _NAMES[tensors[name].dtype],
            "shape": list(tensors[name].shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    if len(text) > MAX_HEADER:
        raise ModelError(f"{what} could not be used", f"It has {len(order):,} tensors, which is too many", "")
    digest = hashlib.sha256()
    with path.open("wb") as file:

        def put(data: bytes | memoryview) -> None:
            file.write(data)
            digest.update(data)

        put(len(text).to_bytes(8, "little") + text)
        done = 0
        for name in order:
            value = _checked(name, tensors[name], what)
            put(value.reshape(-1).view(torch.uint8).numpy().data)
            done += value.nbytes
            step(done, end)
    return digest.hexdigest()


def _checked(name: str, lazy: Lazy, what: str) -> torch.Tensor:
    value = lazy.read().contiguous()
    if value.dtype != lazy.dtype or tuple(value.shape) != tuple(lazy.shape):
        raise ModelError(f"{what} could not be used", f"The tensor {name} is not as its file says", "Fetch it again")
    # in single precision, as which it will be used: what is too large for that is infinite there
    if value.is_floating_point() and not bool(torch.isfinite(value.float()).all()):
        raise ModelError(
            f"{what} could not be used",
            f"The tensor {name} has values that are not finite",
            "Fetch it again, or take another training's result",
        )
    return value
