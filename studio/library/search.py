"""Finding the pictures of an index that fit best: every embedding is compared, in blocks that fit the cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.library.index import Index, Part

_BLOCK = 1 << 19  # bytes of a block in single precision: about what a core's cache holds
_TASK = 32  # blocks that a thread takes at a time
_DIGITS = 6  # of a cosine; float16 embeddings give five
_EQUAL = 10.0**-_DIGITS
_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that was found.

    Attributes:
        path: below the folder.
        cosine: how well it fits, -1 to 1.
    """

    path: str
    cosine: float


@dataclass(slots=True)
class _Best:
    """Candidates of one query: scores, and where they are."""

    scores: npt.NDArray[np.float32]
    parts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]

    def trimmed(self, count: int) -> _Best:
        """The `count` best, and all that are as good as the last of them: which of these counts, paths decide."""
        if len(self.scores) <= count:
            return self
        worst = np.partition(self.scores, len(self.scores) - count)[len(self.scores) - count]
        keep = self.scores >= worst - _EQUAL
        return _Best(self.scores[keep], self.parts[keep], self.numbers[keep])


def search(index: Index, queries: npt.NDArray[np.float32], count: int) -> tuple[tuple[Hit, ...], ...]:
    """The best pictures for each query, best first; what is equal is in the order of paths.

    Args:
        index: where to look.
        queries: (q, d), unit length, in the space of the index's perceptor.
        count: how many for each, at least 1; fewer where there are fewer pictures.
    """
    if count < 1:
        raise ValueError(f"{count} pictures cannot be searched for")
    wanted = np.ascontiguousarray(queries.T, np.float32)
    rows = max(1, _BLOCK // (4 * max(1, wanted.shape[0])))
    tasks = [
        (at, start, min(start + rows * _TASK, part.segment.rows))
        for at, part in enumerate(index.parts)
        for start in range(0, part.segment.rows, rows * _TASK)
    ]
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="search") as pool:
        found = list(pool.map(lambda task: _look(index.parts[task[0]], wanted, count, rows, *task), tasks))
    best = [_joined([some[query] for some in found]).trimmed(count) for query in range(wanted.shape[1])]
    return tuple(_hits(index, one, count) for one in best)


def _look(
    part: Part, wanted: npt.NDArray[np.float32], count: int, rows: int, at: int, start: int, end: int
) -> list[_Best]:
    """The best of rows `start` to `end` - 1 of a part, for each query."""
    scores = np.empty((end - start, wanted.shape[1]), np.float32)
    block = np.empty((rows, wanted.shape[0]), np.float32)
    for first in range(start, end, rows):
        some = block[: min(rows, end - first)]
        np.copyto(some, part.segment.embeddings[first : first + len(some)])
        np.matmul(some, wanted, out=scores[first - start : first - start + len(some)])
    alive = np.flatnonzero(part.living[start:end])
    return [
        _Best(some := scores[alive, query], np.full(len(some), at), alive + start).trimmed(count)
        for query in range(wanted.shape[1])
    ]


def _joined(parts: Sequence[_Best]) -> _Best:
    if not parts:
        return _Best(np.empty(0, np.float32), np.empty(0, np.int64), np.empty(0, np.int64))
    return _Best(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.parts for part in parts]),
        np.concatenate([part.numbers for part in parts]),
    )


def _hits(index: Index, best: _Best, count: int) -> tuple[Hit, ...]:
    named = [
        Hit(index.parts[at].segment.path(number), round(min(1.0, max(-1.0, score)), _DIGITS))
        for score, at, number in zip(best.scores.tolist(), best.parts.tolist(), best.numbers.tolist(), strict=True)
    ]
    return tuple(sorted(named, key=lambda hit: (-hit.cosine, hit.path))[:count])
