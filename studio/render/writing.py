"""Frames on their way into the store: encoded, hashed and written in another thread while the next one is dreamed.

A render's generators give a `Promise` where a frame is finished, and `in_order` makes of it the `FrameDone` that
everybody sees: told when the frame is in the store, and in its place among the other events.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from studio.render.checkpoint import Checkpoints
from studio.render.events import Event, FrameDone, FrameStarted
from studio.render.manifest import Entry
from studio.render.passing import Made
from studio.render.pictures import encoded
from studio.render.store import FrameStore

AT_ONCE = 4
"""Most frames that wait to be written or are being written. Each is a picture in memory; a kill loses so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """A frame that is being written.

    Attributes:
        written: when it is in the store: its entry, and the seconds that this took.
        done: makes the event of it.
    """

    written: Future[tuple[Entry, float]]
    done: Callable[[Entry, float], FrameDone]

    def kept(self) -> FrameDone:
        """The frame's event; waits for it.

        Raises:
            FileError: it could not be written.
        """
        return self.done(*self.written.result())


class Writer:
    """Puts frames into a store in a thread of its own, one after the other, in the order in which they come.

    After the first that could not be written nothing more is: so no frame is stored whose event nobody sees.

    Args:
        store: where frames go.
        checkpoints: whose checkpoint of a frame is forgotten when the frame is stored.
    """

    def __init__(self, store: FrameStore, checkpoints: Checkpoints) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._pool: ThreadPoolExecutor | None = None
        self._on_their_way: deque[tuple[str, Future[tuple[Entry, float]]]] = deque()
        self._fault: BaseException | None = None

    def put(self, key: str, made: Made) -> Future[tuple[Entry, float]]:
        """Begin to write a frame; waits while `AT_ONCE` others are on their way."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="frames")
        while len(self._on_their_way) >= AT_ONCE:
            wait([self._on_their_way.popleft()[1]])
        future = self._pool.submit(self._write, key, made)
        self._on_their_way.append((key, future))
        return future

    def settle(self, key: str) -> None:
        """Wait for the frame `key`, if it is on its way."""
        wait([future for each, future in self._on_their_way if each == key])

    def close(self) -> None:
        """Wait until all is written that was given; harmless when repeated."""
        if self._pool is not None:
            self._pool.shutdown()

    def _write(self, key: str, made: Made) -> tuple[Entry, float]:
        if self._fault is not None:
            raise self._fault
        began = time.monotonic()
        try:
            entry = self._store.put(key, png=encoded(made.levels), latents=made.packed)
        except BaseException as fault:
            self._fault = fault
            raise
        self._checkpoints.discard(key)
        return entry, time.monotonic() - began


def in_order(events: Iterator[Event | Promise]) -> Iterator[Event]:
    """The events of a render, with a `FrameDone` in the place of each promise.

    While a frame is being written, the next one goes on as far as to its first step, or the next `AT_ONCE` where there
    are no steps; what happens there is told after it. When the render ends early, by whatever exception, the frames
    before are told of first: they are in the store.

    Raises:
        FileError: a frame could not be written.
    """
    held: deque[Event | Promise] = deque()
    while True:
        try:
            event = next(events, None)
        except Exception:
            yield from map(_told, held)
            raise
        if event is None:
            break
        held.append(event)
        shown = not isinstance(event, Promise | FrameStarted)  # somebody waits for it
        while held and (shown or _ready(held[0]) or sum(isinstance(each, Promise) for each in held) > AT_ONCE):
            yield _told(held.popleft())
    yield from map(_told, held)


def _ready(event: Event | Promise) -> bool:
    return not isinstance(event, Promise) or event.written.done()


def _told(event: Event | Promise) -> Event:
    return event.kept() if isinstance(event, Promise) else event
