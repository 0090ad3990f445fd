"""What perceptors saw in pictures, on disk: embeddings by the picture's bytes and the perceptor's weights. No torch.

It may be lost at any time, and then everything is looked at again. A damaged file is made anew; where none can be
written, nothing is remembered. When it grows beyond its limit, what was not used for the longest time is forgotten.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from studio.base import paths
from studio.score.standing import Floats

LIMIT = 256 * 2**20
"""Bytes of embeddings that are kept; 512 of them are 1 KiB each."""

_FILES = 200_000  # pictures whose bytes are known without reading them
_DAY = 86400.0
_WAIT = 5.0  # seconds for which another process may write
_VERSION = 1
_SCHEMA = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE seen (
    digest TEXT NOT NULL, perceptor TEXT NOT NULL, used REAL NOT NULL, embedding BLOB NOT NULL,
    PRIMARY KEY (digest, perceptor)
);
CREATE INDEX by_use ON seen (used);
"""
_BY_AGE = "SELECT digest, perceptor, length(embedding) FROM seen ORDER BY used, rowid"

T = TypeVar("T")


class Memory:
    """The database at `path`. For one thread; any number of processes may have it open.

    Args:
        path: its file; by default one in the cache folder.
        limit: bytes of embeddings.
    """

    def __init__(self, path: Path | None = None, limit: int = LIMIT) -> None:
        self._path = path or paths.cache_dir() / "seen.sqlite"
        self._limit = limit
        self._database = self._open()

    def digest(self, path: Path) -> str | None:
        """The hash of a picture's bytes, read only if the file changed since; None when it cannot be read."""
        try:
            state = path.stat()
            name, mark = str(path), (state.st_size, state.st_mtime_ns)
            found = self._one("SELECT digest FROM files WHERE path = ? AND size = ? AND changed = ?", (name, *mark))
            if found:
                return str(found[0])
            with path.open("rb") as file:
                made = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, UnicodeError):
            return None
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", [(name, *mark, made)])
        return made

    def get(self, perceptor: str, digests: Iterable[str]) -> dict[str, Floats]:
        """The embeddings that are known, by the pictures' digests.

        Args:
            perceptor: its identity.
            digests: what is asked for.
        """
        found: dict[str, Floats] = {}
        now = time.time()
        old = []
        for digest in dict.fromkeys(digests):
            row = self._one("SELECT embedding, used FROM seen WHERE digest = ? AND perceptor = ?", (digest, perceptor))
            if row is not None:
                found[digest] = np.frombuffer(row[0], np.float16).astype(np.float32)
                if row[1] < now - _DAY:
                    old.append((now, digest, perceptor))
        if old:
            self._write("UPDATE seen SET used = ? WHERE digest = ? AND perceptor = ?", old)
        return found

    def put(self, perceptor: str, embeddings: Mapping[str, Floats]) -> None:
        """Remember embeddings, by the pictures' digests, and forget what was not used for the longest time."""
        now = time.time()
        rows = [(digest, perceptor, now, vector.astype(np.float16).tobytes()) for digest, vector in embeddings.items()]
        self._write("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", rows)

    def trim(self) -> None:
        """Keep to the limits. For the end of some work: it looks at everything."""
        total = self._one("SELECT sum(length(embedding)) FROM seen", ())
        over = (total[0] or 0) - self._limit if total else 0
        if over > 0:
            gone: list[Sequence[object]] = []
            for row in self._try(lambda: self._database.execute(_BY_AGE).fetchall()) or ():
                if over <= 0:
                    break
                gone.append(row[:2])
                over -= row[2]
            self._write("DELETE FROM seen WHERE digest = ? AND perceptor = ?", gone)
        self._write("DELETE FROM files WHERE rowid <= (SELECT max(rowid) FROM files) - ?", [(_FILES,)])

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._database.close()

    def _open(self) -> sqlite3.Connection:
        for attempt in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return _opened(self._path)
            except sqlite3.OperationalError:
                break  # locked, or a folder that cannot be written
            except (sqlite3.DatabaseError, OSError):
                if attempt == 0:
                    _remove(self._path)
        made = sqlite3.connect(":memory:")
        made.executescript(_SCHEMA)
        return made

    def _one(self, question: str, values: Sequence[object]) -> tuple[Any, ...] | None:
        """The first row of an answer."""
        return self._try(lambda: self._database.execute(question, values).fetchone())

    def _write(self, order: str, rows: Sequence[Sequence[object]]) -> None:
        def write() -> None:
            self._database.executemany(order, rows)
            self._database.commit()

        self._try(write)

    def _try(self, do: Callable[[], T]) -> T | None:
        """Do it; where the disk is full or the file damaged, go on as if nothing were remembered."""
        try:
            return do()
        except sqlite3.OperationalError:
            with contextlib.suppress(sqlite3.Error):
                self._database.rollback()
        except sqlite3.DatabaseError:
            self.close()
            _remove(self._path)
            self._database = self._open()
        return None


def _opened(path: Path) -> sqlite3.Connection:
    made = sqlite3.connect(path, timeout=_WAIT)
    try:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = OFF")  # what a power cut takes is looked at again
        version = made.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            if version:
                raise sqlite3.DatabaseError("another version")
            made.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    except BaseException:
        made.close()
        raise
    return made


def _remove(path: Path) -> None:
    for part in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        with contextlib.suppress(OSError):
            part.unlink()
