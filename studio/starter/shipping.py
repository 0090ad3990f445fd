"""Weights as they ship: half precision, safetensors, the configuration in the header."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from studio.base import atomic
from studio.base.errors import ModelError


def ship(path: Path, kind: str, config: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> str:
    """Write weights that `studio.models.loading.read_weights` reads.

    Args:
        path: the file.
        kind: "clip" or "vqgan".
        config: how to build the network.
        tensors: its state; floating-point values are stored as fp16.

    Returns:
        The file's SHA-256, hex.

    Raises:
        ModelError: a value is not finite, or too large for fp16; nothing was written.
        FileError: the file could not be written; an earlier one is still there.
    """
    halves = {
        key: (value.half() if value.is_floating_point() else value).contiguous() for key, value in tensors.items()
    }
    wrong = [key for key, value in halves.items() if not bool(torch.isfinite(value).all())]
    if wrong:
        raise ModelError(
            f"The weights could not be written to {path}",
            f"Values of {', '.join(wrong[:3])} are not finite in half precision",
            "Train again, with a lower rate or another seed",
        )
    metadata = {"kind": kind, "config": json.dumps(config, separators=(",", ":"))}
    data = _in_order(save(halves, metadata))
    atomic.write_bytes(path, data)
    return hashlib.sha256(data).hexdigest()


def _in_order(data: bytes) -> bytes:
    """The same safetensors file with its header sorted: safetensors writes the metadata in another order every time."""
    length = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # so that the tensors stay aligned
    return len(header).to_bytes(8, "little") + header + data[8 + length :]
