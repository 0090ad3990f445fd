from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.frames import Frames, Status, look
from studio.base import paths
from studio.base.cancel import Cancelled, CancelToken
from studio.project import changes
from studio.render.store import FrameStore
from studio.timeline import edits
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange, FrameRate

TRACK = TrackRef("prompt", "Prompt")


def commit(context: Context, *frames: int, draft: bool = False) -> None:
    store = FrameStore(paths.cache_dir() / "frames")
    found = look(context.document.project, context.document.folder, store, {}, "cpu")
    data = io.BytesIO()
    Image.new("RGB", (64, 64), (9, 9, 9)).save(data, "PNG")
    for frame in frames:
        store.put((found.draft if draft else found.final)[frame], png=data.getvalue())


def test_what_is_in_the_store_is_found(context: Context) -> None:
    commit(context, 3, 40)
    commit(context, 7, draft=True)
    context.frames.wait()
    statuses = {frame: context.frames.status(frame) for frame in (0, 3, 7, 40)}
    assert statuses == {0: Status.NONE, 3: Status.FINAL, 7: Status.DRAFT, 40: Status.FINAL}


def test_the_nearest_frame_stands_for_one_that_is_not_rendered(context: Context) -> None:
    assert context.frames.shown(5) is None
    commit(context, 3, 40)
    context.frames.wait()
    found = [context.frames.shown(frame) for frame in (0, 3, 20, 30, 96)]
    assert [each.frame for each in found if each] == [3, 3, 3, 40, 40]


def test_an_edit_makes_only_the_frames_stale_that_it_changes_and_undo_makes_them_good(
    context: Context, qtbot: QtBot
) -> None:
    commit(context, *range(97))
    context.frames.wait()
    with qtbot.waitSignal(context.frames.changed, timeout=10000):
        context.document.edit(edits.set_value([KeyRef(TRACK, 64)], parse_prompt("a green pear")))
    statuses = [context.frames.status(frame) for frame in range(97)]
    assert statuses == [Status.FINAL] * 33 + [Status.STALE] * 64
    shown = context.frames.shown(80)
    assert shown is not None
    assert (shown.frame, shown.status) == (80, Status.STALE)
    context.document.undo()
    context.frames.wait()
    assert context.frames.status(80) is Status.FINAL


def test_shipped_pictures_stand_for_the_sample_until_it_is_edited(context: Context, tmp_path: Path) -> None:
    pictures = [tmp_path / f"{number}.png" for number in range(97)]
    context.frames.ship(pictures)
    assert context.frames.picture(5) == pictures[5]
    assert context.frames.status(5) is Status.FINAL
    context.document.apply(changes.set_seed(5))
    context.frames.wait()
    assert context.frames.status(5) is Status.STALE
    context.document.open(context.document.project, None, tmp_path)
    context.frames.wait()
    assert context.frames.status(5) is Status.NONE


def test_what_cannot_be_rendered_is_said(context: Context, qtbot: QtBot) -> None:
    empty = context.document.project.__class__("Empty", Timeline(FrameRate(24), 10))
    with qtbot.waitSignal(context.frames.problem_changed, timeout=10000) as told:
        context.document.open(empty, None, Path())
    assert "nothing to dream" in str(told.args[0])


def test_many_edits_are_one_look(qtbot: QtBot, context: Context) -> None:
    looks: list[int] = []

    class Slow(FrameStore):
        def peek(self, key: str) -> None:  # type: ignore[override]
            looks.append(threading.get_ident())

    frames = Frames(context.document, Slow(paths.cache_dir()))
    with qtbot.waitSignal(frames.changed, timeout=10000):
        for seed in range(1, 20):
            context.document.apply(changes.set_seed(seed))
    assert len(looks) <= 2 * 97
    assert threading.get_ident() not in looks
    frames.close()


def test_an_emptied_store_is_noticed(context: Context) -> None:
    commit(context, 3)
    context.frames.wait()
    store = FrameStore(paths.cache_dir() / "frames")
    store.evict(0)
    context.frames.rescan()
    context.frames.wait()
    assert context.frames.status(3) is Status.NONE


def test_what_lacks_a_picture_is_a_range_of_frames(context: Context, tmp_path: Path) -> None:
    everything = FrameRange(0, 97)
    assert context.frames.lacking(everything, "draft") == everything
    commit(context, *range(10), *range(60, 97))
    commit(context, *range(10, 20), draft=True)
    context.frames.wait()
    assert context.frames.lacking(everything, "final") == FrameRange(10, 60)
    assert context.frames.lacking(everything, "draft") == FrameRange(20, 60)
    assert context.frames.lacking(FrameRange(0, 10), "final") is None
    assert not context.frames.lent(everything)
    context.frames.ship([tmp_path / f"{number}.png" for number in range(97)])
    assert context.frames.lacking(everything, "final") is None
    assert context.frames.lent(everything)
    assert not context.frames.lent(FrameRange(0, 10))


def test_another_device_has_other_frames(context: Context, qtbot: QtBot) -> None:
    commit(context, 3)
    context.frames.wait()
    assert context.frames.status(3) is Status.FINAL
    with qtbot.waitSignal(context.frames.changed, timeout=10000):
        context.rendering.device_known.emit("cuda", "some card")
    assert context.frames.finals([3]) is None


def test_after_an_edit_nothing_is_claimed_until_it_was_looked_at(context: Context) -> None:
    commit(context, *range(97))
    context.frames.wait()
    assert context.frames.fresh
    assert context.frames.finals(range(97)) is not None
    context.document.apply(changes.set_seed(9))
    assert not context.frames.fresh
    assert context.frames.finals(range(97)) is None


def test_a_look_that_nobody_waits_for_is_given_up(context: Context) -> None:
    token = CancelToken()
    token.cancel()
    store = FrameStore(paths.cache_dir() / "frames")
    with pytest.raises(Cancelled):
        look(context.document.project, context.document.folder, store, {}, "cpu", token)


def test_a_frame_that_comes_is_the_nearest_at_once(context: Context, tmp_path: Path) -> None:
    commit(context, 3, 40)
    context.frames.wait()
    assert context.frames.shown(25) is not None
    context.frames.committed(context.frames._look.final[24], tmp_path / "new.png")
    near = context.frames.shown(25)
    assert near is not None
    assert near.frame == 24
