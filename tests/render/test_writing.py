"""Frames that are written in another thread: told of in order, whole, and none after one that failed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from studio.base.cancel import Cancelled
from studio.base.errors import FileError
from studio.render import writing
from studio.render.checkpoint import Checkpoints
from studio.render.events import FrameDone, FrameStarted, StepDone
from studio.render.passing import Made
from studio.render.writing import AT_ONCE, Promise, Writer, in_order


def key(number: int) -> str:
    return f"{number:064x}"


def made(number: int) -> Made:
    return Made(torch.full((2, 2, 3), number, dtype=torch.uint8), b"latents")


@pytest.fixture
def gate(monkeypatch):
    """While it is closed, nothing is written."""
    opened = threading.Event()
    opened.set()
    real = writing.encoded

    def encoded(levels):
        assert opened.wait(20)
        return real(levels)

    monkeypatch.setattr(writing, "encoded", encoded)
    return opened


@pytest.fixture
def writer(store, gate):
    writer = Writer(store, Checkpoints(store.root / "checkpoints"))
    yield writer
    gate.set()
    writer.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("frames")]


def started(number: int) -> FrameStarted:
    return FrameStarted(number, key(number), 0)


def step(number: int) -> StepDone:
    return StepDone(number, 1, 1, 0.0, (), lambda: None)


def promise(writer: Writer, number: int) -> Promise:
    def done(entry, seconds):
        return FrameDone(number, entry.key, entry.picture, entry.pixels, False, seconds)

    return Promise(writer.put(key(number), made(number)), done)


def told(event) -> str:
    return f"{type(event).__name__} {event.frame}"


def test_a_frame_is_written_with_all_that_belongs_to_it(store, writer):
    checkpoint = store.root / "checkpoints" / f"{key(1)}.checkpoint"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"of the dream")
    entry, seconds = writer.put(key(1), made(1)).result()
    assert store.get(key(1)) == entry and entry.latents.read_bytes() == b"latents" and seconds > 0
    assert not checkpoint.exists()


def test_it_waits_where_too_many_are_on_their_way(writer, gate, store):
    gate.clear()
    for number in range(AT_ONCE):
        writer.put(key(number), made(number))
    late = threading.Thread(target=lambda: writer.put(key(99), made(99)))
    late.start()
    late.join(0.05)
    assert late.is_alive()
    gate.set()
    late.join(20)
    assert not late.is_alive()
    writer.settle(key(99))
    assert store.get(key(99)) is not None
    writer.settle(key(5000))


def test_closing_writes_what_was_given(writer, store):
    for number in range(AT_ONCE):
        writer.put(key(number), made(number))
    writer.close()
    assert all(store.get(key(number)) is not None for number in range(AT_ONCE))


def test_after_one_that_failed_nothing_is_written(writer, gate, store, monkeypatch):
    gate.clear()
    real = store.put

    def full(name, **parts):
        if name == key(1):
            raise FileError("It could not be written", "The disk is full", "Free some space")
        return real(name, **parts)

    monkeypatch.setattr(store, "put", full)
    futures = [writer.put(key(number), made(number)) for number in range(3)]
    gate.set()
    assert futures[0].result()[0].key == key(0)
    for future in futures[1:]:
        with pytest.raises(FileError, match="could not be written"):
            future.result()
    assert list(store.keys()) == [key(0)]


def test_events_keep_their_order_and_frames_are_there_when_they_are_told(writer, gate):
    def render():
        for number in range(3):
            yield started(number)
            yield step(number)
            yield promise(writer, number)

    events = []
    for event in in_order(render()):
        events.append(told(event))
        assert not isinstance(event, FrameDone) or Path(event.path).is_file()
    assert events == [f"{kind} {number}" for number in range(3) for kind in ("FrameStarted", "StepDone", "FrameDone")]


def test_while_a_frame_is_written_the_next_goes_on_to_its_first_step(writer, gate):
    reached = []

    def render():
        yield promise(writer, 0)
        reached.append("next")
        yield started(1)
        reached.append("step")
        gate.set()
        yield step(1)
        reached.append("beyond")

    gate.clear()
    events = in_order(render())
    assert told(next(events)) == "FrameDone 0" and reached == ["next", "step"]
    assert [told(event) for event in events] == ["FrameStarted 1", "StepDone 1"] and reached[-1] == "beyond"


def test_without_steps_some_frames_are_written_at_once(writer, gate):
    begun = []

    def render():
        for number in range(3 * AT_ONCE):
            begun.append(number)
            if number == AT_ONCE:
                gate.set()
            yield started(number)
            yield promise(writer, number)

    gate.clear()
    events = [told(event) for event in in_order(render())]
    assert begun == list(range(3 * AT_ONCE))
    assert events == [f"{kind} {number}" for number in begun for kind in ("FrameStarted", "FrameDone")]


@pytest.mark.parametrize("fault", [Cancelled, RuntimeError])
def test_frames_before_an_end_are_told_of(writer, gate, fault):
    def render():
        yield promise(writer, 0)
        yield started(1)
        gate.set()
        raise fault

    gate.clear()
    events = in_order(render())
    assert [told(next(events)), told(next(events))] == ["FrameDone 0", "FrameStarted 1"]
    with pytest.raises(fault):
        next(events)


def test_one_that_could_not_be_written_ends_the_render(writer, store, monkeypatch):
    def full(name, **parts):
        raise FileError("It could not be written", "The disk is full", "Free some space")

    monkeypatch.setattr(store, "put", full)

    def render():
        yield promise(writer, 0)
        yield started(1)
        yield step(1)

    with pytest.raises(FileError, match="could not be written"):
        list(in_order(render()))
