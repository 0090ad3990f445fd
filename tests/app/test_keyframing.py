"""Takes that become keyframes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.keyframing import TAKES, dragged, mime, places, prompt_of, use
from studio.base.errors import InputError, StudioError
from studio.project.assets import resolve
from studio.project.model import Asset
from studio.takes.take import Kept
from studio.timeline.prompt import Image, Prompt, Term, Text, format_prompt


def keys(context: Context) -> dict[int, str]:
    return {key.frame: format_prompt(key.value) for key in context.document.timeline.prompts[0].track.keys}


def test_takes_are_found_in_what_is_dragged() -> None:
    folders = (Path("/takes/kept/a b"), Path("/takes/kept/c"))
    assert dragged(mime(folders, ("one", "two"))) == folders
    assert dragged(QMimeData()) == ()
    for broken in (b"{", b"12", b"\xff"):
        data = QMimeData()
        data.setData(TAKES, broken)
        assert dragged(data) == ()


@pytest.mark.parametrize(
    ("start", "count", "length", "found"),
    [(0, 1, 10, [0]), (0, 3, 100, [0, 24, 48]), (80, 3, 100, [80, 89, 98]), (98, 3, 100, [98, 99]), (9, 1, 10, [9])],
)
def test_several_follow_a_second_apart_or_closer(start: int, count: int, length: int, found: list[int]) -> None:
    assert places(start, count, 24, length) == found


def test_a_keyframe_begins_from_the_take_with_its_prompt(
    context: Context, keep: Callable[..., Kept], qtbot: QtBot, tmp_path: Path
) -> None:
    context.document.open(context.document.project, None, tmp_path)
    kept = keep(1, "a lighthouse:2 | blur:-0.5:-0.25")
    before = keys(context)
    use(context, [kept.place], 48)
    qtbot.waitUntil(lambda: 48 in keys(context), timeout=5000)
    assert keys(context) == {**before, 48: "a lighthouse:2 | blur:-0.5:-0.25"}
    (asset,) = context.document.project.assets
    assert resolve(tmp_path, asset).read_bytes() == kept.picture.read_bytes()
    assert {key.frame for key in context.choice.keys} == {48}
    context.document.undo()
    assert keys(context) == before
    assert context.document.project.assets == ()


def test_several_are_one_entry_of_the_history(
    context: Context, keep: Callable[..., Kept], qtbot: QtBot, tmp_path: Path
) -> None:
    context.document.open(context.document.project, None, tmp_path)
    context.player.seek(40)
    before = keys(context)
    use(context, [keep(number, f"number {number}").place for number in (1, 2)])
    qtbot.waitUntil(lambda: 64 in keys(context) and keys(context)[64] == "number 2", timeout=5000)
    assert keys(context)[40] == "number 1"
    assert len(context.document.project.assets) == 2
    context.document.undo()
    assert keys(context) == before


def test_a_take_that_is_gone_is_told(context: Context, tmp_path: Path, qtbot: QtBot) -> None:
    errors: list[StudioError] = []
    context.tasks.failed.connect(errors.append)
    use(context, [tmp_path / "gone"], 3)
    qtbot.waitUntil(lambda: bool(errors))
    assert "cannot be used" in str(errors[0])


def test_pictures_of_another_project_are_left_out(context: Context, keep: Callable[..., Kept], tmp_path: Path) -> None:
    project = replace(context.document.project, assets=(Asset("sea", "sea.png"),))
    own = keep(1, "a fish | image:sea:0.5", folder=str(tmp_path)).take
    sea = Term(Image("sea"), 0.5)
    assert prompt_of(own, project, tmp_path) == Prompt((Term(Text("a fish")), sea))
    assert prompt_of(own, project, tmp_path / "other") == Prompt((Term(Text("a fish")),))
    alone = keep(2, "image:sea", folder=str(tmp_path)).take
    assert prompt_of(alone, project, tmp_path) == Prompt((Term(Image("sea")),))
    with pytest.raises(InputError, match="asks for nothing"):
        prompt_of(alone, project, tmp_path / "other")
