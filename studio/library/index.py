"""The index of a folder's pictures: segments that are only ever added, and a manifest that says which of them count.

The manifest is replaced in one step, after the segments that it names: whoever is killed at any point leaves the index
as it was before that step. What it does not name is debris, and removed before the index is next added to.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base import atomic, paths
from studio.library.segments import SUFFIXES, DamagedError, Embeddings, Record, Segment, write

VERSION = 1
"""Of the files, and of how pictures are looked at; what another version wrote is made anew."""

MANIFEST = "index.json"

FULL = 65_536
"""Records of a segment that is merged with no other any more, unless most of them are dead."""

_SCATTERED = 32  # segments that are not full: when there are more, they are merged
_TRIES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment, and which of its records still count.

    Attributes:
        segment: as it lies on the disk.
        dead: (records,) whether a picture was removed, or looked at again since. The index alone changes it.
    """

    segment: Segment
    dead: npt.NDArray[np.bool_]

    @property
    def living(self) -> npt.NDArray[np.bool_]:
        """(rows,) which embeddings count."""
        return ~self.dead[: self.segment.rows]


class Index:
    """The index of one folder's pictures in the eyes of one perceptor, as last laid down; empty when there is none.

    Args:
        root: the pictures' folder.
        identity: hex digest of the perceptor's weights.
        dimensions: of its embeddings.
        place: where the index lies; by default in a folder of its own in Keydream's cache.

    Attributes:
        root: whose pictures they are.
        place: the folder that its own files lie in.
        parts: the segments, oldest first.
        lost: why what was there is not used, or not all of it; empty when all is well.
    """

    def __init__(self, root: Path, identity: str, dimensions: int, *, place: Path | None = None) -> None:
        self.root = root
        self.place = place or place_of(root, identity)
        self.parts: list[Part] = []
        self.lost = ""
        self._dimensions = dimensions
        self._heading: Mapping[str, Any] = {
            "version": VERSION,
            "folder": str(root.absolute()),
            "model": identity,
            "dimensions": dimensions,
        }
        self._where: dict[str, tuple[Part, int]] | None = None
        self.reload()

    @property
    def rows(self) -> int:
        """How many pictures can be found."""
        return sum(int(part.living.sum()) for part in self.parts)

    def reload(self) -> None:
        """Look at the disk again."""
        for _ in range(_TRIES):  # another program may merge segments between our looks at manifest and segments
            self._read()
            if not self.lost:
                break

    def records(self) -> Iterator[Record]:
        """Every record that counts."""
        for part in self.parts:
            for number in np.flatnonzero(~part.dead):
                yield part.segment.record(int(number))

    def export(self) -> tuple[tuple[str, ...], Embeddings]:
        """The paths of all pictures that can be found, sorted, and their embeddings (n, d)."""
        places = sorted(
            (part.segment.path(int(number)), at, int(number))
            for at, part in enumerate(self.parts)
            for number in np.flatnonzero(part.living)
        )
        embeddings = np.empty((len(places), self._dimensions), np.float16)
        for row, (_, at, number) in enumerate(places):
            embeddings[row] = self.parts[at].segment.embeddings[number]
        return tuple(path for path, _, _ in places), embeddings

    def add(self, embeddings: Embeddings, records: Sequence[Record]) -> None:
        """Add pictures, in the place of what was known of the same paths: all of them or none.

        Args:
            embeddings: (rows, d) of the first `rows` records.
            records: as `segments.write` takes them, each path once.

        Raises:
            FileError: it could not be written; the index on the disk is as it was.
        """
        if records:
            name = write(self.place, embeddings, records)
            added = Part(Segment(self.place, name, self._dimensions), np.zeros(len(records), np.bool_))
            self._commit((record.file.path for record in records), added)
            self._merge_at_need()

    def remove(self, gone: Iterable[str]) -> None:
        """Forget these pictures; those that are not known are passed over.

        Raises:
            FileError: it could not be written; the index on the disk is as it was.
        """
        self._commit(gone, None)
        self._merge_at_need()

    def merge(self) -> None:
        """Make few segments of many small ones, without what is dead; `add` and `remove` do it at need.

        Raises:
            FileError: it could not be written; the index on the disk is as it was.
        """
        join = [part for part in self.parts if not _full(part)]
        if len(join) < 2 and not any(part.dead.any() for part in join):
            return
        parts = [part for part in self.parts if _full(part)]
        waiting: list[Part] = []
        for part in join:
            waiting.append(part)
            if sum(int((~some.dead).sum()) for some in waiting) >= FULL:
                parts.append(self._joined(waiting))
                waiting = []
        if any(not part.dead.all() for part in waiting):
            parts.append(self._joined(waiting))
        self._lay_down(parts)
        kept = {part.segment.name for part in parts}
        self.parts, self._where = parts, None
        for part in join:
            if part.segment.name not in kept:
                for suffix in SUFFIXES:
                    with contextlib.suppress(OSError):  # Windows removes no file that is mapped; it is debris then
                        (self.place / f"{part.segment.name}{suffix}").unlink()

    def clear_debris(self) -> None:
        """Remove what a killed program left. Only for whoever holds the index's lock."""
        wanted = {f"{part.segment.name}{suffix}" for part in self.parts for suffix in SUFFIXES}
        with contextlib.suppress(OSError):  # debris does no harm
            for path in list(self.place.iterdir()):
                ours = path.suffix in SUFFIXES or atomic.TEMPORARY in path.name
                if ours and path.name not in wanted:
                    path.unlink()

    def _merge_at_need(self) -> None:
        small = sum(len(part.dead) < FULL for part in self.parts)
        if small > _SCATTERED or any(_mostly_dead(part) for part in self.parts):
            self.merge()

    def _commit(self, gone: Iterable[str], added: Part | None) -> None:
        where = self._places()
        dying = [where[path] for path in gone if path in where]
        if not dying and added is None:
            return
        dead: dict[int, list[int]] = {}
        for part, number in dying:
            dead.setdefault(id(part), []).append(number)
        self._lay_down([*self.parts, added] if added else self.parts, dead)
        for part, number in dying:
            part.dead[number] = True
            del where[part.segment.path(number)]
        if added:
            self.parts.append(added)
            where.update((added.segment.path(number), (added, number)) for number in range(len(added.segment)))

    def _places(self) -> dict[str, tuple[Part, int]]:
        if self._where is None:
            self._where = {
                part.segment.path(int(number)): (part, int(number))
                for part in self.parts
                for number in np.flatnonzero(~part.dead)
            }
        return self._where

    def _joined(self, parts: Sequence[Part]) -> Part:
        embeddings = np.concatenate([part.segment.embeddings[part.living] for part in parts])
        found = [part.segment.record(int(number)) for part in parts for number in np.flatnonzero(~part.dead)]
        records = sorted(found, key=lambda record: bool(record.reason))
        name = write(self.place, embeddings, records)
        return Part(Segment(self.place, name, self._dimensions), np.zeros(len(records), np.bool_))

    def _lay_down(self, parts: Sequence[Part], dying: Mapping[int, list[int]] | None = None) -> None:
        segments = [
            {
                "name": part.segment.name,
                "dead": sorted({*np.flatnonzero(part.dead).tolist(), *(dying or {}).get(id(part), [])}),
            }
            for part in parts
        ]
        text = json.dumps({**self._heading, "segments": segments}, indent=None, separators=(",", ":"))
        atomic.write_bytes(self.place / MANIFEST, text.encode())

    def _read(self) -> None:
        self.parts, self.lost, self._where = [], "", None
        manifest = self.place / MANIFEST
        try:
            told = json.loads(manifest.read_bytes())
            other = [key for key, value in self._heading.items() if told[key] != value]
            entries = [(str(entry["name"]), [int(number) for number in entry["dead"]]) for entry in told["segments"]]
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            self.lost = f"{manifest} could not be read ({error})"
            return
        if other:
            self.lost = f"{manifest} is of another {' and '.join(other)}"
            return
        for name, dead in entries:
            try:
                segment = Segment(self.place, name, self._dimensions)
                flags = np.zeros(len(segment), np.bool_)
                flags[np.array(dead, np.int64)] = True
            except (DamagedError, IndexError) as error:
                self.lost = f"A part of the index is damaged: {error}"
                continue
            self.parts.append(Part(segment, flags))


def place_of(root: Path, identity: str) -> Path:
    """Where the index of a folder's pictures lies: one place for each folder of pictures and each perceptor."""
    digest = hashlib.sha256(os.fsencode(root.absolute()) + b"\0" + identity.encode())
    return paths.cache_dir() / "search" / digest.hexdigest()[:20]


def _mostly_dead(part: Part) -> bool:
    return int(part.dead.sum()) * 2 > len(part.dead)


def _full(part: Part) -> bool:
    return len(part.dead) >= FULL and not _mostly_dead(part)
