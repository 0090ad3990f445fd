"""Scores are found out in a thread of their own, while somebody watches and no longer."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.base.errors import ModelError
from studio.project.changes import set_perceptors
from studio.project.model import PerceptorRef
from studio.timeline.edits import set_range
from studio.timeline.time import FrameRange


def render(context: Context, folder: Path, frames: range) -> list[Path]:
    """Let frames have a picture each."""
    found = []
    for frame in frames:
        path = folder / f"{frame}.png"
        Image.new("RGB", (4, 4), (frame, 0, 0)).save(path)
        key = context.frames._look.final[frame]
        context.frames.committed(key, path)
        found.append(path)
    return found


def known(context: Context) -> list[int]:
    scores = context.scoring.scores
    return [] if scores is None else np.flatnonzero(np.isfinite(scores.guide.seen).all(1)).tolist()


def quiet(context: Context) -> bool:
    return context.scoring.scores is not None and not context.scoring.busy


def test_nothing_is_loaded_while_nobody_watches(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    render(context, tmp_path, range(3))
    qtbot.wait(400)
    assert scorer.threads == set()
    assert context.scoring.scores is None
    assert "keydream-scores" not in {thread.name for thread in threading.enumerate()}


def test_what_is_rendered_is_scored_in_another_thread(
    context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot
) -> None:
    made = render(context, tmp_path, range(3))
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    assert known(context)[:3] == [0, 1, 2]
    assert set(made) == set(scorer.looked)
    assert scorer.threads == {"keydream-scores"}
    assert scorer.witnesses == ["starter-evaluator"]


def test_lines_grow_as_frames_arrive(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    assert known(context) == []
    for frame in (40, 45, 50):
        render(context, tmp_path, range(frame, frame + 1))
        qtbot.waitUntil(lambda frame=frame: frame in known(context))
    assert scorer.witnesses == ["starter-evaluator"]  # one panel for all of them


def test_frames_on_screen_come_first(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    made = render(context, tmp_path, range(40, 46))
    context.scoring.first = 43
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    assert scorer.looked == [*made[3:], *made[:3]]


def test_who_stops_watching_stops_it_and_lets_go(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    scorer.hold.clear()
    render(context, tmp_path, range(40, 44))
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: bool(scorer.witnesses))
    context.scoring.watch(False)
    qtbot.waitUntil(lambda: scorer.closed == 1)
    assert not context.scoring.busy
    scorer.hold.set()
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    assert set(known(context)) == {40, 41, 42, 43}


def test_closing_ends_it_in_the_middle(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    scorer.hold.clear()
    render(context, tmp_path, range(40, 44))
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: bool(scorer.witnesses))
    context.scoring.close()
    assert "keydream-scores" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("error", [ModelError("No model", "It is gone", "Fetch it"), ValueError("a fault of ours")])
def test_what_goes_wrong_is_told_and_it_goes_on(
    context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot, error: Exception
) -> None:
    scorer.error = error
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: context.scoring.error is not None)
    assert not context.scoring.busy
    render(context, tmp_path, range(40, 41))
    qtbot.waitUntil(lambda: known(context) == [40])
    assert context.scoring.error is None


def test_another_witness(context: Context, scorer: Any, qtbot: QtBot) -> None:
    context.document.apply(set_perceptors((PerceptorRef("starter-evaluator"),)))
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    assert scorer.witnesses == ["starter-clip"]
    assert {each.name: each.guides for each in context.scoring.candidates()}["starter-evaluator"]
    context.scoring.choose("starter-evaluator")  # it guides: better another than none
    qtbot.wait(300)
    qtbot.waitUntil(lambda: quiet(context))
    assert scorer.witnesses == ["starter-clip"]
    context.document.apply(set_perceptors(()))  # it does no more, and counts
    qtbot.waitUntil(lambda: scorer.witnesses == ["starter-clip", "starter-evaluator"])


def test_an_edit_that_changes_no_prompt_makes_no_new_panel(context: Context, scorer: Any, qtbot: QtBot) -> None:
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: quiet(context))
    context.document.edit(set_range(FrameRange(2, 9)))
    context.frames.wait()
    qtbot.wait(300)
    qtbot.waitUntil(lambda: quiet(context))
    assert len(scorer.witnesses) == 1


def test_another_project_forgets(context: Context, scorer: Any, tmp_path: Path, qtbot: QtBot) -> None:
    render(context, tmp_path, range(40, 44))
    context.scoring.watch(True)
    qtbot.waitUntil(lambda: known(context) != [])
    context.document.open(replace(context.document.project, name="Other"), None, tmp_path)
    assert context.scoring.scores is None
    qtbot.waitUntil(lambda: quiet(context))
