"""A document whose first frames are rendered, and pictures to drop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.timeline.time import FrameRange


@pytest.fixture
def folder(context: Context, tmp_path: Path) -> Path:
    """The open project's folder."""
    place = tmp_path / "project"
    place.mkdir()
    context.document.open(context.document.project, None, place)
    context.frames.wait()
    return place


@pytest.fixture
def rendered(context: Context, qtbot: QtBot) -> Any:
    """Renders a range of frames, each of one colour of its own."""

    def render(start: int, stop: int, **options: Any) -> None:
        with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
            document = context.document
            context.rendering.submit(document.project, document.folder, FrameRange(start, stop), **options)

    return render


@pytest.fixture
def apple(tmp_path: Path) -> Path:
    """A picture file outside of the project."""
    path = tmp_path / "Red Apple.png"
    Image.new("RGB", (6, 4), (200, 30, 30)).save(path)
    return path
