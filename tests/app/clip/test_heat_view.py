from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.app.clip.answers import Heated
from studio.app.clip.heat_view import HeatView

SIZE = (30, 20)


@pytest.fixture
def view(qtbot: QtBot) -> HeatView:
    made = HeatView()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.put(Heated("colours", bytes((0, 0, 200)) * 600, bytes((200, 0, 0)) * 600, SIZE, 0.5, 0.1))
    made.show()
    return made


def middle(view: HeatView) -> QColor:
    return view.grab().toImage().pixelColor(150, 100)


def test_the_map_is_as_strong_as_one_wants(view: HeatView) -> None:
    assert middle(view) == QColor(200, 0, 0)
    view.set_opacity(0.5)
    assert abs(middle(view).red() - 100) <= 2
    assert abs(middle(view).blue() - 100) <= 2
    view.switch(False)
    assert middle(view) == QColor(0, 0, 200)
    view.switch(True)
    assert abs(middle(view).red() - 100) <= 2


def test_what_is_saved_is_what_is_shown(view: HeatView) -> None:
    view.set_opacity(0.25)
    image = view.image()
    assert (image.width(), image.height()) == SIZE
    assert abs(image.pixelColor(3, 3).red() - 50) <= 2
    view.switch(False)
    assert view.image().pixelColor(3, 3) == QColor(0, 0, 200)


def test_nothing_is_shown_as_nothing(view: HeatView) -> None:
    view.put(None)
    assert middle(view) not in (QColor(200, 0, 0), QColor(0, 0, 200))
