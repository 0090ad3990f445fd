"""The list of renders: which waits, which runs, what came of the others. Pure values; who runs them is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from studio.base.errors import InputError, StudioError
from studio.project.model import Project
from studio.render.plan import Quality
from studio.timeline.time import FrameRange


class State(Enum):
    """What a job is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it, unless it is retried."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """One render.

    Attributes:
        number: how it is called; rising, never used twice in a queue.
        project: what is rendered: its own snapshot.
        folder: what the project's pictures are relative to.
        frames: which; None for the timeline's own range.
        quality: draft or final.
        state: what it is doing.
        done: units of work that are over (steps and frames).
        total: units in all; 0 until it was planned.
        made: frames that were made for it.
        seconds: it has run.
        error: why it failed; else None.
        log: what it said: notes and notices, in full sentences.
    """

    number: int
    project: Project
    folder: Path
    frames: FrameRange | None = None
    quality: Quality = "final"
    state: State = State.WAITING
    done: int = 0
    total: int = 0
    made: int = 0
    seconds: float = 0.0
    error: StudioError | None = None
    log: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """How much of it is over, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else float(self.state is State.DONE)

    @property
    def range(self) -> FrameRange:
        """The frames that it renders."""
        return self.frames or self.project.timeline.frames


class Queue:
    """Jobs in the order in which they are run. Not for use from several threads."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._next = 1

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def __len__(self) -> int:
        return len(self._jobs)

    def job(self, number: int) -> Job:
        """The job of that number; `InputError` when there is none."""
        return self._jobs[self._place(number)]

    @property
    def running(self) -> Job | None:
        """The job that runs; at most one does."""
        return next((job for job in self._jobs if job.state is State.RUNNING), None)

    @property
    def waiting(self) -> tuple[Job, ...]:
        """Those that wait, in order."""
        return tuple(job for job in self._jobs if job.state is State.WAITING)

    def add(
        self,
        project: Project,
        folder: Path,
        frames: FrameRange | None = None,
        quality: Quality = "final",
        *,
        front: bool = False,
    ) -> Job:
        """Put a job at the end, or before all that wait."""
        job = Job(self._next, project, folder, frames, quality)
        self._next += 1
        waiting = [place for place, each in enumerate(self._jobs) if each.state is State.WAITING]
        self._jobs.insert(waiting[0] if front and waiting else len(self._jobs), job)
        return job

    def take(self) -> Job | None:
        """The first that waits, which runs from now on; None while another runs, or when none waits."""
        if self.running or not self.waiting:
            return None
        return self._set(self.waiting[0].number, state=State.RUNNING)

    def progress(self, number: int, *, done: int, total: int, made: int, seconds: float) -> Job:
        """Note how far a job is."""
        return self._set(number, done=done, total=total, made=made, seconds=seconds)

    def say(self, number: int, text: str) -> Job:
        """Add a sentence to a job's log."""
        return self._set(number, log=(*self.job(number).log, text))

    def finish(self, number: int, state: State, error: StudioError | None = None) -> Job:
        """Note what became of the job that ran: done, failed, cancelled or paused.

        Raises:
            ValueError: it did not run, or that is no end.
        """
        if self.job(number).state is not State.RUNNING or not (state.over or state is State.PAUSED):
            raise ValueError(f"job {number} cannot become {state.value}")
        return self._set(number, state=state, error=error)

    def cancel(self, number: int) -> Job:
        """Take a job that waits or is paused out of the running; one that runs or is over stays as it is."""
        if self.job(number).state in (State.WAITING, State.PAUSED):
            return self._set(number, state=State.CANCELLED)
        return self.job(number)

    def pause(self, number: int) -> Job:
        """Let a job that waits wait for `resume`; others stay as they are (one that runs is stopped by its token)."""
        return self._set(number, state=State.PAUSED) if self.job(number).state is State.WAITING else self.job(number)

    def resume(self, number: int) -> Job:
        """Let a paused job wait for its turn, before all others; frames that it finished are used again."""
        return self._again(number) if self.job(number).state is State.PAUSED else self.job(number)

    def retry(self, number: int) -> Job:
        """Let a job that failed or was cancelled wait for its turn once more, before all others."""
        return self._again(number) if self.job(number).state in (State.FAILED, State.CANCELLED) else self.job(number)

    def move(self, number: int, by: int) -> None:
        """Run a waiting job earlier (negative) or later among those that wait."""
        places = [place for place, each in enumerate(self._jobs) if each.state is State.WAITING]
        here = self._place(number)
        if here not in places:
            return
        there = places[min(max(places.index(here) + by, 0), len(places) - 1)]
        self._jobs.insert(there, self._jobs.pop(here))

    def clear(self) -> None:
        """Forget the jobs that are over."""
        self._jobs = [job for job in self._jobs if not job.state.over]

    def _again(self, number: int) -> Job:
        job = replace(self.job(number), state=State.WAITING, error=None, done=0, total=0)
        self._jobs.pop(self._place(number))
        places = [place for place, each in enumerate(self._jobs) if each.state is State.WAITING]
        self._jobs.insert(places[0] if places else len(self._jobs), job)
        return job

    def _set(self, number: int, **values: object) -> Job:
        place = self._place(number)
        self._jobs[place] = replace(self._jobs[place], **values)  # type: ignore[arg-type]
        return self._jobs[place]

    def _place(self, number: int) -> int:
        for place, job in enumerate(self._jobs):
            if job.number == number:
                return place
        raise InputError(f"There is no job {number}", "It was cleared from the queue", "Choose another")
