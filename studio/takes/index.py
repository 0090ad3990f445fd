"""The index of takes: an SQLite database that can be thrown away, since everything in it stands in files. No torch."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.base import atomic
from studio.base.errors import FileError
from studio.takes.take import Take, spell

_VERSION = 1
_WAIT = 30.0  # seconds for which another process may write
_SCHEMA = """
CREATE TABLE takes (
    key TEXT PRIMARY KEY, mark INTEGER NOT NULL, binned INTEGER NOT NULL, star INTEGER NOT NULL,
    created REAL NOT NULL, medium TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    project TEXT NOT NULL, score REAL, words TEXT NOT NULL, sidecar BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX by_age ON takes (binned, created);
CREATE TABLE tags (tag TEXT NOT NULL, key TEXT NOT NULL REFERENCES takes ON DELETE CASCADE, PRIMARY KEY (tag, key))
    WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which takes to find; what is not said does not matter.

    Attributes:
        words: all of them, in any case and order, somewhere in prompt, tags, medium or project.
        tags: all of them.
        star: only those with a star.
        medium: a kind.
        project: a project's name.
        size: width and height in pixels.
        binned: those in the bin instead of those outside.
        best: the best scores first instead of the latest takes.
        limit: most that are found; None for all.
    """

    words: str = ""
    tags: tuple[str, ...] = ()
    star: bool = False
    medium: str = ""
    project: str = ""
    size: tuple[int, int] | None = None
    binned: bool = False
    best: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of a take.

    Attributes:
        key: of the take.
        prompt: as the artist would write it.
        medium: a kind.
        size: width and height in pixels.
        score: of the first guide; None where there is none.
        star: whether it has one.
        created: seconds since 1970.
        tags: sorted.
    """

    key: str
    prompt: str
    medium: str
    size: tuple[int, int]
    score: float | None
    star: bool
    created: float
    tags: tuple[str, ...]


class Index:
    """The database at `path`, made when it is missing and made anew when it is damaged. One thread each.

    Every change is one transaction, on the disk before the call returns (write-ahead log, synchronous=FULL).

    Attributes:
        fresh: whether it was made just now and knows nothing yet.

    Raises:
        FileError: it cannot be opened there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise atomic.explain(error, path) from error
        with _explained(path):
            try:
                self._database, self.fresh = _open(path)
            except sqlite3.OperationalError:
                raise  # locked, or not to be opened: another file in its place would not help
            except sqlite3.DatabaseError:
                for part in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
                    with contextlib.suppress(FileNotFoundError):
                        part.unlink()
                self._database, self.fresh = _open(path)

    def put(self, take: Take, *, mark: int, binned: bool) -> None:
        """Enter a take, or what has become of it.

        Args:
            take: what its sidecar holds.
            mark: tells this state of its folder from others.
            binned: whether it is in the bin.
        """
        with self._writing() as database:
            _enter(database, take, mark, binned)

    def drop(self, key: str) -> None:
        """Forget a take; harmless when it is not there."""
        with self._writing() as database:
            database.execute("DELETE FROM takes WHERE key = ?", (key,))

    def fill(self, takes: Sequence[tuple[Take, int, bool]]) -> None:
        """Forget everything, and enter these (take, mark, binned), in one transaction."""
        with self._writing() as database:
            database.execute("DELETE FROM takes")
            for take, mark, binned in takes:
                _enter(database, take, mark, binned)

    def marks(self) -> dict[str, tuple[int, bool]]:
        """Mark and place of every take by its key."""
        with _explained(self._path):
            found = self._database.execute("SELECT key, mark, binned FROM takes")
            return {key: (mark, bool(binned)) for key, mark, binned in found}

    def mark(self, key: str) -> tuple[int, bool] | None:
        """Mark and place of a take; None when it is not there."""
        with _explained(self._path):
            found = self._database.execute("SELECT mark, binned FROM takes WHERE key = ?", (key,)).fetchone()
            return (found[0], bool(found[1])) if found else None

    def keys(self, prefix: str) -> list[tuple[str, bool]]:
        """The keys that begin so (at most 100), and whether each is in the bin."""
        with _explained(self._path):
            query = "SELECT key, binned FROM takes WHERE key >= ? AND key < ? ORDER BY key LIMIT 100"
            return [(key, bool(binned)) for key, binned in self._database.execute(query, (prefix, prefix + "g"))]

    def find(self, wanted: Wanted) -> list[bytes]:
        """The sidecars of the takes that are wanted, in their order."""
        return [row[0] for row in self._select("sidecar", wanted)]

    def rows(self, wanted: Wanted) -> tuple[Row, ...]:
        """What a list shows of the same takes: ten times as fast, since no sidecar leaves the database."""
        columns = (
            "key, json_extract(CAST(sidecar AS TEXT), '$.prompt'), medium, width, height, score, star, created, "
            "json_extract(CAST(sidecar AS TEXT), '$.tags')"
        )
        return tuple(
            Row(key, prompt, medium, (width, height), score, bool(star), created, tuple(json.loads(tags or "[]")))
            for key, prompt, medium, width, height, score, star, created, tags in self._select(columns, wanted)
        )

    def tags(self) -> tuple[str, ...]:
        """Every tag of a take that is not in the bin, sorted."""
        return self._different("SELECT DISTINCT tag FROM tags JOIN takes USING (key) WHERE NOT binned ORDER BY tag")

    def media(self) -> tuple[str, ...]:
        """Every kind of medium, sorted."""
        return self._different("SELECT DISTINCT medium FROM takes ORDER BY medium")

    def count(self) -> tuple[int, int]:
        """How many takes there are: outside of the bin, and in it."""
        with _explained(self._path):
            query = "SELECT count(*) FILTER (WHERE NOT binned), count(*) FILTER (WHERE binned) FROM takes"
            kept, binned = self._database.execute(query).fetchone()
            return kept, binned

    def version(self) -> int:
        """Another number than before when something else has written to the database since; cheap."""
        with _explained(self._path):
            return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def _different(self, query: str) -> tuple[str, ...]:
        with _explained(self._path):
            return tuple(row[0] for row in self._database.execute(query))

    def _select(self, columns: str, wanted: Wanted) -> list[tuple[Any, ...]]:
        tests, values = ["binned = ?"], list[object]([wanted.binned])
        for word in normal(wanted.words).split():
            tests.append("instr(words, ?) > 0")
            values.append(word)
        for tag in wanted.tags:
            tests.append("EXISTS (SELECT 1 FROM tags WHERE tags.key = takes.key AND tag = ?)")
            values.append(tag)
        for column in ("medium", "project"):
            if value := getattr(wanted, column):
                tests.append(f"{column} = ?")
                values.append(value)
        if wanted.star:
            tests.append("star = 1")
        if wanted.size:
            tests.append("width = ? AND height = ?")
            values += wanted.size
        order = "score DESC NULLS LAST, created DESC, key" if wanted.best else "created DESC, key"
        query = f"SELECT {columns} FROM takes WHERE {' AND '.join(tests)} ORDER BY {order} LIMIT ?"  # noqa: S608
        values.append(-1 if wanted.limit is None else wanted.limit)
        with _explained(self._path):
            return self._database.execute(query, values).fetchall()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _explained(self._path):
            self._database.execute("BEGIN IMMEDIATE")  # waits for its turn now, and not in the middle
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def normal(text: str) -> str:
    """A text as it is searched: without case, and with letters spelled in one way (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _enter(database: sqlite3.Connection, take: Take, mark: int, binned: bool) -> None:
    words = normal("\n".join((take.prompt, *take.tags, take.medium.kind, take.medium.model, take.project)))
    database.execute("DELETE FROM takes WHERE key = ?", (take.key,))
    database.execute(
        "INSERT INTO takes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(take.key, mark, binned, take.star, take.created, take.medium.kind, take.width, take.height),
            *(take.project, take.score, words, spell(take)),
        ),
    )
    database.executemany("INSERT INTO tags VALUES (?, ?)", [(tag, take.key) for tag in dict.fromkeys(take.tags)])


def _open(path: Path) -> tuple[sqlite3.Connection, bool]:
    database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        database.execute("BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("another version's")
        if fresh := version == 0:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database, fresh


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise FileError(
            f"The index of takes {path} could not be used",
            str(error),
            "Free some space, or close what else uses it, and try again; it can be removed and is then made anew",
        ) from error
    except OSError as error:
        raise atomic.explain(error, path) from error
