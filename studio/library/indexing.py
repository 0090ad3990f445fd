"""Bringing an index up to date: new and changed pictures are looked at, removed ones forgotten, the others left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from torch import Tensor

from studio.base.cancel import CancelToken, never
from studio.base.errors import AssetError
from studio.base.presence import Presence
from studio.base.progress import Progress, Report, silent
from studio.library.index import Index
from studio.library.reading import all_looks
from studio.library.scan import Found, Trouble, scan
from studio.library.segments import Embeddings, Record
from studio.score.looking import embed
from studio.score.perceptor import Perceptor

BATCH = 32
"""Pictures that are looked at together: always the same ones, whatever was interrupted, so that the numbers are too."""

LOCK = "lock"
"""The file in an index's place that is held by whoever writes there."""

_Read = tuple[Found, Tensor | AssetError]

_PAUSE = 2.0  # seconds of work that being killed may cost


@dataclass(frozen=True, slots=True)
class Update:
    """What an update found.

    Attributes:
        pictures: how many can be found now.
        added: pictures that were not known before.
        changed: pictures that were looked at again.
        removed: pictures that are gone.
        broken: pictures that cannot be used, found now or before, in the order of their paths.
        hidden: folders and files that could not be looked into; what was known of them is kept.
        lost: why the index, or a part of it, was made anew; usually empty.
        busy: whether another program is at work on this index, so that it was taken as it is.
    """

    pictures: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    broken: tuple[Trouble, ...] = ()
    hidden: tuple[Trouble, ...] = ()
    lost: str = ""
    busy: bool = False


def update(
    index: Index,
    perceptor: Perceptor,
    token: CancelToken | None = None,
    report: Report = silent,
    *,
    named: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Update:
    """Bring an index up to date with its folder; with `named`, with the pictures of that name alone.

    What was done is laid down every two seconds. Whoever was stopped or killed goes on there, and the outcome is the
    same as without, to the bit. A picture counts as changed when its size or its time is another; one that cannot be
    used is remembered with the reason, and looked at again only when it changes.

    Raises:
        InputError: the folder cannot be read.
        FileError: the index cannot be written.
        Cancelled: the token was fired; what was finished is kept.
    """
    token = token or never()
    presence = Presence.take(index.place / LOCK)
    if presence is None:
        return Update(index.rows, broken=_broken(index), busy=True)
    try:
        index.reload()  # whoever was at work before may have added to it
        lost = index.lost
        index.clear_debris()
        report(Progress(0, 0, "looking through the folder"))
        seen = scan(index.root, token, named=named)
        known = {record.file.path: record.file for record in index.records()}
        there = {file.path for file in seen.files}
        gone = [path for path in known if path not in there and not seen.may_hide(path)]
        todo = [file for file in seen.files if known.get(file.path) != file]
        changed = sum(file.path in known for file in todo)
        index.remove(gone)
        _look(index, perceptor, todo, token, report, clock)
        return Update(index.rows, len(todo) - changed, changed, len(gone), _broken(index), seen.hidden, lost)
    finally:
        presence.leave()


def _look(
    index: Index,
    perceptor: Perceptor,
    todo: Sequence[Found],
    token: CancelToken,
    report: Report,
    clock: Callable[[], float],
) -> None:
    """Look at pictures batch by batch, and lay down whole batches only."""
    done: list[tuple[Embeddings, list[Record], list[Record]]] = []

    def lay_down() -> None:
        if done:
            embeddings, whole, broken = zip(*done, strict=True)
            index.add(np.concatenate(embeddings), [record for some in (*whole, *broken) for record in some])
            done.clear()

    pictures = all_looks([index.root / file.path for file in todo], perceptor.image_size, token)
    last = clock()
    try:
        for number, batch in enumerate(_batches(zip(todo, (looks for _, looks in pictures), strict=True))):
            report(Progress(number * BATCH, len(todo), "looking at pictures"))
            done.append(_seen(perceptor, batch))
            if clock() - last >= _PAUSE:
                lay_down()
                last = clock()
    finally:
        lay_down()


def _seen(perceptor: Perceptor, batch: Sequence[_Read]) -> tuple[Embeddings, list[Record], list[Record]]:
    """Embeddings, what they are of, and what could not be used."""
    looks = [seen for _, seen in batch if not isinstance(seen, AssetError)]
    return (
        embed(perceptor, looks).numpy().astype(np.float16),
        [Record(file) for file, seen in batch if not isinstance(seen, AssetError)],
        [Record(file, seen.why) for file, seen in batch if isinstance(seen, AssetError)],
    )


def _batches(pictures: Iterator[_Read]) -> Iterator[list[_Read]]:
    while batch := list(islice(pictures, BATCH)):
        yield batch


def _broken(index: Index) -> tuple[Trouble, ...]:
    return tuple(
        sorted(
            (Trouble(record.file.path, record.reason) for record in index.records() if record.reason),
            key=lambda trouble: trouble.path,
        )
    )
