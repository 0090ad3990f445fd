from __future__ import annotations

from pathlib import Path

import pytest

from studio.base.errors import InputError, RenderError
from studio.project.model import Project
from studio.render.queue import Queue, State
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRange, FrameRate

PROJECT = Project("One", Timeline(FrameRate(24), 48))


def queue(number: int = 3) -> Queue:
    made = Queue()
    for _ in range(number):
        made.add(PROJECT, Path())
    return made


def numbers(made: Queue) -> list[int]:
    return [job.number for job in made]


def test_one_runs_at_a_time_in_order() -> None:
    made = queue(2)
    first = made.take()
    assert first is not None
    assert (first.number, first.state) == (1, State.RUNNING)
    assert made.take() is None
    made.finish(1, State.DONE)
    second = made.take()
    assert second is not None
    assert second.number == 2


def test_front_comes_before_those_that_wait() -> None:
    made = queue(2)
    made.take()
    assert made.add(PROJECT, Path(), FrameRange(0, 2), "draft", front=True).quality == "draft"
    assert [job.number for job in made.waiting] == [3, 2]


def test_waiting_jobs_change_places_and_the_running_one_stays() -> None:
    made = queue(4)
    made.take()
    made.move(4, -1)
    assert numbers(made) == [1, 2, 4, 3]
    made.move(4, -9)
    assert numbers(made) == [1, 4, 2, 3]
    made.move(1, 2)
    assert numbers(made)[0] == 1
    made.move(4, 9)
    assert [job.number for job in made.waiting] == [2, 3, 4]


def test_a_paused_job_waits_to_be_resumed_and_then_comes_first() -> None:
    made = queue(3)
    made.pause(1)
    taken = made.take()
    assert taken is not None
    assert taken.number == 2
    assert made.resume(1).state is State.WAITING
    assert [job.number for job in made.waiting] == [1, 3]
    made.finish(2, State.PAUSED)
    assert made.resume(2).number == 2
    assert next(job.number for job in made.waiting) == 2


def test_failed_and_cancelled_jobs_can_be_tried_again_done_ones_not() -> None:
    made = queue(3)
    made.take()
    made.finish(1, State.FAILED, RenderError("It broke"))
    assert made.job(1).error is not None
    assert made.retry(1).error is None
    made.cancel(2)
    assert made.job(2).state is State.CANCELLED
    assert made.retry(2).state is State.WAITING
    made.take()
    running = made.running
    assert running is not None
    assert made.cancel(running.number).state is State.RUNNING
    made.finish(running.number, State.DONE)
    assert made.retry(running.number).state is State.DONE


def test_clearing_forgets_what_is_over_and_numbers_are_not_used_again() -> None:
    made = queue(2)
    made.take()
    made.finish(1, State.DONE)
    made.clear()
    assert numbers(made) == [2]
    assert made.add(PROJECT, Path()).number == 3
    with pytest.raises(InputError, match="no job 1"):
        made.job(1)


def test_only_a_running_job_can_end() -> None:
    made = queue(1)
    with pytest.raises(ValueError, match="cannot become"):
        made.finish(1, State.DONE)
    made.take()
    with pytest.raises(ValueError, match="cannot become"):
        made.finish(1, State.WAITING)


def test_progress_is_a_share() -> None:
    made = queue(1)
    made.take()
    assert made.job(1).share == 0
    assert made.progress(1, done=3, total=4, made=1, seconds=2).share == 0.75
    assert made.say(1, "A note.").log == ("A note.",)
    assert made.finish(1, State.DONE).share == 0.75
    assert made.job(1).range == FrameRange(0, 48)
