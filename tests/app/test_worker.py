from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.worker import Iterate, Mailbox, Order, RenderWorker, picture
from studio.base.cancel import Cancelled, CancelToken
from studio.project.model import Project
from studio.render.events import FrameDone, PlanMade, Preview, RenderDone
from studio.timeline.time import FrameRange


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
