"""Files of weights, honest and hostile, written byte by byte."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

CONFIG = {"depth": 3, "names": ["a", "b"]}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def honest() -> bytes:
    """A good file: kind "clip", `CONFIG`, two tensors."""
    tensors = {"w": torch.arange(6, dtype=torch.float16).reshape(2, 3), "n": torch.tensor([7])}
    return save(tensors, {"kind": "clip", "config": json.dumps(CONFIG)})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        path = tmp_path / "weights.safetensors"
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def craft(write: Callable[[bytes], Path]) -> Callable[..., Path]:
    """A file with a header of one's own: a mapping of tensors beside good metadata, or plain bytes."""

    def crafted(header: dict[str, object] | bytes, data: bytes = b"", *, length: int | None = None) -> Path:
        if isinstance(header, dict):
            metadata = {"__metadata__": {"kind": "clip", "config": "{}"}}
            header = json.dumps(metadata | header).encode()
        return write(struct.pack("<Q", len(header) if length is None else length) + header + data)

    return crafted
