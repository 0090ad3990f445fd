from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import studio.app
from studio.app.icons import icon, outlines
from studio.app.table import SPECS


def test_every_icon_that_code_names_is_in_the_set() -> None:
    named = {spec.icon for spec in SPECS.values() if spec.icon}
    for path in Path(studio.app.__file__).parent.rglob("*.py"):
        named |= set(re.findall(r"\bicon\(\"([a-z0-9-]+)\"\)", path.read_text("utf-8")))
    assert named <= outlines().keys(), named - outlines().keys()


@pytest.mark.parametrize("side", [12, 18, 64])
def test_icons_are_drawn_at_any_size_and_greyed_when_disabled(qapp: QApplication, side: int) -> None:
    drawn = icon("play").pixmap(QSize(side, side))
    greyed = icon("play").pixmap(QSize(side, side), QIcon.Mode.Disabled)
    assert drawn.size() == QSize(side, side)
    image = drawn.toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(side) for y in range(side))
    assert image != greyed.toImage()


def test_an_unknown_icon_is_an_error_at_once(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        icon("no such thing")
