"""How long a search takes, and how much memory: of random embeddings in an index on disk. Run by hand.

python measure_search.py PLACE [COUNT [DIMENSIONS]]    PLACE: an empty folder with room; by default 1,000,000 of 512
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np

from studio.library.index import FULL, Index
from studio.library.scan import Found
from studio.library.search import search
from studio.library.segments import Record


def fill(place: Path, count: int, dimensions: int) -> None:
    """An index of random directions."""
    index = Index(place, "random", dimensions, place=place)
    chance = np.random.default_rng(1)
    for start in range(index.rows, count, FULL):
        rows = chance.standard_normal((min(FULL, count - start), dimensions)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        names = (f"folder {n // 1000:04}/picture {n:07}.jpg" for n in range(start, start + len(rows)))
        index.add(rows.astype(np.float16), [Record(Found(name, 100_000, 1)) for name in names])


def main(place: Path, count: int = 1_000_000, dimensions: int = 512) -> None:
    """Fill once, then open and search as a fresh command does."""
    if Index(place, "random", dimensions, place=place).rows < count:
        fill(place, count, dimensions)
        sys.stdout.write("filled; run it again to measure\n")
        return
    began = time.perf_counter()
    index = Index(place, "random", dimensions, place=place)
    sys.stdout.write(f"{index.rows} embeddings of {dimensions}: opened in {time.perf_counter() - began:.3f} s\n")
    chance = np.random.default_rng(2)
    for queries in (1, 1, 1, 10):
        wanted = chance.standard_normal((queries, dimensions)).astype(np.float32)
        wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
        began = time.perf_counter()
        search(index, wanted, 20)
        sys.stdout.write(f"{queries} at once: {time.perf_counter() - began:.3f} s\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stdout.write(f"at most {peak:.2f} GiB, mapped pages counted in\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
