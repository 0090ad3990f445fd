from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from studio.app.ease_icons import ease_choices, ease_icon
from studio.timeline.easing import Ease


def test_every_choice_is_an_ease_and_has_a_picture_of_its_own(qapp: QApplication) -> None:
    pictures = []
    for name, text, tip in ease_choices():
        assert Ease.parse(name).name == name
        assert text
        assert tip.startswith(text)
        image = ease_icon(name).pixmap(QSize(18, 18)).toImage()
        assert all(image != other for other in pictures), name
        pictures.append(image)


@pytest.mark.parametrize("side", [18, 36])
def test_the_curve_fills_its_square_at_any_size(qapp: QApplication, side: int) -> None:
    image = ease_icon("linear").pixmap(QSize(side, side)).toImage()
    drawn = [x for x in range(side) for y in range(side) if image.pixelColor(x, y).alpha() > 128]
    assert max(drawn) - min(drawn) > 0.6 * side


def test_a_pressed_one_is_drawn_in_the_accent_s_text(qapp: QApplication) -> None:
    icon = ease_icon("both")
    off = icon.pixmap(QSize(18, 18), QIcon.Mode.Disabled, QIcon.State.Off).toImage()
    on = icon.pixmap(QSize(18, 18), QIcon.Mode.Normal, QIcon.State.On).toImage()
    assert off != on
