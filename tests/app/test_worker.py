from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.worker import Iterate, Mailbox, Order, RenderWorker, picture
from studio.base.cancel import Cancelled, CancelToken
from studio.project.model import Project
from studio.render.events import FrameDone, Notice, PlanMade, Preview, RenderDone
from studio.takes.store import Takes
from studio.timeline.model import ParameterTrack
from studio.timeline.time import FrameRange
from studio.timeline.track import Keyframe, Track


def iterate(step: int, image: QImage | None = None) -> Iterate:
    return Iterate(1, 0, step, 9, 0.5, 1.0, image)


def test_the_mailbox_holds_the_latest_and_says_only_once_that_it_is_full() -> None:
    box = Mailbox()
    assert box.put(iterate(1))
    assert not box.put(iterate(2))
    latest = box.take()
    assert latest is not None
    assert latest.step == 2
    assert box.take() is None
    assert box.put(iterate(3))


def test_a_step_without_picture_keeps_the_picture_that_nobody_has_seen_yet() -> None:
    box = Mailbox()
    box.put(iterate(1, QImage(2, 2, QImage.Format.Format_RGB32)))
    box.put(iterate(2))
    latest = box.take()
    assert latest is not None
    assert (latest.step, latest.image is not None) == (2, True)


def test_a_preview_owns_its_pixels() -> None:
    data = bytearray(bytes([200, 10, 30]) * 4)
    image = picture(Preview(2, 2, bytes(data)))
    data[:] = bytes(12)
    assert image.pixelColor(1, 1) == QColor(200, 10, 30)


def test_a_render_is_told_from_its_plan_to_its_end(qtbot: QtBot, session: Any, project: Project) -> None:
    worker = RenderWorker(session)
    seen: list[object] = []
    worker.happened.connect(lambda number, event: seen.append(event))
    with qtbot.waitSignal(worker.ended) as end:
        worker.run(Order(7, project, Path(), FrameRange(0, 2), "final", CancelToken()))
    assert end.args == [7, None]
    assert isinstance(seen[0], PlanMade)
    assert sum(isinstance(event, FrameDone) for event in seen) == 2
    assert isinstance(seen[-1], RenderDone)
    latest = worker.mailbox.take()
    assert latest is not None
    assert latest.step == latest.steps
    assert latest.image is not None


def test_a_fired_token_ends_it_before_it_begins(qtbot: QtBot, session: Any, project: Project) -> None:
    worker = RenderWorker(session)
    token = CancelToken()
    token.cancel()
    with qtbot.waitSignal(worker.ended) as end:
        worker.run(Order(1, project, Path(), None, "final", token))
    assert isinstance(end.args[1], Cancelled)
    assert session.orders == []


def test_the_machine_itself_renders(qtbot: QtBot, project: Project) -> None:
    worker = RenderWorker()
    with qtbot.waitSignal(worker.device_known) as device:
        worker.find_device()
    assert device.args[0] in ("cpu", "cuda", "mps")
    broken = Project("No prompt", project.timeline.__class__(project.timeline.rate, 4))
    with qtbot.waitSignal(worker.ended) as end:
        worker.run(Order(1, broken, Path(), None, "final", CancelToken()))
    assert "nothing to dream" in str(end.args[1])


@pytest.fixture
def quick(project: Project) -> Project:
    """Its keyframes take one step of the shipped models."""
    steps = ParameterTrack("steps", Track((Keyframe(0, 1.0),)))
    timeline = replace(project.timeline, parameters=(*project.timeline.parameters, steps))
    return replace(project, timeline=timeline, width=32, height=32)


def test_what_comes_to_rest_is_kept_as_takes_unless_the_order_says_no(
    qtbot: QtBot, quick: Project, tmp_path: Path
) -> None:
    worker = RenderWorker()
    order = Order(1, quick, tmp_path, FrameRange(0, 1), "final", CancelToken(), source=tmp_path / "walk.keydream")
    for each in (replace(order, keep=False), order, replace(order, quality="draft")):
        with qtbot.waitSignal(worker.ended, timeout=60000) as end:
            worker.run(each)
        assert end.args[1] is None
        with Takes() as takes:
            found = [kept.take for kept in takes.find()]
        if not each.keep:
            assert found == []
    assert {(take.prompt, take.width) for take in found} == {
        ("a red apple in the grass", 32),
        ("a red apple in the grass", 16),
    }
    assert {(take.source, take.folder) for take in found} == {(str(tmp_path / "walk.keydream"), str(tmp_path))}


def test_a_library_that_cannot_be_used_is_said_and_the_render_goes_on(qtbot: QtBot, quick: Project, home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "takes").write_text("in the way")
    worker = RenderWorker()
    seen: list[object] = []
    worker.happened.connect(lambda number, event: seen.append(event))
    with qtbot.waitSignal(worker.ended, timeout=60000) as end:
        worker.run(Order(1, quick, home, FrameRange(0, 1), "final", CancelToken()))
    assert end.args[1] is None
    assert len([event for event in seen if isinstance(event, Notice) and "take" in event.text]) == 1
