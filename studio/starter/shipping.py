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


def ship(path: Path, kind: str, config: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> str:
    """Write weights that `studio.models.loading.read_weights` reads.

    Args:
        path: the file.
        kind: "clip" or "vqgan".
        config: how to build the network.
        tensors: its state; floating-point values are stored as fp16.

    Returns:
        The file's SHA-256, hex.
    """
    halves = {
        key: (value.half() if value.is_floating_point() else value).contiguous() for key, value in tensors.items()
    }
    data = save(halves, {"kind": kind, "config": json.dumps(config, separators=(",", ":"))})
    atomic.write_bytes(path, data)
    return hashlib.sha256(data).hexdigest()
