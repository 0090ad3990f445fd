"""Laying a dream down in the middle of a frame, so that whatever interrupts it costs seconds."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from studio.base import atomic
from studio.dream.state import DreamState

EVERY = 20.0
"""Seconds between two checkpoints of one dream."""

KEPT = 30 * 24 * 3600.0
"""Seconds after which a checkpoint that nobody took up is thrown away."""

_DIGEST = hashlib.sha256().digest_size
_TENSORS, _NUMBERS = "tensors/", "numbers/"


class Checkpoints:
    """Dreams in progress, one file for each key: a SHA-256 (32 bytes) of the rest, which is safetensors.

    Any process may take one up; what matters is only that a file is a whole state of the dream of that key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, key: str, state: DreamState) -> None:
        """Keep `state` as the latest of the dream `key`.

        Raises:
            FileError: it could not be written; an earlier one is still there.
        """
        tensors = {_TENSORS + name: value for name, value in state.tensors.items()}
        numbers = {_NUMBERS + name: torch.tensor(value) for name, value in state.numbers.items()}
        data = pack(tensors | numbers)
        atomic.write_bytes(self._path(key), hashlib.sha256(data).digest() + data)

    def load(self, key: str) -> DreamState | None:
        """The latest state of the dream `key`; None when there is none, or what is there is damaged."""
        try:
            data = self._path(key).read_bytes()
            digest, data = data[:_DIGEST], data[_DIGEST:]
            if hashlib.sha256(data).digest() != digest:
                return None
            tensors = unpack(data)
        except (OSError, ValueError):
            return None
        state = DreamState(tensors)
        numbers = state.below(_NUMBERS).tensors
        return DreamState(state.below(_TENSORS).tensors, {name: int(value) for name, value in numbers.items()})

    def discard(self, key: str) -> None:
        """Forget the dream `key`; harmless when there is none."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def sweep(self, *, older_than: float = KEPT) -> None:
        """Forget the dreams that were laid down more than `older_than` seconds ago."""
        now = time.time()
        for path in self._folder.glob("*.checkpoint"):
            with contextlib.suppress(OSError):
                if now - path.stat().st_mtime >= older_than:
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.checkpoint"


def pack(tensors: Mapping[str, Tensor]) -> bytes:
    """Tensors as the bytes of a safetensors file."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def unpack(data: bytes) -> dict[str, Tensor]:
    """What `pack` took, on the CPU. Raises ValueError when it is no safetensors file."""
    try:
        return load(data)
    except SafetensorError as error:
        raise ValueError(f"no safetensors file: {error}") from error
