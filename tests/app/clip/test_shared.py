from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.clip.shared import MODEL, Shared, installed, kept
from studio.app.context import Context
from studio.project import changes
from studio.project.model import PerceptorRef
from studio.timeline.time import FrameRange


def test_the_projects_first_is_asked_unless_another_is_chosen(shared: Shared, context: Context, qtbot: QtBot) -> None:
    assert shared.model == ""
    context.document.apply(changes.set_perceptors((PerceptorRef("starter-evaluator"), PerceptorRef(""))))
    assert shared.model == "starter-evaluator"
    with qtbot.waitSignal(shared.model_changed):
        shared.choose("starter-clip")
    assert shared.model == context.settings.text(MODEL) == "starter-clip"
    with qtbot.assertNotEmitted(shared.model_changed):
        shared.choose("starter-clip")
    context.settings.set(MODEL, "one that was removed")
    assert shared.model == "starter-evaluator"


def test_the_judge_may_be_asked() -> None:
    assert {"starter-clip", "starter-evaluator"} <= {entry.name for entry in installed()}


def test_the_frame_at_the_playhead(shared: Shared, context: Context, qtbot: QtBot) -> None:
    assert shared.frame() is None
    document = context.document
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(document.project, document.folder, FrameRange(3, 4))
    context.player.seek(3)
    found = shared.frame()
    assert found is not None
    assert found.name == "Frame 3"
    assert found.path.is_file()
    document.open(replace(document.project, name="Another"), None, Path())


def test_a_picture_without_a_file_gets_one(home: Path) -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    path = kept(image)
    assert path.is_relative_to(home)
    assert QImage(str(path)).pixelColor(1, 1) == QColor(10, 200, 30)
    assert kept(image.copy()) == path
