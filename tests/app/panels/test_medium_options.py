from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels import medium_options, picture_section
from studio.app.panels.fields import ChoiceField, NumberField
from studio.app.panels.medium_options import MediumOptions
from studio.app.panels.picture_section import PictureSection
from studio.project import changes
from studio.project.model import Medium, Motion
from studio.project.options import OPTIONS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def options(context: Context, qtbot: QtBot) -> MediumOptions:
    made = MediumOptions(context)
    qtbot.addWidget(made)
    made.resize(290, 300)
    made.show()
    return made


def shown(options: MediumOptions) -> set[str]:
    return {name for name, field in options.fields.items() if not field.isHidden()}


def number(options: MediumOptions, name: str) -> NumberField:
    field = options.fields[name]
    assert isinstance(field, NumberField)
    return field


def typed(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.box.selectAll()
    qtbot.keyClicks(field.box, text)
    qtbot.keyClick(field.box, Qt.Key.Key_Return)


def test_every_medium_shows_its_own(options: MediumOptions, context: Context) -> None:
    assert not shown(options), "pixels have none"
    for kind in ("strokes", "palette", "fourier"):
        context.document.apply(changes.set_medium(Medium(kind)))
        assert shown(options) == set(OPTIONS[kind])
        assert not options.isHidden()
    context.document.apply(changes.set_medium(Medium("collage")))
    assert options.isHidden()
    assert sum(map(len, OPTIONS.values())) == len(options.fields), "no two options share a name"


def test_a_number_is_typed_reset_and_undone(options: MediumOptions, context: Context, qtbot: QtBot) -> None:
    document = context.document
    document.apply(changes.set_medium(Medium("strokes")))
    field = number(options, "strokes")
    assert field.box.text() == "256"
    assert field.back.isHidden()
    typed(qtbot, field, "512")
    assert document.project.medium == Medium("strokes", options={"strokes": 512})
    assert not field.back.isHidden()
    typed(qtbot, number(options, "widest"), "0.1")
    assert document.project.medium.options == {"strokes": 512, "widest": 0.1}
    assert document.labels[-2:] == ("Change strokes", "Change widest")
    document.undo()
    assert number(options, "widest").box.text() == "0.3"
    qtbot.mouseClick(field.back, LEFT)
    assert document.project.medium == Medium("strokes")
    document.undo()
    assert field.box.text() == "512"


def test_a_slider_goes_and_is_one_entry(options: MediumOptions, context: Context, qtbot: QtBot) -> None:
    context.document.apply(changes.set_medium(Medium("palette")))
    slider = number(options, "colours").slider
    slider.setFocus()
    before = len(context.document.labels)
    slider.setSliderDown(True)
    for place in (20, 10, 6):
        slider.setValue(place)
    slider.setSliderDown(False)
    slider.sliderReleased.emit()
    assert context.document.project.medium.option("colours") == 8
    assert len(context.document.labels) == before + 1


def test_a_search_is_chosen(options: MediumOptions, context: Context, qtbot: QtBot) -> None:
    context.document.apply(changes.set_medium(Medium("biggan")))
    assert shown(options) == {"search", "population"}, "the starter knows no truncation"
    field = options.fields["search"]
    assert isinstance(field, ChoiceField)
    assert [field.combo.itemText(place) for place in range(4)] == [
        "Evolution, then gradient",
        "Gradient",
        "CMA-ES",
        "Both in turn",
    ]
    qtbot.keyClick(field.combo, Qt.Key.Key_Down)
    assert context.document.project.medium.options == {"search": "gradient"}
    assert shown(options) == {"search"}, "without generations there is no population"
    context.document.apply(changes.set_medium(replace(context.document.project.medium, start="noise")))
    assert not shown(options), "nothing is searched there"


def test_a_published_biggan_has_truncation(
    options: MediumOptions, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(medium_options, "stands_still", lambda medium: medium.model == "deep")
    context.document.apply(changes.set_medium(Medium("biggan", "deep", options={"truncation": 0.5})))
    assert shown(options) == {"truncation", "search", "population"}
    assert number(options, "truncation").box.text() == "0.5"


def test_every_field_says_what_it_does(options: MediumOptions) -> None:
    for name, field in options.fields.items():
        control = field.combo if isinstance(field, ChoiceField) else field.box
        assert control.accessibleName()
        assert len(control.toolTip()) > 20, name
    assert "6 – 256 pictures" in number(options, "population").box.toolTip()
    combo = options.findChild(QComboBox)
    assert combo.itemData(0, Qt.ItemDataRole.ToolTipRole)


def test_another_medium_begins_with_its_usual_options(context: Context, qtbot: QtBot) -> None:
    section = PictureSection(context)
    qtbot.addWidget(section)
    context.document.apply(changes.set_medium(Medium("strokes", options={"strokes": 9})))
    section._choose_medium("palette")
    assert context.document.project.medium == Medium("palette")
    context.document.undo()
    assert context.document.project.medium.options == {"strokes": 9}


def test_a_camera_that_moves_nothing_is_told(context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_section, "stands_still", lambda medium: medium.model == "deep")
    section = PictureSection(context)
    qtbot.addWidget(section)
    section.show()
    context.document.apply(changes.set_medium(Medium("biggan", "deep")))
    assert not section.still.isVisible(), "a walk has no camera at all"
    context.document.apply(changes.set_motion(Motion("follow")))
    assert section.still.isVisible()
    assert "published BigGAN" in section.still.text()
    context.document.apply(changes.set_medium(Medium("biggan")))
    assert not section.still.isVisible()
