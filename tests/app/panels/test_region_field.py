from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.app.panels.region_field import RegionField
from studio.timeline.region import NAMED, Area, Mask, Region


@pytest.fixture
def field(qtbot: QtBot) -> RegionField:
    made = RegionField()
    qtbot.addWidget(made)
    made.show()
    return made


def choose(field: RegionField, text: str) -> None:
    field.combo.setCurrentIndex(field.combo.findText(text))
    field.combo.activated.emit(field.combo.currentIndex())


def test_regions_are_chosen_by_what_they_are_called(field: RegionField) -> None:
    heard: list[Region | None] = []
    field.edited.connect(lambda: heard.append(field.region))
    assert field.combo.count() == 1 + len(NAMED)
    assert (field.region, field.combo.currentText(), field.back.isVisible()) == (None, "Everywhere", False)
    choose(field, "Left half")
    choose(field, "Left half")
    assert heard == [NAMED["left"]]
    assert field.back.isVisible()
    field.back.click()
    assert heard == [NAMED["left"], None]
    assert field.combo.currentText() == "Everywhere"


def test_pictures_of_the_project_are_masks(field: RegionField) -> None:
    field.offer_masks(["sky", "sea"])
    choose(field, "Masked by sea")
    assert field.region == Mask("sea")
    field.offer_masks(["sky", "sea", "sand"])
    assert field.combo.currentText() == "Masked by sea"
    field.offer_masks([])
    assert field.combo.currentText() == "mask(sea) (not here)"


def test_an_area_of_a_file_is_shown_as_what_it_is_and_goes_when_another_is_chosen(field: RegionField) -> None:
    heard: list[Region | None] = []
    field.edited.connect(lambda: heard.append(field.region))
    field.show_region(Area(0.1, 0, 0.35, 0.5))
    assert field.combo.currentText() == "10 to 35 %, 0 to 50 % down"
    assert heard == [], "it came from elsewhere"
    choose(field, "Centre")
    assert heard == [NAMED["centre"]]
    assert field.combo.count() == 1 + len(NAMED)
