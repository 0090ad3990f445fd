"""What is the same for every frame, done for several at once: read, compressed, given colours; handed over in order."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = min(4, os.cpu_count() or 1)
"""Threads that compress."""

Given = TypeVar("Given")
Done = TypeVar("Done")


@contextlib.contextmanager
def ahead(work: Callable[[Given], Done], given: Iterable[Given], workers: int = 0) -> Iterator[Iterator[Done]]:
    """Gives what `work` makes of each, in their order, made ahead of whoever iterates: one more than there are threads.

    What `work` raises is raised where its result would have been, and nothing is begun after it. Nothing runs any more
    when the block has ended, by whatever way.

    Args:
        work: called in other threads.
        given: taken in this one, so many ahead.
        workers: threads; 0 for `WORKERS`.
    """
    workers = workers or WORKERS
    with ThreadPoolExecutor(workers, thread_name_prefix="export") as pool:
        try:
            yield _in_order(work, given, workers, pool)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    work: Callable[[Given], Done], given: Iterable[Given], workers: int, pool: ThreadPoolExecutor
) -> Iterator[Done]:
    waiting: deque[Future[Done]] = deque()
    for each in given:
        waiting.append(pool.submit(work, each))
        if len(waiting) > workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
