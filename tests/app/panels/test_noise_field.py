from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.panels.noise_field import NoiseField
from studio.timeline.prompt import MAXIMUM_SEED, Noise


@pytest.fixture
def field(qtbot: QtBot) -> NoiseField:
    made = NoiseField()
    made.heard = []  # type: ignore[attr-defined]
    made.edited.connect(lambda: heard(made).append(made.noise.seed))
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def heard(field: NoiseField) -> list[int]:
    return field.heard  # type: ignore[attr-defined,no-any-return]


def test_a_seed_is_typed_and_stepped(field: NoiseField, qtbot: QtBot) -> None:
    field.show_noise(Noise(4))
    assert heard(field) == []
    field.box.setFocus()
    qtbot.keyClicks(field.box, "2")
    assert heard(field) == [42]
    qtbot.keyClick(field.box, Qt.Key.Key_Up)
    qtbot.keyClick(field.box, Qt.Key.Key_Down)
    assert heard(field) == [42, 43, 42]
    field.back.click()
    assert (heard(field)[-1], field.box.text(), field.back.isVisible()) == (0, "0", False)
    qtbot.keyClick(field.box, Qt.Key.Key_Down)
    assert heard(field)[-1] == 0, "there is none below"


@pytest.mark.parametrize("text", ["", "-1", "noise", "1.5", str(MAXIMUM_SEED + 1)])
def test_what_is_no_seed_is_outlined_and_changes_nothing(field: NoiseField, qtbot: QtBot, text: str) -> None:
    field.show_noise(Noise(7))
    field.box.setFocus()
    field.box.selectAll()
    qtbot.keyClick(field.box, Qt.Key.Key_Delete)
    count = len(heard(field))
    for character in text:
        qtbot.keyClicks(field.box, character)
    assert field.box.text() == text
    assert field.box.property("invalid")
    assert field.noise.seed == (heard(field) or [7])[-1]
    assert count == 0
    field.show_noise(Noise(8))
    assert not field.box.property("invalid")


def test_the_dice_roll_another_each_time(field: NoiseField) -> None:
    for _ in range(20):
        field.dice.click()
    seeds = [0, *heard(field)]
    assert len(seeds) == 21
    assert all(before != after for before, after in itertools.pairwise(seeds))
