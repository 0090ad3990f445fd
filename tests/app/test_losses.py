from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.app import losses
from studio.app.context import Context
from studio.app.document import Document
from studio.project.changes import set_seed
from studio.project.model import Project
from studio.render.queue import Job, State
from studio.render.variations import by_seeds, prompt_at, small


@pytest.mark.parametrize(
    ("edits", "clean_at", "said"),
    [
        (1, 0, "1 edit: Change seed"),
        (3, 0, "3 edits, the last one: Change seed"),
        (3, 1, "2 edits, the last one: Change seed"),
        (1, 3, "2 edits taken back since it was saved"),
        (1, None, "the project: it is in no file yet"),
    ],
)
def test_edits_are_counted_from_what_the_file_holds(
    project: Project, edits: int, clean_at: int | None, said: str
) -> None:
    document = Document(project)
    for seed in range(1, edits + 1):
        document.apply(set_seed(seed))
    assert losses.edits(document, clean_at) == said


def test_renders_that_are_not_over_are_named(project: Project) -> None:
    job = Job(1, project, Path(), state=State.RUNNING, done=30, total=60)
    states = (State.WAITING, State.WAITING, State.PAUSED, State.DONE, State.FAILED, State.CANCELLED)
    said = losses.renders([job, *(replace(job, state=state) for state in states)])
    assert said == (
        "the render of First walk, 50 % done; finished frames are kept",
        "2 renders waiting in the queue",
        "1 paused render",
    )
    assert losses.renders([]) == ()


def test_drafts_that_grow_are_named(context: Context, qtbot: QtBot, explore: Any) -> None:
    exploring, project = context.exploring, context.document.project
    assert losses.drafts(exploring) == ()
    explore.hold.clear()
    exploring.start(by_seeds(small(project, 0, prompt_at(project, 0))), context.document.folder)
    assert losses.drafts(exploring) == ("16 drafts of Explore that have just begun",)
    explore.hold.set()
    qtbot.waitUntil(lambda: not exploring.busy, timeout=10000)
    assert losses.drafts(exploring) == (), "what is done comes again from the cache"
