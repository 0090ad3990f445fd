"""What would be lost, in words."""

from __future__ import annotations

from collections.abc import Iterable

from studio.app.document import Document
from studio.app.exploring import Exploring, Growth
from studio.app.texts import plural, tr
from studio.render.queue import Job, State


def edits(document: Document, clean_at: int | None) -> str:
    """What the file of a dirty document lacks.

    Args:
        document: it.
        clean_at: the position in its history that the file holds; None when no file ever held any of it.
    """
    if clean_at is None:
        return tr("the project: it is in no file yet")
    number = document.position - clean_at
    if number < 0:
        return plural("%n edit(s) taken back since it was saved", -number)
    last = document.undo_name or ""
    if number <= 1:
        return tr("1 edit: {last}", last=last)
    return plural("%n edit(s), the last one: {last}", number, last=last)


def renders(jobs: Iterable[Job]) -> tuple[str, ...]:
    """What ends with the window: renders that run, wait or are paused."""
    found = tuple(jobs)
    said = [
        tr(
            "the render of {name}, {share} % done; finished frames are kept",
            name=job.project.name,
            share=round(job.share * 100),
        )
        for job in found
        if job.state is State.RUNNING
    ]
    waiting = sum(job.state is State.WAITING for job in found)
    paused = sum(job.state is State.PAUSED for job in found)
    if waiting:
        said.append(plural("%n render(s) waiting in the queue", waiting))
    if paused:
        said.append(plural("%n paused render(s)", paused))
    return tuple(said)


def drafts(exploring: Exploring) -> tuple[str, ...]:
    """What ends with the window: drafts that grow or wait."""
    growing = sum(cell.growth in (Growth.WAITING, Growth.GROWING) for cell in exploring.cells)
    if not exploring.busy or not growing:
        return ()
    if exploring.step:
        text = "%n draft(s) of Explore that grow, at step {step} of {steps}"
        return (plural(text, growing, step=exploring.step, steps=exploring.steps),)
    return (plural("%n draft(s) of Explore that have just begun", growing),)
