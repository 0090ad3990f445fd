from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from studio.app.ease_icons import ease_choices, ease_icon
from studio.timeline.easing import Ease


def ink(image: QImage) -> set[tuple[int, int]]:
    return {(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() > 90}


def test_every_ease_that_has_a_name_is_offered() -> None:
    assert [Ease.parse(name).name for name, _, _ in ease_choices()] == [name for name, _, _ in ease_choices()]
    assert {name for name, _, _ in ease_choices()} == {"hold", "linear", "in", "out", "both", "overshoot"}


def test_each_looks_otherwise(qapp: QApplication) -> None:
    drawn = {name: frozenset(ink(ease_icon(name).pixmap(QSize(18, 18)).toImage())) for name, _, _ in ease_choices()}
    assert len(set(drawn.values())) == len(drawn)
    assert all(drawn.values())


@pytest.mark.parametrize("name", ["hold", "both", "overshoot"])
def test_it_stays_within_its_square_at_any_size(qapp: QApplication, name: str) -> None:
    for side in (18, 36, 54):
        points = ink(ease_icon(name).pixmap(QSize(side, side)).toImage())
        assert min(x for x, _ in points) > 0
        assert max(x for x, _ in points) - min(x for x, _ in points) > side / 2
