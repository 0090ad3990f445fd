"""Parts of an index on disk: embeddings that are mapped into memory, and what they are of. Written once, never changed.

A segment is two files named by the hash of what is in them: `NAME.npy`, the embeddings (rows, d) in float16, and
`NAME.npz`, the records. Records 0 to rows - 1 have their row; those after them are pictures that could not be used.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base import atomic
from studio.library.scan import Found

Embeddings = npt.NDArray[np.float16]

SUFFIXES = (".npy", ".npz")
"""Of a segment's two files."""

_PARTS = ("sizes", "mtimes", "ends", "text")
_NAME = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Record:
    """A picture that was looked at.

    Attributes:
        file: as it was when it was looked at.
        reason: why it could not be used; empty for one that has an embedding.
    """

    file: Found
    reason: str = ""


class DamagedError(Exception):
    """A segment that is missing, cut short or something else: what it held has to be made again."""


class Segment:
    """A segment that lies on the disk.

    Attributes:
        name: its files', without suffix.
        embeddings: (rows, d) float16, mapped into memory.
    """

    def __init__(self, folder: Path, name: str, dimensions: int) -> None:
        """Open it.

        Raises:
            DamagedError: it is not there, not whole or not of that many dimensions.
        """
        if not _NAME.fullmatch(name):  # what a manifest says must not lead to another folder
            raise DamagedError(f"{name[:40]!r} is no segment")
        self._folder = folder
        self.name = name
        path = folder / f"{name}.npy"
        try:
            with path.open("rb") as file:  # what has no rows cannot be mapped
                np.lib.format.read_magic(file)
                shape, _, kind = np.lib.format.read_array_header_1_0(file)
            nothing = 0 in shape
            found = np.empty(shape, kind) if nothing else np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedError(f"{path}: {error}") from error
        if found.ndim != 2 or found.shape[1] != dimensions or found.dtype != np.float16:
            raise DamagedError(f"{path} holds {found.dtype} {found.shape}")
        self.embeddings: Embeddings = found

    @property
    def rows(self) -> int:
        """How many embeddings it has."""
        return len(self.embeddings)

    def __len__(self) -> int:
        """How many records it has, those of pictures that could not be used counted in."""
        return len(self._columns["sizes"])

    def path(self, number: int) -> str:
        """What picture record `number` is of."""
        return os.fsdecode(self._piece(number))

    def record(self, number: int) -> Record:
        """Record `number`."""
        file = Found(self.path(number), int(self._columns["sizes"][number]), int(self._columns["mtimes"][number]))
        if number < self.rows:
            return Record(file)
        return Record(file, self._piece(len(self) + number - self.rows).decode("utf-8", "replace"))

    @cached_property
    def _columns(self) -> dict[str, npt.NDArray[np.int64]]:
        path = self._folder / f"{self.name}.npz"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                columns = {part: data[part] for part in _PARTS}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise DamagedError(f"{path}: {error}") from error
        count, ends = len(columns["sizes"]), columns["ends"]
        whole = len(columns["mtimes"]) == count and self.rows <= count and len(ends) == 2 * count - self.rows
        if not whole or (len(ends) and (ends[-1] != len(columns["text"]) or (np.diff(ends, prepend=0) < 0).any())):
            raise DamagedError(f"{path} holds records that do not fit")
        return columns

    def _piece(self, number: int) -> bytes:
        ends = self._columns["ends"]
        start = int(ends[number - 1]) if number else 0
        return self._columns["text"][start : int(ends[number])].tobytes()


def write(folder: Path, embeddings: Embeddings, records: Sequence[Record]) -> str:
    """Lay a segment down, and give its name.

    Args:
        folder: of the index; made when it is missing.
        embeddings: (rows, d).
        records: `rows` of pictures with embeddings, in their order, then those of pictures that could not be used.

    Raises:
        FileError: it could not be written; nothing that counts was changed.
    """
    rows = len(embeddings)
    if len(records) < rows or any(bool(record.reason) != (n >= rows) for n, record in enumerate(records)):
        raise ValueError(f"{len(records)} records do not fit {rows} embeddings")
    pieces = [os.fsencode(record.file.path) for record in records]
    pieces += [record.reason.encode("utf-8", "replace") for record in records[rows:]]
    columns: dict[str, npt.NDArray[np.generic]] = {
        "sizes": np.array([record.file.size for record in records], np.int64),
        "mtimes": np.array([record.file.mtime for record in records], np.int64),
        "ends": np.array(list(itertools.accumulate(map(len, pieces))), np.int64),
        "text": np.frombuffer(b"".join(pieces), np.uint8),
    }
    whole = np.ascontiguousarray(embeddings, np.float16)
    digest = hashlib.sha256(whole.tobytes())
    for part in _PARTS:
        digest.update(columns[part].tobytes())
    name = digest.hexdigest()[:20]
    with atomic.replacing(folder / f"{name}.npy") as temporary, temporary.open("wb") as file:
        np.save(file, whole, allow_pickle=False)
    with atomic.replacing(folder / f"{name}.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **columns)
    return name
