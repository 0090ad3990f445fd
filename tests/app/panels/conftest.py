"""A project with pictures, and a counter of tokens that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.takes import TakesPanel
from studio.app.panels.tokens import TokenCounter
from studio.project.model import Asset, Project
from studio.takes.take import Kept, TakeMedium


@pytest.fixture
def counter(context: Context) -> TokenCounter:
    """A word is a token, and ten are read."""
    made = TokenCounter(context, None, lambda _perceptor, text: (len(text.split()), 10))
    made._timer.setInterval(1)
    return made


@pytest.fixture
def with_pictures(context: Context, tmp_path: Path) -> Callable[..., Project]:
    """Opens the project with two pictures, "sea" and "sand", of which the second one's file is missing."""

    def open_it(**changes: object) -> Project:
        Image.new("RGB", (80, 40), (20, 120, 200)).save(tmp_path / "sea.png")
        assets = (Asset("sea", "sea.png"), Asset("sand", "sand.png"))
        project = replace(context.document.project, assets=assets, **changes)
        context.document.open(project, None, tmp_path)
        return project

    return open_it


@pytest.fixture
def panel(context: Context, keep: Callable[..., Kept], qtbot: QtBot) -> Iterator[TakesPanel]:
    """The takes on screen: an apple, an octopus with a star, a heart with a tag, on two media."""
    keep(1, "a red apple")
    keep(2, "an octopus in the sea", star=True)
    keep(3, "a purple heart", tags=("best",), medium=TakeMedium(kind="vqgan"))
    made = TakesPanel(context)
    qtbot.addWidget(made)
    made.resize(240, 640)
    made.show()
    made._watch.setInterval(30)
    qtbot.waitUntil(lambda: len(made.model.rows) == 3, timeout=5000)
    yield made
    made.close_down()
