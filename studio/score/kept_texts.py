"""Embeddings of texts, kept in the cache folder: a prompt that was read once is not read again, to the bit.

One small file for each perceptor on each kind of machine. It holds hashes in place of the texts, and a checksum:
whatever has become of it, it costs time alone. Processes may share it; who writes last may undo what another has added.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor

from studio import __version__
from studio.base import atomic, paths
from studio.base.errors import FileError

TEXTS = 2048
"""Most texts in a file; the oldest go first."""

_DIGEST = 32  # bytes of a SHA-256


class KeptTexts:
    """The texts of one perceptor. Any thread may ask.

    Args:
        identity: of the perceptor's weights and configuration: a hash of them, and nobody else's.
        device: where embeddings are computed; they differ in their last bits from one to another.
        dimensions: of an embedding.
    """

    def __init__(self, identity: str, device: torch.device, dimensions: int) -> None:
        self._name = hashlib.sha256("|".join((identity, __version__, *_machine(device))).encode()).hexdigest()[:32]
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._stamp: tuple[Path, int, int] | None = None
        self._held: dict[bytes, Tensor] = {}

    @property
    def path(self) -> Path:
        """The file."""
        return paths.cache_dir() / "texts" / f"{self._name}.safetensors"

    def find(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Embeddings (d) of those of the texts that are kept, float32 on the CPU."""
        with self._lock:
            self._look()
            digests = {text: _digest(text) for text in texts}
            return {text: self._held[digest] for text, digest in digests.items() if digest in self._held}

    def keep(self, embeddings: Mapping[str, Tensor]) -> None:
        """Add embeddings (d) of texts, float32; where the folder cannot be written, nothing is kept."""
        if not embeddings:
            return
        with self._lock:
            self._look()  # another process may have added some
            for text, embedding in embeddings.items():
                self._held.pop(_digest(text), None)
                self._held[_digest(text)] = embedding.detach().to("cpu", torch.float32, copy=True)
            for digest in list(self._held)[:-TEXTS]:
                del self._held[digest]
            tensors = {
                "digests": torch.frombuffer(bytearray(b"".join(self._held)), dtype=torch.uint8).view(-1, _DIGEST),
                "embeddings": torch.stack(list(self._held.values())),
            }
            tensors["sum"] = _sum(tensors["digests"], tensors["embeddings"])
            with contextlib.suppress(FileError):
                atomic.write_bytes(self.path, safetensors.save(tensors))
                self._stamp = self._stamped()

    def _look(self) -> None:
        """Hold what the file holds, if it has changed since."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return
        self._held = {}
        self._stamp = stamp
        with contextlib.suppress(OSError, SafetensorError, KeyError, ValueError, RuntimeError):
            tensors = safetensors.load(self.path.read_bytes())
            digests, embeddings = tensors["digests"], tensors["embeddings"]
            right = digests.dtype == torch.uint8 and embeddings.dtype == torch.float32
            right = right and digests.shape == (len(embeddings), _DIGEST)
            right = right and embeddings.shape == (len(embeddings), self._dimensions)
            if right and torch.equal(tensors["sum"], _sum(digests, embeddings)):
                self._held = dict(zip(map(bytes, digests.numpy()), embeddings, strict=True))

    def _stamped(self) -> tuple[Path, int, int]:
        path = self.path
        try:
            status = path.stat()
        except OSError:
            return path, 0, 0
        return path, status.st_mtime_ns, status.st_size


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _sum(digests: Tensor, embeddings: Tensor) -> Tensor:
    total = hashlib.sha256(digests.contiguous().numpy().tobytes())
    total.update(embeddings.contiguous().numpy().tobytes())
    return torch.frombuffer(bytearray(total.digest()), dtype=torch.uint8)


def _machine(device: torch.device) -> tuple[str, ...]:
    """What besides the weights decides the last bits of an embedding."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    manner = torch.get_float32_matmul_precision(), str(torch.are_deterministic_algorithms_enabled())
    return torch.__version__, device.type, name, str(torch.get_num_threads()), *manner
