"""Readers wait for frames that are told in any order, and stop when no more will come."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.base.cancel import Cancelled
from studio.export import Coming

PATHS = tuple(Path(f"{number}.png") for number in range(3))


def in_a_thread(work: Callable[[], object]) -> Future[object]:
    with_one = ThreadPoolExecutor(1)
    future = with_one.submit(work)
    with_one.shutdown(wait=False)
    return future


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_telling_is_not_that_of_reading(order: tuple[int, ...]) -> None:
    frames = Coming(3, (8, 6))
    read = in_a_thread(lambda: tuple(frames))
    for index in order:
        assert not read.done()
        frames.tell(index, PATHS[index])
    assert read.result(10) == PATHS


def test_its_length_and_size_are_known_from_the_beginning() -> None:
    frames = Coming(3, (8, 6))
    assert len(frames) == 3
    assert frames.size == (8, 6)
    with pytest.raises(ValueError, match="0 frames"):
        Coming(0, (8, 6))


def test_a_path_may_repeat() -> None:
    frames = Coming(2, (8, 6))
    frames.tell(1, PATHS[0])
    frames.tell(0, PATHS[0])
    assert list(frames) == [PATHS[0]] * 2


def test_what_was_said_first_holds() -> None:
    frames = Coming(1, (8, 6))
    frames.tell(0, PATHS[0])
    frames.tell(0, PATHS[1])
    assert frames[0] == PATHS[0]


def test_it_is_read_as_other_sequences_are() -> None:
    frames = Coming(3, (8, 6))
    for index, path in enumerate(PATHS):
        frames.tell(index, path)
    assert frames[-1] == PATHS[2]
    assert frames[1:] == PATHS[1:]
    assert frames[::-1] == PATHS[::-1]
    for index in (3, -4):
        with pytest.raises(IndexError):
            _ = frames[index]
        with pytest.raises(IndexError):
            frames.tell(index, PATHS[0])


def test_whoever_waits_stops_when_no_more_will_come() -> None:
    frames = Coming(3, (8, 6))
    frames.tell(0, PATHS[0])
    waiting = threading.Barrier(3)

    def wait(index: int) -> Path:
        waiting.wait(10)
        return frames[index]

    readers = [in_a_thread(lambda index=index: wait(index)) for index in (1, 2)]
    waiting.wait(10)
    frames.close()
    frames.close()
    for reader in readers:
        assert isinstance(reader.exception(10), Cancelled)
    assert frames[0] == PATHS[0], "what was told stays"
    with pytest.raises(Cancelled):
        list(frames)
