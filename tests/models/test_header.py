"""A file's header tells its architecture without torch, and whatever is wrong with a file, nothing is raised."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.models.catalogue import find
from studio.models.header import architecture


def saved(path: Path, config: object) -> Path:
    save_file({"w": torch.zeros(2)}, path, metadata={"kind": "biggan", "config": json.dumps(config)})
    return path


def test_the_architecture_is_told(tmp_path: Path) -> None:
    assert architecture(saved(tmp_path / "a.safetensors", {"architecture": "biggan-deep"})) == "biggan-deep"
    assert architecture(find("", "biggan").path) != "biggan-deep", "the starter is of another kind"


def test_a_file_that_changes_is_looked_at_again(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.safetensors", {"architecture": "one"})
    assert architecture(path) == "one"
    saved(path, {"architecture": "another"})
    assert architecture(path) == "another"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        struct.pack("<Q", 1 << 40) + b"{",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 2) + b"\xff\xff",
        struct.pack("<Q", 33) + b'{"__metadata__": {"config": "[]"}}',
        struct.pack("<Q", 100_000) + b"[" * 100_000,
    ],
)
def test_what_is_no_model_has_no_architecture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd"
    path.write_bytes(content)
    assert architecture(path) == ""
    assert architecture(tmp_path / "missing") == ""


def test_no_torch_is_needed() -> None:
    code = "import sys, studio.models.header; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
